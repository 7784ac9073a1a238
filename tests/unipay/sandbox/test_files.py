"""What simulated banks write into their files, and what simulated provinces do with a correction."""

from datetime import date, timedelta
from typing import Any

import pytest

from unipay import clock
from unipay.sandbox import bank_files, province_files
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.states import BookState, Role

pytestmark = pytest.mark.django_db

SEGMENT = "1380571"
TODAY = clock.business_date(clock.now())
YESTERDAY = TODAY - timedelta(days=1)
LINE = {
    "run_no": "R-1",
    "order_no": "7",
    "contract_no": "C-1",
    "secondary_msisdns": "13805710008",
    "bank_code": "ICBC",
    "bank_contract_no": "B-1",
    "account_mask": "622202*********0001",
    "recharge_threshold_fen": "1000",
    "recharge_amount_fen": "5000",
    "auto_pay": "N",
    "signed_at": "2026-11-20T09:00:00+08:00",
}


def of_bank(ending: str = "0010", *, state: str = BookState.SIGNED, signed: date = TODAY) -> SandboxContract:
    row = bank_files.sign_unasked("ICBC", SEGMENT + ending, now=clock.business_day_start(signed))
    row.state = state
    row.save()
    return row


def of_province(contract_no: str = "C-1", **fields: Any) -> SandboxContract:
    given = {"state": BookState.SIGNED, "msisdn": f"{SEGMENT}0010", **fields}
    return SandboxContract.objects.create(
        partner_code="ZJ", role=Role.PROVINCE, contract_no=contract_no, **given
    )


def changes(day: date) -> list[str]:
    return [line["change"] for line in bank_files.lines("ICBC", "increment", business_date=day)]


def test_a_bank_lists_what_stands() -> None:
    row = of_bank()
    of_bank("0012", state=BookState.TERMINATED)
    of_bank("9061")

    (line,) = bank_files.lines("ICBC", "full", business_date=TODAY)

    assert (line["bank_contract_no"], line["account_number"]) == (row.bank_contract_no, row.account_number)
    assert (line["recharge_threshold_fen"], line["recharge_amount_fen"], line["auto_pay"]) == (
        1000,
        5000,
        False,
    )


@pytest.mark.parametrize(
    ("ending", "state", "signed", "expected"),
    [
        ("0010", BookState.SIGNED, TODAY, ["SIGNED"]),
        ("0010", BookState.SIGNED, YESTERDAY, ["AMENDED"]),
        ("0010", BookState.TERMINATED, TODAY, ["SIGNED", "TERMINATED"]),
        ("0010", BookState.CANCELLED, YESTERDAY, ["TERMINATED"]),
        ("0010", BookState.OPENED, TODAY, []),
        ("9061", BookState.SIGNED, TODAY, []),
        ("9063", BookState.SIGNED, TODAY, ["SIGNED", "TERMINATED"]),
    ],
)
def test_a_bank_s_increment_tells_what_happened_today(
    ending: str, state: str, signed: date, expected: list[str]
) -> None:
    of_bank(ending, state=state, signed=signed)

    assert changes(TODAY) == expected
    assert changes(TODAY + timedelta(days=1)) == []


def test_a_bank_that_errs_has_other_terms() -> None:
    of_bank("9062")

    assert bank_files.lines("ICBC", "full", business_date=TODAY)[0]["recharge_amount_fen"] == 5100


def answers(action: str, ending: str = "0010", **more: str) -> list[str]:
    line = {**LINE, "action": action, "msisdn": SEGMENT + ending, **more}
    return [answer["result"] for answer in province_files._apply("ZJ", line)]


def test_a_province_adds_what_it_lacks() -> None:
    assert answers("ADD") == ["DONE"]

    row = SandboxContract.objects.get()
    assert (row.contract_no, row.state, row.secondary_msisdns) == ("C-1", "SIGNED", ["13805710008"])
    assert row.terms == {"recharge_threshold_fen": 1000, "recharge_amount_fen": 5000, "auto_pay": False}


@pytest.mark.parametrize("known_as", ["C-1", "C-OTHER"])
def test_a_province_updates_what_it_holds_under_the_contract_s_or_the_mobile_number(known_as: str) -> None:
    row = of_province(known_as, terms={"recharge_amount_fen": 1})

    assert answers("UPDATE") == ["DONE"]

    row.refresh_from_db()
    assert (row.contract_no, row.terms["recharge_amount_fen"]) == ("C-1", 5000)


def test_a_province_deletes_what_it_holds_and_does_not_mind_what_it_does_not() -> None:
    row = of_province()

    assert answers("DELETE") == ["DONE"]
    assert answers("DELETE", contract_no="C-NEVER") == ["DONE"]

    row.refresh_from_db()
    assert row.state == "TERMINATED"


@pytest.mark.parametrize(
    ("ending", "first", "second", "held"),
    [
        ("9071", ["REFUSED"], ["REFUSED"], 0),
        ("9072", [], ["DONE"], 1),
        ("9073", ["DONE", "DONE"], ["DONE", "DONE"], 1),
        ("9074", ["DONE", "REFUSED"], ["DONE", "REFUSED"], 1),
    ],
)
def test_reserved_numbers_are_answered_wrongly(
    ending: str, first: list[str], second: list[str], held: int
) -> None:
    assert answers("ADD", ending) == first
    assert answers("ADD", ending) == second

    assert SandboxContract.objects.count() == held


def test_a_province_lists_what_it_holds_and_what_changed_today() -> None:
    of_province()
    of_province("C-2", state=BookState.TERMINATED)
    of_province("C-3", state=BookState.OPENED)

    full = province_files.lines("ZJ", "full", business_date=TODAY)
    today = province_files.lines("ZJ", "increment", business_date=TODAY)

    assert [line["contract_no"] for line in full] == ["C-1"]
    assert [(line["contract_no"], line["change"]) for line in today] == [
        ("C-1", "SIGNED"),
        ("C-2", "TERMINATED"),
    ]
    assert province_files.lines("ZJ", "increment", business_date=YESTERDAY) == []
