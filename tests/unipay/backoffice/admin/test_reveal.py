"""Personal data is shown to whoever has the right and says why, and never without a trace."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import InternalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import Login
from tests.signing.factories import ACCOUNT, HOLDER, make_contract
from unipay.backoffice.models import Disclosure

RIGHTS = ("signing.view_contract", "backoffice.reveal_personal_data")
REASON = "The subscriber is calling"
SECRETS = ("13805710001", ACCOUNT.number, HOLDER.name, HOLDER.identity_no)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def address_of(contract: Any) -> str:
    return f"/admin/signing/contract/{contract.pk}/reveal/"


def test_with_the_right_and_a_reason_the_values_are_shown_and_the_look_is_noted(clerk: Login) -> None:
    contract = make_contract()

    answer = clerk(*RIGHTS).post(address_of(contract), {"reason": REASON})

    page = answer.content.decode()
    assert all(secret in page for secret in SECRETS)
    assert "no-store" in answer.headers["Cache-Control"]
    noted = Disclosure.objects.get()
    assert (noted.person.get_username(), noted.reason, noted.rows) == ("clerk", REASON, 1)
    assert (noted.subject_type, noted.subject_id, noted.subject, noted.msisdn) == (
        "signing.contract",
        str(contract.pk),
        contract.contract_no,
        contract.msisdn,
    )
    assert noted.fields == ["msisdn", "account_number", "holder_name", "identity_no"]


def test_the_look_is_noted_before_anything_is_shown(clerk: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = make_contract()
    client = clerk(*RIGHTS)
    monkeypatch.setattr(Disclosure.objects, "create", lambda **columns: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        client.post(address_of(contract), {"reason": REASON})


def test_asking_why_shows_nothing_and_notes_nothing(clerk: Login) -> None:
    contract = make_contract()

    page = clerk(*RIGHTS).get(address_of(contract)).content.decode()

    assert not any(secret in page for secret in SECRETS)
    assert "identity number" in page
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "abc", "x" * 301])
def test_without_a_real_reason_nothing_is_shown_and_nothing_noted(clerk: Login, reason: str) -> None:
    contract = make_contract()

    page = clerk(*RIGHTS).post(address_of(contract), {"reason": reason}).content.decode()

    assert not any(secret in page for secret in SECRETS)
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    "rights", [(), ("signing.view_contract",), ("backoffice.reveal_personal_data",)], ids=str
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_both_rights_it_is_forbidden_and_nothing_noted(
    clerk: Login, rights: tuple[str, ...], method: str
) -> None:
    contract = make_contract()

    answer = getattr(clerk(*rights), method)(address_of(contract), {"reason": REASON})

    assert answer.status_code == 403
    assert not Disclosure.objects.exists()


def test_a_row_that_is_not_there_is_not_found(clerk: Login) -> None:
    assert clerk(*RIGHTS).post("/admin/signing/contract/1/reveal/", {"reason": REASON}).status_code == 404


def test_the_button_is_for_those_with_the_right(clerk: Login) -> None:
    contract = make_contract()
    page = f"/admin/signing/contract/{contract.pk}/change/"

    looking = clerk("signing.view_contract").get(page).content.decode()
    revealing = clerk(*RIGHTS, username="other").get(page).content.decode()

    assert address_of(contract) not in looking
    assert address_of(contract) in revealing


@pytest.mark.parametrize(
    "statement", ["UPDATE backoffice_disclosure SET reason = 'x'", "DELETE FROM backoffice_disclosure"]
)
def test_a_disclosure_is_neither_changed_nor_deleted_even_by_hand(clerk: Login, statement: str) -> None:
    clerk(*RIGHTS).post(address_of(make_contract()), {"reason": REASON})

    with pytest.raises(InternalError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_auditors_see_who_looked_at_what_and_why_the_number_masked(clerk: Login) -> None:
    contract = make_contract()
    clerk(*RIGHTS).post(address_of(contract), {"reason": REASON})
    auditor = clerk("backoffice.view_disclosure", username="auditor")

    listed = auditor.get("/admin/backoffice/disclosure/").content.decode()
    page = auditor.get(f"/admin/backoffice/disclosure/{Disclosure.objects.get().pk}/change/").content.decode()

    for text in (listed, page):
        assert all(
            shown in text for shown in ("clerk", contract.contract_no, "138 **** 0001", REASON, "holder")
        )
        assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(
    ("term", "count"), [("13805710001", 1), ("clerk", 1), ("13805710002", 0), ("other", 0)]
)
def test_disclosures_are_found_by_number_and_by_person(clerk: Login, term: str, count: int) -> None:
    clerk(*RIGHTS).post(address_of(make_contract()), {"reason": REASON})
    auditor = clerk("backoffice.view_disclosure", username="auditor")

    found = auditor.get("/admin/backoffice/disclosure/", {"q": term}).context["cl"].result_list

    assert len(found) == count


def test_a_longer_list_of_disclosures_costs_no_more_queries(clerk: Login, administrator: Client) -> None:
    client = clerk(*RIGHTS)
    contract = make_contract()
    client.post(address_of(contract), {"reason": REASON})
    administrator.get("/admin/backoffice/disclosure/")
    with CaptureQueriesContext(connection) as short:
        administrator.get("/admin/backoffice/disclosure/")
    for _ in range(3):
        client.post(address_of(contract), {"reason": REASON})

    with CaptureQueriesContext(connection) as long:
        administrator.get("/admin/backoffice/disclosure/")

    assert len(long) == len(short)
    assert User.objects.count() == 2
