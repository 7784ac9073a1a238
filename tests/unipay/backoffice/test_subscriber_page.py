"""One page per mobile number: what it shows to whom, and at what cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from tests.conftest import Login
from tests.factories import make_partner, make_province
from tests.signing.factories import (
    ACCOUNT,
    HOLDER,
    MSISDN,
    NOW,
    make_case,
    make_contract,
    make_session,
    make_transaction,
    the_bank,
    the_province,
)
from tests.unipay.messaging.factories import make_message, make_request
from unipay.backoffice.disclosure import field_title
from unipay.backoffice.models import Disclosure, Posting
from unipay.backoffice.subscriber import seal
from unipay.partners.models import PortedNumber

ALL_RIGHTS = (
    "signing.view_contract",
    "signing.view_manualcase",
    "signing.view_signingsession",
    "messaging.view_inboundrequest",
    "messaging.view_outboundmessage",
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def address(number: str = MSISDN) -> str:
    return f"/admin/subscriber/{seal(number)}/"


def page_of(client: Client, number: str = MSISDN) -> str:
    return " ".join(client.get(address(number)).content.decode().split())


def facts_of(client: Client, number: str = MSISDN) -> dict[str, str]:
    return {str(fact.label): str(fact.value.text) for fact in client.get(address(number)).context["facts"]}


def events_of(client: Client, number: str = MSISDN) -> list[str]:
    ((_section, part),) = client.get(address(number)).context["places"]["aside"]
    return [str(event.title) for event in part.rows]


def test_everything_known_about_a_number_is_on_one_page(clerk: Login) -> None:
    case = make_case(opened_at=NOW)
    line = make_transaction(case.standing)
    session = make_session("FAILED")
    asked = make_request(the_bank(), msisdn=MSISDN, request_no="R-77")
    told = make_message(the_province(), "DEAD", msisdn=MSISDN, subject="contract:C-77")

    page = page_of(clerk(*ALL_RIGHTS))

    for shown in (
        case.case_no,
        case.standing.contract_no,
        case.contested.contract_no,
        f"/admin/signing/signingtransaction/{line.pk}/change/",
        session.session_no,
        asked.request_no,
        told.subject,
    ):
        assert shown in page


def test_nothing_personal_is_on_the_page_or_in_its_address(clerk: Login) -> None:
    make_case()
    make_session("FAILED")
    make_request(the_bank(), msisdn=MSISDN)
    make_message(the_province(), msisdn=MSISDN)

    page = page_of(clerk(*ALL_RIGHTS, "backoffice.reveal_personal_data"))

    assert "138 **** 0001" in page
    for secret in (MSISDN, ACCOUNT.number, HOLDER.name, HOLDER.identity_no):
        assert secret not in page
    assert MSISDN not in address()


def test_the_head_tells_province_porting_standing_contract_and_open_cases(clerk: Login) -> None:
    make_case()
    client = clerk(*ALL_RIGHTS)

    facts = facts_of(client)

    assert facts == {
        "home province": "ZJ",
        "number portability": "not ported",
        "standing contract": "active",
        "open cases": "1",
    }


def test_a_ported_number_is_said_to_be_ported(clerk: Login) -> None:
    make_contract()
    PortedNumber.objects.create(msisdn=MSISDN, province=make_province("SH", prefix="1380021", key_id=""))

    facts = facts_of(clerk(*ALL_RIGHTS))

    assert (facts["home province"], facts["number portability"]) == ("SH", "ported")


def test_a_secondary_number_shows_the_contract_that_holds_it(clerk: Login) -> None:
    contract = make_contract(secondary_msisdns=["13805710009"])
    client = clerk(*ALL_RIGHTS)

    page, facts = page_of(client, "13805710009"), facts_of(client, "13805710009")

    assert contract.contract_no in page
    assert "as a secondary number" in page
    assert facts["standing contract"] == "active"


def test_the_timeline_is_newest_first_and_tells_every_end_once(clerk: Login) -> None:
    day = timedelta(days=1)
    expired = make_contract(
        "TERMINATED",
        opened_at=NOW,
        signed_at=None,
        ended_at=NOW + day,
        end_reason="EXPIRED",
        bank=the_bank("CCB"),
    )
    ended = make_contract(
        "TERMINATED", opened_at=NOW + 2 * day, ended_at=NOW + 5 * day, version=2, contract_no="C-2"
    )
    make_transaction(ended, version=1, occurred_at=NOW + 3 * day)
    make_transaction(ended, "TERMINATED", version=2, occurred_at=NOW + 5 * day)
    make_case(standing=ended, contested=expired, opened_at=NOW + 4 * day)

    events = events_of(clerk(*ALL_RIGHTS))

    assert events == [
        "terminated: ICBC",
        "case opened",
        "signed: ICBC",
        "signing begun: ICBC",
        "signing ended: CCB",
        "signing begun: CCB",
    ]


def test_a_number_that_nobody_signed_says_what_to_do(clerk: Login) -> None:
    the_province()

    page = page_of(clerk(*ALL_RIGHTS))

    assert "never been signed" in page
    assert "/admin/find/" in page


def test_each_section_is_for_those_with_the_right_to_its_list(clerk: Login) -> None:
    case = make_case()
    session = make_session("FAILED")

    page = page_of(clerk("signing.view_signingsession"))

    assert session.session_no in page
    for hidden in (case.case_no, case.standing.contract_no, "/admin/signing/contract/"):
        assert hidden not in page


def test_the_timeline_tells_of_cases_only_to_those_who_may_see_cases(clerk: Login) -> None:
    case = make_case()

    page = page_of(clerk("signing.view_contract"))

    assert case.standing.contract_no in page
    assert case.case_no not in page


def test_without_a_right_to_any_section_the_page_is_forbidden(clerk: Login) -> None:
    make_contract()

    assert clerk("partners.view_partner").get(address()).status_code == 403


@pytest.mark.parametrize("token", ["x", MSISDN, "dev.AAAA"])
def test_an_address_that_is_no_seal_is_not_found(clerk: Login, token: str) -> None:
    assert clerk(*ALL_RIGHTS).get(f"/admin/subscriber/{token}/").status_code == 404


def test_a_person_of_one_province_opens_no_number_of_another_and_leaves_a_line(clerk: Login) -> None:
    make_contract()
    client = clerk(*ALL_RIGHTS, "backoffice.reveal_personal_data", username="shanghai")
    shanghai = make_province("SH", prefix="1380021", key_id="")
    Posting.objects.create(user=User.objects.get(username="shanghai"), province=shanghai)

    with capture_logs() as logged:
        shown = client.get(address())
        revealed = client.post(f"{address()}reveal/", {"reason": "because I can"})

    assert (shown.status_code, revealed.status_code) == (404, 404)
    refused = [event for event in logged if event["event"] == "subscriber_of_another_province"]
    assert [(event["number"], event["user"]) for event in refused] == [("138 **** 0001", "shanghai")] * 2
    assert not Disclosure.objects.exists()


def test_a_person_of_the_number_s_own_province_sees_it_and_opens_only_messages_of_the_province(
    clerk: Login,
) -> None:
    bank_message = make_message(the_bank(), msisdn=MSISDN)
    own_message = make_message(the_province(), msisdn=MSISDN)
    client = clerk(*ALL_RIGHTS, username="zhejiang")
    Posting.objects.create(user=User.objects.get(username="zhejiang"), province=the_province())

    page = page_of(client)

    assert f"/admin/messaging/outboundmessage/{own_message.pk}/change/" in page
    assert f"/admin/messaging/outboundmessage/{bank_message.pk}/change/" not in page
    assert page.count("contract:1") == 2


def test_what_a_ported_number_left_behind_stays_with_the_province_it_is_of(clerk: Login) -> None:
    shanghai = make_province("SH", prefix="1380021", key_id="")
    PortedNumber.objects.create(msisdn=MSISDN, province=shanghai)
    left_behind = make_case(opened_at=NOW)
    client = clerk(*ALL_RIGHTS)
    Posting.objects.create(user=User.objects.get(username="clerk"), province=shanghai)

    page = page_of(client)

    for hidden in (left_behind.case_no, left_behind.standing.contract_no, left_behind.contested.contract_no):
        assert hidden not in page


def test_the_whole_number_is_shown_for_a_reason_that_is_noted(clerk: Login) -> None:
    make_contract()

    answer = clerk(*ALL_RIGHTS, "backoffice.reveal_personal_data").post(
        f"{address()}reveal/", {"reason": "the subscriber calls"}
    )

    assert MSISDN in answer.content.decode()
    noted = Disclosure.objects.get()
    assert (noted.subject_type, noted.subject, noted.msisdn) == ("subscriber", "138 **** 0001", MSISDN)
    assert field_title(noted.subject_type, noted.fields[0]) == "mobile number"


def test_without_the_right_the_whole_number_is_not_shown(clerk: Login) -> None:
    make_contract()

    answer = clerk(*ALL_RIGHTS).post(f"{address()}reveal/", {"reason": "the subscriber calls"})

    assert answer.status_code == 403
    assert not Disclosure.objects.exists()


def test_show_all_leads_to_the_lists_of_this_number_without_telling_it(clerk: Login) -> None:
    make_contract()
    make_contract(msisdn="13805710002")
    client = clerk(*ALL_RIGHTS)
    ((_section, part),) = client.get(address()).context["places"]["top"]

    listed = client.get(part.more)

    assert MSISDN not in part.more
    assert [each.msisdn for each in listed.context["cl"].result_list] == [MSISDN]
    assert "138 **** 0001" in listed.content.decode()
    assert MSISDN not in listed.content.decode()


def test_a_list_asked_for_by_a_seal_that_is_not_ours_is_empty(clerk: Login) -> None:
    make_contract()

    listed = clerk(*ALL_RIGHTS).get("/admin/signing/contract/", {"number": "dev.forged"})

    assert list(listed.context["cl"].result_list) == []


def test_a_longer_life_costs_no_more_queries(clerk: Login) -> None:
    def live(place: int) -> None:
        ended: Any = make_contract("TERMINATED", bank=the_bank(f"BANK{place}"))
        make_transaction(ended)
        make_case(state="CLOSED", standing=ended, contested=None)
        make_session("FAILED")
        partner = make_partner(f"PARTNER{place}", key_id="")
        make_request(partner, msisdn=MSISDN)
        make_message(partner, msisdn=MSISDN)

    client = clerk(*ALL_RIGHTS)
    live(0)
    client.get(address())
    with CaptureQueriesContext(connection) as short:
        client.get(address())
    for place in range(1, 6):
        live(place)

    with CaptureQueriesContext(connection) as long:
        client.get(address())

    assert len(long) == len(short)
    assert len(long) < 25


def test_auditors_see_on_the_page_who_looked_at_the_number_and_why(clerk: Login) -> None:
    contract = make_contract()
    revealing = clerk("signing.view_contract", "backoffice.reveal_personal_data", username="curious")
    revealing.post(f"/admin/signing/contract/{contract.pk}/reveal/", {"reason": "the bank asks"})

    audited = page_of(clerk("signing.view_contract", "backoffice.view_disclosure", username="auditor"))
    plain = page_of(clerk("signing.view_contract"))

    assert all(shown in audited for shown in ("curious", "the bank asks", "identity number"))
    assert "the bank asks" not in plain
