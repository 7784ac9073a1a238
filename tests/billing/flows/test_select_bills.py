"""Which bills a run asks for, and why not the others (domain.md C3); what-if says the same beforehand."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from billing.flows import select_bills
from billing.models import Bill, DebitCap, DebitExclusion, DebitItem
from signing.models import Contract, ManualCase, SigningTransaction
from tests.billing.debits import (
    DAY,
    arranged,
    bring_return,
    excluded,
    failed,
    items,
    open_shares,
    owing,
    paid,
    run_of,
    states,
    subscriber,
)
from tests.billing.factories import make_bill, make_mandate
from tests.factories import make_province
from tests.signing.factories import the_bank, the_province
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db

LATER = DAY.replace(day=16)


@pytest.fixture(autouse=True)
def home() -> None:
    """A province, and banks whose codes we know."""
    the_province()
    load_result_codes(kind="BANK")


POSTPAID = {"user_type": "POSTPAID", "recharge_threshold_fen": None, "recharge_amount_fen": None}


@pytest.mark.parametrize(
    ("contract", "bill", "reason"),
    [
        ({}, {}, None),
        ({"state": "SUSPENDED"}, {}, "NOT_ACTIVE"),
        ({"state": "PROVISIONAL"}, {}, "NOT_ACTIVE"),
        ({"state": "TERMINATED"}, {}, "NO_CONTRACT"),
        ({**POSTPAID, "auto_pay": False}, {}, "NO_AUTO_PAY"),
        ({**POSTPAID, "auto_pay": True}, {}, None),
        ({}, {"joined_network_at": datetime(2026, 6, 1, tzinfo=UTC)}, "NUMBER_CHANGED_HANDS"),
        ({}, {"joined_network_at": datetime(2025, 6, 1, tzinfo=UTC)}, None),
        ({}, {"attempts": 6}, "TOO_MANY_ATTEMPTS"),
        ({}, {"attempts": 5}, None),
    ],
)
def test_a_bill_is_left_out_for_the_first_reason_there_is(
    contract: dict[str, Any], bill: dict[str, Any], reason: str | None
) -> None:
    given = subscriber(**contract)
    make_bill(msisdn=given.msisdn, **bill)

    run = run_of(arranged())

    assert excluded(run) == ({reason: 5000} if reason else {})
    assert run.item_count == (0 if reason else 1)


def test_bills_of_other_banks_are_not_its_affair() -> None:
    owing(1000, contract=subscriber(bank=the_bank("CCB")))
    make_bill(msisdn="13805719999")

    run = run_of(arranged())

    assert (run.item_count, run.excluded_count) == (0, 0)


def test_a_secondary_number_has_an_item_of_its_own() -> None:
    contract = subscriber(secondary_msisdns=["13805718888"])
    make_bill(msisdn=contract.msisdn, amount_fen=1000)
    make_bill(msisdn="13805718888", amount_fen=2000)

    run = run_of(arranged())

    assert sorted((item.msisdn, item.asked_fen, item.contract_id) for item in items(run)) == sorted(
        [(contract.msisdn, 1000, contract.pk), ("13805718888", 2000, contract.pk)]
    )


def test_a_bill_in_flight_elsewhere_is_left_alone() -> None:
    owing(1000)
    arrangement = arranged()
    run_of(arrangement)

    later = run_of(arrangement, day=LATER)

    assert excluded(later) == {"IN_FLIGHT": 1000}
    assert open_shares() == 1


def test_less_than_the_bank_takes_is_left_out() -> None:
    owing(300, 600)
    owing(800)

    run = run_of(arranged(minimum_fen=900))

    assert excluded(run) == {"UNDER_MINIMUM": 800}
    assert [item.asked_fen for item in items(run)] == [900]


def test_the_oldest_bills_are_asked_for_as_far_as_the_cap_goes() -> None:
    owing(1000, 1000, 1000)

    run = run_of(arranged(cap_fen=2500))

    assert [item.asked_fen for item in items(run)] == [2000]
    assert excluded(run) == {"OVER_CAP": 1000}


def test_a_subscribers_own_cap_counts_what_was_debited_this_month() -> None:
    contract = owing(1000)
    DebitCap.objects.create(msisdn=contract.msisdn, monthly_fen=1500)
    arrangement = arranged()
    bring_return(paid(*items(run_of(arrangement))))
    make_bill(msisdn=contract.msisdn, amount_fen=600)

    assert excluded(run_of(arrangement, day=LATER)) == {"OVER_CAP": 600}
    next_month = run_of(arrangement, day=date(2026, 12, 7))
    assert [item.asked_fen for item in items(next_month)] == [600]


def test_what_failed_does_not_count_against_the_cap() -> None:
    owing(1000)
    arrangement = arranged(cap_fen=1500)
    bring_return(failed(*items(run_of(arrangement))))

    assert [item.asked_fen for item in items(run_of(arrangement, day=LATER))] == [1000]


def test_a_number_that_changed_hands_suspends_the_contract_once() -> None:
    contract = subscriber()
    for month in (1, 2):
        make_bill(
            msisdn=contract.msisdn,
            billing_month=date(2026, month, 1),
            joined_network_at=datetime(2026, 6, 1, tzinfo=UTC),
        )

    run_of(arranged())
    run_of(arranged("HEAD_OFFICE"))

    assert Contract.objects.get().state == "SUSPENDED"
    assert list(SigningTransaction.objects.values_list("kind", "source")) == [("SUSPENDED", "NUMBER_EVENT")]
    case = ManualCase.objects.get()
    assert (case.reason, case.standing_id) == ("NUMBER_CHANGED_HANDS", contract.pk)


def test_one_card_asks_by_the_mandate_of_the_number() -> None:
    mandate = make_mandate(way="ONE_CARD", msisdn="13805717777")
    make_bill(msisdn="13805717777", amount_fen=1000)

    run = run_of(arranged("ONE_CARD"))

    assert [(item.msisdn, item.mandate_id, item.contract_id) for item in items(run)] == [
        ("13805717777", mandate.pk, None)
    ]


@pytest.mark.parametrize(("state", "reason"), [("SUSPENDED", "NOT_ACTIVE"), ("ENDED", "NO_CONTRACT")])
def test_a_mandate_that_does_not_count_leaves_its_bills_out(state: str, reason: str) -> None:
    mandate = make_mandate(state)
    make_bill(agreement_no=mandate.agreement_no)

    assert excluded(run_of(arranged("COLLECTION"))) == {reason: 5000}


def test_users_of_an_agreement_are_summed() -> None:
    mandate = make_mandate()
    for user in range(3):
        make_bill(agreement_no=mandate.agreement_no, msisdn=f"1380571300{user}", amount_fen=1000)

    (item,) = items(run_of(arranged("COLLECTION")))

    assert (item.agreement_no, item.msisdn, item.asked_fen) == (mandate.agreement_no, "", 3000)
    assert item.shares.count() == 3


def test_what_another_province_bills_under_an_agreement_is_not_debited() -> None:
    mandate = make_mandate()
    make_bill(agreement_no=mandate.agreement_no, amount_fen=1000)
    elsewhere = make_province("GD", prefix="1350000")
    make_bill(agreement_no=mandate.agreement_no, province=elsewhere, msisdn="13500001111", amount_fen=700)

    run = run_of(arranged("COLLECTION"))

    assert [(item.province.code, item.asked_fen) for item in items(run)] == [("ZJ", 1000)]
    assert excluded(run) == {"NO_CONTRACT": 700}


def test_what_if_tells_the_same_and_leaves_nothing_behind() -> None:
    owing(1000, 500)
    owing(2000)
    make_bill(msisdn=subscriber(state="SUSPENDED").msisdn, amount_fen=700)
    arrangement = arranged(split_rows=1)

    told = select_bills.what_if(arrangement, DAY)

    assert (told.item_count, told.bill_count, told.asked_fen, told.file_count) == (2, 3, 3500, 2)
    assert [(part.name, part.count, part.amount_fen) for part in told.excluded] == [("NOT_ACTIVE", 1, 700)]
    assert [(part.name, part.count, part.amount_fen) for part in told.provinces] == [("ZJ", 2, 3500)]
    assert [sample.open_fen for sample in told.samples] == [700]
    assert not DebitItem.objects.exists()
    assert not DebitExclusion.objects.exists()
    run = run_of(arrangement)
    assert (run.item_count, run.bill_count, run.asked_fen) == (2, 3, 3500)
    assert (run.excluded_count, run.excluded_fen) == (told.excluded_count, told.excluded_fen)
    assert states(Bill) == ["DUE"] * 4
