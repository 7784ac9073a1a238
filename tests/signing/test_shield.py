"""What a file must not correct, asked in SQL about one row."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from signing import shield
from tests.signing.factories import (
    MSISDN,
    NOW,
    make_case,
    make_contract,
    make_session,
    make_transaction,
    the_bank,
)

DAY = NOW.date()

pytestmark = pytest.mark.django_db

SECOND = "13805710002"


@pytest.mark.parametrize(
    ("occurred_after", "is_so"), [(timedelta(0), False), (timedelta(seconds=1), True)], ids=["at", "after"]
)
def test_what_was_journalled_after_the_cut_off_has_changed(occurred_after: timedelta, is_so: bool) -> None:
    contract = make_contract()
    make_transaction(contract, occurred_at=NOW + occurred_after)

    assert (
        asked(shield.changed_since(contract="%s", cut_off="%s", business_date="%s"), contract.pk, NOW, DAY)
        is is_so
    )
    assert asked(shield.changed_since(contract="NULL", cut_off="%s", business_date="%s"), NOW, DAY) is False


@pytest.mark.parametrize(
    ("state", "is_so"),
    [("OPEN", True), ("PROPOSED", True), ("DECIDED", True), ("CLOSED", False), ("WITHDRAWN", False)],
)
def test_both_contracts_of_a_case_that_is_not_over_are_shielded(state: str, is_so: bool) -> None:
    case = make_case(state=state)
    assert case.contested is not None

    condition = shield.has_open_case(contract="%s")
    found = [asked(condition, pk, pk) for pk in (case.standing_id, case.contested_id)]
    of_number = [
        asked(shield.number_has_open_case(msisdn="%s", bank="%s"), MSISDN, the_bank(code).pk)
        for code in ("ICBC", "CCB", "ABC")
    ]

    assert found == [is_so, is_so]
    assert of_number == [is_so, is_so, False]


@pytest.mark.parametrize(
    ("state", "is_so"),
    [
        ("PROVISIONAL", True),
        ("CONTESTED", True),
        ("ACTIVE", False),
        ("SUSPENDED", False),
        ("TERMINATED", False),
    ],
)
def test_a_signing_under_way_at_this_bank_is_in_flight(state: str, is_so: bool) -> None:
    make_contract(state)

    assert in_flight("ICBC") is is_so
    assert in_flight("CCB") is False


@pytest.mark.parametrize(("state", "is_so"), [("AT_BANK", True), ("COMPLETED", False), ("EXPIRED", False)])
def test_a_session_at_the_banks_page_is_in_flight(state: str, is_so: bool) -> None:
    make_session(state, bank=the_bank())

    assert in_flight("ICBC") is is_so


def test_a_number_is_held_by_whoever_has_it_as_primary_or_secondary() -> None:
    contract = make_contract(secondary_msisdns=[SECOND])
    make_contract("TERMINATED", msisdn="13805710003")

    condition = shield.holder_of(msisdn="%s", secondary_msisdns="%s::text[]", contract="%s::bigint")

    def holder(msisdn: str, secondary: list[str], other_than: int | None = None) -> Any:
        return asked(condition, secondary, msisdn, other_than)

    assert [holder(number, []) for number in (MSISDN, SECOND, "13805710003")] == [
        contract.pk,
        contract.pk,
        None,
    ]
    assert holder("13805710004", [SECOND]) == contract.pk
    assert holder(MSISDN, [SECOND], contract.pk) is None


def in_flight(code: str) -> Any:
    bank = the_bank(code).pk
    return asked(shield.is_in_flight(msisdn="%s", bank="%s"), MSISDN, bank, MSISDN, bank)


def asked(condition: str, *given: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {condition}", given)
        return cursor.fetchone()[0]
