"""Search from anywhere: whole numbers of every kind, each by its index, within rights and provinces."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import Login
from tests.factories import make_province
from tests.signing.factories import (
    MSISDN,
    make_case,
    make_contract,
    make_session,
    make_transaction,
    the_bank,
    the_province,
)
from tests.unipay.messaging.factories import make_message, make_request
from unipay.backoffice.models import Posting
from unipay.backoffice.search import finders_for, register

FIND, PALETTE = "/admin/find/", "/admin/search/"
ALL_RIGHTS = (
    "signing.view_contract",
    "signing.view_manualcase",
    "signing.view_signingsession",
    "signing.view_signingtransaction",
    "messaging.view_inboundrequest",
    "messaging.view_outboundmessage",
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def led_to(client: Client, term: str) -> str:
    """Where the search leads when it finds one thing; "" when it finds none or several."""
    return str(client.post(FIND, {"term": term}).headers.get("Location", ""))


@pytest.mark.parametrize("typed", [MSISDN, "138 0571 0001", "+86 138-0571-0001", " 13805710001 "])
def test_a_mobile_number_leads_to_its_page_which_does_not_tell_it(clerk: Login, typed: str) -> None:
    make_contract()
    client = clerk(*ALL_RIGHTS)

    address = led_to(client, typed)

    assert address.startswith("/admin/subscriber/")
    assert MSISDN not in address
    assert "138 **** 0001" in client.get(address).content.decode()


def test_every_number_of_our_own_leads_to_its_record(clerk: Login) -> None:
    contract, case, session = make_contract(msisdn="13805710002"), make_case(), make_session("FAILED")
    line = make_transaction(contract)
    client = clerk(*ALL_RIGHTS)

    led = {
        "contract": led_to(client, contract.contract_no),
        "written small": led_to(client, contract.contract_no.replace("-", "").lower()),
        "case": led_to(client, case.case_no),
        "session": led_to(client, session.session_no),
        "transaction": led_to(client, line.transaction_no),
    }

    assert led == {
        "contract": f"/admin/signing/contract/{contract.pk}/change/",
        "written small": f"/admin/signing/contract/{contract.pk}/change/",
        "case": f"/admin/signing/manualcase/{case.pk}/change/",
        "session": f"/admin/signing/signingsession/{session.pk}/change/",
        "transaction": f"/admin/signing/signingtransaction/{line.pk}/change/",
    }


def test_numbers_of_partners_lead_to_the_record_too(clerk: Login) -> None:
    contract = make_contract(bank_contract_no="icbc-77")
    asked = make_request(the_bank(), request_no="REQ-1")
    told = make_message(the_province())
    client = clerk(*ALL_RIGHTS)

    assert led_to(client, "icbc-77") == f"/admin/signing/contract/{contract.pk}/change/"
    assert led_to(client, "REQ-1") == f"/admin/messaging/inboundrequest/{asked.pk}/change/"
    assert led_to(client, str(told.event_id)) == f"/admin/messaging/outboundmessage/{told.pk}/change/"


def test_a_number_that_several_records_have_lists_them(clerk: Login) -> None:
    icbc = make_contract(bank_contract_no="77")
    ccb = make_contract(bank_contract_no="77", bank=the_bank("CCB"), msisdn="13805710002")

    page = clerk(*ALL_RIGHTS).post(FIND, {"term": "77"}).content.decode()

    assert icbc.contract_no in page
    assert ccb.contract_no in page


@pytest.mark.parametrize(
    "term",
    ["", "1380571", "C-0000", "张三丰", "%", "7e5b56dd-ea7d-44ad-a95b-a8fa90c6a9c9", "x" * 500, "\x00"],
)
def test_a_term_that_nothing_has_says_what_can_be_searched(clerk: Login, term: str) -> None:
    make_contract()

    page = clerk(*ALL_RIGHTS).post(FIND, {"term": term}).content.decode()

    for what in ("Whole mobile number", "Contract number", "Case number", "Partner&#x27;s request number"):
        assert what in page


def test_what_can_be_searched_follows_the_rights(clerk: Login) -> None:
    contract = make_contract(bank_contract_no="77")
    make_request(the_bank(), request_no="REQ-1", msisdn=MSISDN)
    client = clerk("messaging.view_inboundrequest")

    page = client.get(FIND).content.decode()

    assert "request number" in page
    assert "Contract number" not in page
    assert [led_to(client, term) for term in (contract.contract_no, "77")] == ["", ""]
    assert led_to(client, "REQ-1")


def test_who_may_search_nothing_gets_no_page_and_no_box(clerk: Login) -> None:
    client = clerk("partners.view_partner")

    assert client.get(FIND).status_code == 403
    assert client.post(FIND, {"term": MSISDN}).status_code == 403
    assert FIND not in client.get("/admin/").content.decode()


def test_a_person_of_one_province_finds_nothing_of_another(clerk: Login) -> None:
    contract, case = make_contract(msisdn="13805710002", bank_contract_no="77"), make_case()
    session, line = make_session("FAILED"), make_transaction(make_contract(msisdn="13805710003"))
    asked, told = make_request(the_province(), request_no="REQ-1"), make_message(the_province())
    client = clerk(*ALL_RIGHTS, username="shanghai")
    shanghai = make_province("SH", prefix="1380021", key_id="")
    Posting.objects.create(user=User.objects.get(username="shanghai"), province=shanghai)
    own = make_contract(msisdn="13800210001", province=shanghai)

    numbers: list[Any] = [contract.contract_no, "77", case.case_no, session.session_no, line.transaction_no]
    foreign = [MSISDN, *numbers, asked.request_no, str(told.event_id)]

    assert [led_to(client, term) for term in foreign] == [""] * len(foreign)
    assert led_to(client, own.contract_no) == f"/admin/signing/contract/{own.pk}/change/"
    assert led_to(client, own.msisdn).startswith("/admin/subscriber/")


def test_every_page_has_the_search_box(clerk: Login) -> None:
    client = clerk(*ALL_RIGHTS)

    for address in ("/admin/", "/admin/signing/contract/", FIND):
        assert f'action="{FIND}"' in client.get(address).content.decode()


def test_the_palette_lists_what_was_found_and_pages_of_the_menu(clerk: Login) -> None:
    contract = make_contract()
    client = clerk(*ALL_RIGHTS)

    by_number = client.post(PALETTE, {"s": contract.contract_no}).content.decode()
    by_title = client.post(PALETTE, {"s": "CONTRACTS"}).content.decode()

    assert f"/admin/signing/contract/{contract.pk}/change/" in by_number
    assert 'href="/admin/signing/contract/"' in by_title
    assert client.post(PALETTE, {"s": " "}).content == b""
    assert client.get(PALETTE).content == b""


def test_the_palette_says_what_can_be_searched_when_nothing_was_found(clerk: Login) -> None:
    page = clerk(*ALL_RIGHTS).post(PALETTE, {"s": "nothing of the kind"}).content.decode()

    assert "Whole mobile number" in page


def test_a_right_that_was_taken_away_ends_the_search_at_once(clerk: Login) -> None:
    contract = make_contract()
    client = clerk("signing.view_contract", "signing.view_manualcase")
    client.post(PALETTE, {"s": contract.contract_no})

    User.objects.get().user_permissions.clear()

    assert contract.contract_no not in client.post(PALETTE, {"s": contract.contract_no}).content.decode()


def test_a_search_costs_a_few_queries(clerk: Login) -> None:
    make_contract()
    client = clerk(*ALL_RIGHTS)
    client.post(PALETTE, {"s": "x"})

    with CaptureQueriesContext(connection) as asked:
        client.post(PALETTE, {"s": MSISDN})

    assert len(asked) < 16


def test_a_finder_is_registered_once(administrator: Client) -> None:
    finder = finders_for(User.objects.get())[0]

    with pytest.raises(ValueError, match="already registered"):
        register(finder)
