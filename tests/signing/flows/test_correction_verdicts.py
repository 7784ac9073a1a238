"""What a correction leaves alone, and what it says about it."""

from datetime import timedelta
from typing import Any

import pytest

from signing.models import Contract
from tests.signing.corrections import (
    correct,
    journal,
    nothing_happened_to,
    to_amend,
    to_create,
    to_terminate,
)
from tests.signing.factories import MSISDN, NOW, make_case, make_contract, make_session, the_bank
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=5)
SECOND = "13805710002"


def test_what_changed_since_it_was_compared_is_left_alone() -> None:
    amended, ended = make_contract(version=3), make_contract("TERMINATED", msisdn=SECOND)

    became = correct(
        to_amend(amended, "recharge_amount_fen", recharge_amount_fen=9000, seen_version=2),
        to_terminate(amended, seen_version=2),
        to_amend(ended, "recharge_amount_fen", recharge_amount_fen=9000),
    )

    assert [(each.outcome, each.detail) for each in became] == [
        ("STALE", "version"),
        ("STALE", "version"),
        ("STALE", "ended"),
    ]
    assert nothing_happened_to(amended, ended)


def test_two_orders_about_one_contract_are_one_too_many() -> None:
    contract = make_contract()

    became = correct(
        to_amend(contract, "recharge_amount_fen", recharge_amount_fen=9000), to_terminate(contract)
    )

    assert [(each.outcome, each.detail) for each in became] == [("STALE", "ordered_twice"), ("DONE", "")]
    assert journal() == [("TERMINATED", 2)]


@pytest.mark.parametrize("state", ["OPEN", "PROPOSED", "DECIDED"])
def test_what_people_decide_about_is_left_to_them(state: str) -> None:
    case = make_case("UNDELIVERABLE", state=state)
    assert case.standing is not None

    became = correct(
        to_terminate(case.standing),
        to_amend(case.standing, "recharge_amount_fen", recharge_amount_fen=9000),
        to_create(),
    )

    assert [each.outcome for each in became] == ["OPEN_CASE"] * 3
    assert nothing_happened_to(case.standing)


def test_a_closed_case_is_in_nobodys_way() -> None:
    case = make_case("UNDELIVERABLE", state="CLOSED")
    assert case.standing is not None

    [became] = correct(to_terminate(case.standing))

    assert became.outcome == "DONE"


def test_what_people_told_the_bank_to_cancel_is_not_signed_again_before_it_did() -> None:
    case = make_case(state="DECIDED", contested=make_contract("TERMINATED", bank=the_bank("CCB")))
    Contract.objects.filter(pk=case.standing_id).update(msisdn=SECOND)

    [became] = correct(to_create(bank_id=the_bank("CCB").pk))

    assert became.outcome == "OPEN_CASE"


def test_a_signing_under_way_at_the_bank_comes_first() -> None:
    provisional = make_contract("PROVISIONAL")
    make_session("AT_BANK", bank=the_bank(), msisdn=SECOND)

    became = correct(
        to_create(),
        to_create(bank_contract_no="B2", msisdn=SECOND),
        to_create(bank_contract_no="B3", msisdn="13805710004", secondary_msisdns=[MSISDN]),
        to_terminate(provisional),
        to_amend(provisional, "recharge_amount_fen", recharge_amount_fen=9000),
    )

    assert [each.outcome for each in became] == ["IN_FLIGHT"] * 5
    assert nothing_happened_to(provisional)


def test_a_session_at_another_bank_is_in_nobodys_way() -> None:
    make_session("AT_BANK", bank=the_bank("CCB"))

    [became] = correct(to_create())

    assert became.outcome == "DONE"


@pytest.mark.parametrize(
    ("columns", "detail"),
    [
        ({"auto_pay": True}, "terms_exclude_each_other"),
        ({"recharge_amount_fen": 0}, "terms_out_of_range"),
        ({"recharge_threshold_fen": -1}, "terms_out_of_range"),
        ({"secondary_msisdns": [MSISDN]}, "numbers_invalid"),
        ({"secondary_msisdns": [SECOND, SECOND]}, "numbers_invalid"),
        ({"secondary_msisdns": [f"138057100{last}" for last in range(10, 21)]}, "numbers_invalid"),
        ({"msisdn": "057188880000"}, "numbers_invalid"),
        ({"bank_contract_no": ""}, "bank_contract_no_invalid"),
        ({"bank_contract_no": "B" * 65}, "bank_contract_no_invalid"),
        ({"account_mask": "*" * 33}, "particulars_too_long"),
        ({"province_id": None}, "unknown_number"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_cannot_be_a_contract_is_not_created(columns: dict[str, Any], detail: str) -> None:
    [became] = correct(to_create(**columns))

    assert (became.outcome, became.detail) == ("IMPOSSIBLE", detail)
    assert not Contract.objects.exists()
    assert not OutboundMessage.objects.exists()


@pytest.mark.parametrize(
    ("fields", "attributes", "columns", "detail"),
    [
        ({}, ("auto_pay",), {"auto_pay": True}, "terms_exclude_each_other"),
        (
            {},
            ("auto_pay", "recharge_threshold_fen", "recharge_amount_fen"),
            {"auto_pay": True},
            "auto_pay_for_prepaid",
        ),
        ({}, ("msisdn",), {"msisdn": SECOND, "province_id": None}, "unknown_number"),
        ({}, ("msisdn",), {"msisdn": ""}, "numbers_invalid"),
        ({}, ("bank_contract_no",), {"bank_contract_no": ""}, "bank_contract_no_invalid"),
    ],
    ids=["both", "prepaid", "unknown", "no number", "no bank number"],
)
def test_what_cannot_be_so_is_not_amended(
    fields: dict[str, Any], attributes: tuple[str, ...], columns: dict[str, Any], detail: str
) -> None:
    contract = make_contract(**fields)

    [became] = correct(to_amend(contract, *attributes, **columns))

    assert (became.outcome, became.detail) == ("IMPOSSIBLE", detail)
    assert nothing_happened_to(contract)


def test_where_no_province_said_so_the_user_type_follows_the_terms() -> None:
    correct(to_create())
    contract = Contract.objects.get()

    correct(
        to_amend(contract, "auto_pay", "recharge_threshold_fen", "recharge_amount_fen", auto_pay=True),
        now=LATER,
    )

    contract = Contract.objects.get()
    assert (contract.user_type, contract.auto_pay, contract.recharge_amount_fen) == ("POSTPAID", True, None)


def test_an_order_about_another_banks_contract_is_refused() -> None:
    contract = make_contract(bank=the_bank("CCB"))

    became = correct(to_terminate(contract, bank_id=the_bank().pk), to_terminate(contract, contract_id=0))

    assert [each.detail for each in became] == ["of_another_bank", "no_such_contract"]
    assert nothing_happened_to(contract)
