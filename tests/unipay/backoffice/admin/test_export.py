"""Any list can be taken out as a file: as filtered, masked, bounded, and by those with the right only."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.conftest import Login
from tests.signing.factories import ACCOUNT, HOLDER, make_contract, make_session, the_bank, the_province
from unipay.backoffice.admin import export
from unipay.backoffice.models import Disclosure
from unipay.backoffice.subscriber import seal

CONTRACTS = "/admin/signing/contract/"
EXPORT = f"{CONTRACTS}export/"
RIGHTS = ("signing.view_contract", "backoffice.export_lists")
REVEAL = "backoffice.reveal_personal_data"
SECRETS = ("13805710001", ACCOUNT.number, HOLDER.name, HOLDER.identity_no)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def take(client: Client, address: str = EXPORT, **form: str) -> Any:
    return client.post(address, {"format": "csv", "content": "masked", **form})


def test_a_file_has_the_columns_of_the_list_and_numbers_masked(clerk: Login) -> None:
    contract = make_contract()

    answer = take(clerk(*RIGHTS))

    head, row = table(answer)
    shown = dict(zip(head, row, strict=True))
    assert shown["Contract number"] == contract.contract_no
    assert shown["Mobile number"] == "138 **** 0001"
    assert shown["State"] == "active"
    assert shown["Channel"] == "bank counter"
    assert shown["Signed"] == "2026-03-02 12:00:00"
    assert not any(secret in answer.content.decode() for secret in SECRETS)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Disclosure.objects.exists()


def test_a_workbook_says_the_same_as_the_text(clerk: Login) -> None:
    make_contract()
    client = clerk(*RIGHTS)

    book = load_workbook(io.BytesIO(take(client, format="xlsx").content))

    rows = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert rows == table(take(client))


def test_what_is_taken_out_is_what_the_list_is_filtered_by(clerk: Login) -> None:
    contested = make_contract("CONTESTED", msisdn="13805710002", bank=the_bank("CCB"))
    active = make_contract(msisdn="13805710003")
    client = clerk(*RIGHTS)

    by_state = table(take(client, f"{EXPORT}?state__exact=CONTESTED"))
    by_search = table(take(client, f"{EXPORT}?q={active.contract_no}"))
    by_number = table(take(client, f"{EXPORT}?number={seal('13805710002')}"))

    assert [row[0] for row in by_state[1:]] == [contested.contract_no]
    assert [row[0] for row in by_search[1:]] == [active.contract_no]
    assert [row[0] for row in by_number[1:]] == [contested.contract_no]


def test_the_page_says_which_rows_and_that_a_long_list_is_cut(
    clerk: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    for ending in range(3):
        make_contract(msisdn=f"1380571000{ending}")
    client = clerk(*RIGHTS)

    cut = client.get(EXPORT).content.decode()
    whole = client.get(f"{EXPORT}?q=13805710001").content.decode()

    assert "The first 2 rows" in cut
    assert "will be cut" in cut
    assert "1 row." in whole
    assert "138****0001" in whole
    assert len(table(take(client))) == 3


@pytest.mark.parametrize("rights", [(), RIGHTS[:1], RIGHTS[1:], (REVEAL, RIGHTS[0])], ids=str)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_file_needs_the_right_to_the_list_and_the_right_to_take_lists_out(
    clerk: Login, rights: tuple[str, ...], method: str
) -> None:
    make_contract()

    answer = getattr(clerk(*rights), method)(
        EXPORT, {"format": "csv", "content": "unmasked", "reason": "because"}
    )

    assert answer.status_code == 403
    assert not Disclosure.objects.exists()


def test_the_list_offers_the_file_to_those_with_the_right(clerk: Login) -> None:
    with_right = clerk(*RIGHTS).get(CONTRACTS, {"state__exact": "ACTIVE"}).content.decode()
    without = clerk(RIGHTS[0], username="other").get(CONTRACTS).content.decode()

    assert f"{EXPORT}?state__exact=ACTIVE" in with_right
    assert EXPORT not in without


def test_without_the_right_to_see_personal_data_nobody_is_asked_and_nothing_unmasked(clerk: Login) -> None:
    make_contract()

    answer = take(clerk(*RIGHTS), content="unmasked", reason="I would like to")

    assert not any(secret in answer.content.decode() for secret in SECRETS)
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "abc"])
def test_no_unmasked_file_without_a_reason(clerk: Login, reason: str) -> None:
    make_contract()

    answer = take(clerk(*RIGHTS, REVEAL), content="unmasked", reason=reason)

    assert answer.headers["Content-Type"].startswith("text/html")
    assert not any(secret in answer.content.decode() for secret in SECRETS)
    assert not Disclosure.objects.exists()


def test_an_unmasked_file_is_noted_with_its_reason_filters_and_length(clerk: Login) -> None:
    make_contract()
    make_contract(msisdn="13805710002")

    answer = take(
        clerk(*RIGHTS, REVEAL),
        f"{EXPORT}?state__exact=ACTIVE",
        content="unmasked",
        reason="asked by the bank",
    )

    assert all(secret in answer.content.decode("utf-8-sig") for secret in SECRETS)
    noted = Disclosure.objects.get()
    assert (noted.subject_type, noted.rows, noted.reason) == ("signing.contract", 2, "asked by the bank")
    assert noted.subject == "list as a file: state: active"
    assert noted.fields == ["msisdn", "secondary_msisdns", "account_number", "holder_name", "identity_no"]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_formula_in_a_file_is_text(clerk: Login, format: str) -> None:
    make_contract(bank_contract_no="=HYPERLINK(A1)")

    content = take(clerk(*RIGHTS), format=format).content

    if format == "xlsx":
        cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        assert [cell.data_type for cell in cells if "HYPERLINK" in str(cell.value)] == ["s"]
    else:
        assert ",'=HYPERLINK(A1)," in content.decode("utf-8-sig")


def test_a_character_no_workbook_can_hold_is_replaced(clerk: Login) -> None:
    make_contract(bank_contract_no="A\x07B")

    book = load_workbook(io.BytesIO(take(clerk(*RIGHTS), format="xlsx").content))

    assert "A\N{REPLACEMENT CHARACTER}B" in [cell.value for row in book.active.iter_rows() for cell in row]


def test_a_longer_file_costs_no_more_queries(clerk: Login) -> None:
    client = clerk(*RIGHTS, "signing.view_signingsession")
    make_session("AT_BANK")
    take(client, "/admin/signing/signingsession/export/")
    with CaptureQueriesContext(connection) as short:
        take(client, "/admin/signing/signingsession/export/")
    for ending in range(2, 9):
        make_session("AT_BANK", msisdn=f"1380571000{ending}")

    with CaptureQueriesContext(connection) as long:
        answer = take(client, "/admin/signing/signingsession/export/")

    assert len(table(answer)) == 9
    assert len(long) == len(short)


def test_an_empty_list_is_a_file_with_its_head_only(clerk: Login) -> None:
    the_province()

    assert len(table(take(clerk(*RIGHTS)))) == 1
