"""A province's book against ours (domain.md B): each difference, what shields it, and what goes to the province."""

from datetime import timedelta

import pytest

from reconciliation.models import Discrepancy
from reconciliation.states import RunState
from tests.reconciliation.provinces import (
    MORNING,
    bring_full,
    bring_increment,
    correction_of,
    files_of,
    found,
    journal,
    line,
    may_end_everything,
    ours,
)
from tests.reconciliation.world import DAY, NEXT_DAY, NOW
from tests.signing.factories import make_case, the_province
from unipay.messaging import outbox
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

CUT_OFF = MORNING.replace(hour=0) + timedelta(days=1)


def test_even_books_need_no_file() -> None:
    contract = ours()

    run = bring_full([line(contract)])

    assert (run.state, run.our_count, run.their_count, run.even_count) == (RunState.CLOSED, 1, 1, 1)
    assert files_of(run) == []


def test_what_a_province_lacks_has_too_much_or_holds_otherwise_goes_to_it_with_the_true_values() -> None:
    missing, differing = ours(secondary_msisdns=["13805719001"]), ours()
    may_end_everything()
    even = ours()
    strange = {**line(even), "contract_no": "C-STRANGE", "msisdn": "13805718888"}

    run = bring_full([line(even), line(differing, recharge_amount_fen=9900, bank_code="CCB"), strange])

    assert found(run) == [
        ("DIFFERS_THERE", "UPDATE", "EXPORTED", ("bank_code", "recharge_amount_fen")),
        ("EXTRA_THERE", "DELETE", "EXPORTED", ()),
        ("MISSING_THERE", "ADD", "EXPORTED", ()),
    ]
    assert (run.state, run.exports) == (RunState.EXPORTED, 1)
    lines = {row[2]: row for row in correction_of(run)}
    assert [row[:2] for row in correction_of(run)] == [
        [run.run_no, "1"],
        [run.run_no, "2"],
        [run.run_no, "3"],
    ]
    assert lines["ADD"][3:13] == [
        missing.contract_no,
        missing.msisdn,
        "13805719001",
        "ICBC",
        missing.bank_contract_no,
        missing.account_mask,
        "2000",
        "5000",
        "N",
        "2026-10-21T09:00:00+08:00",
    ]
    assert lines["UPDATE"][3:5] == [differing.contract_no, differing.msisdn]
    assert lines["UPDATE"][10] == "5000"
    assert lines["DELETE"][3:7] == ["C-STRANGE", "13805718888", "", "ICBC"]


def test_another_contract_number_for_the_same_mobile_number_is_an_update() -> None:
    contract = ours()

    run = bring_full([line(contract, contract_no="C-OLD")])

    assert found(run) == [("DIFFERS_THERE", "UPDATE", "EXPORTED", ("contract_no",))]
    assert correction_of(run)[0][3] == contract.contract_no


def test_a_contract_that_ended_here_is_extra_there_and_known_by_its_number() -> None:
    may_end_everything()
    ended = ours(state="TERMINATED")

    run = bring_full([line(ended)])

    row = Discrepancy.objects.get(run=run)
    assert (row.difference, row.state, row.contract) == ("EXTRA_THERE", "EXPORTED", ended)
    assert row.ours is not None
    assert row.ours["end_reason"] == "SUBSCRIBER_REQUEST"


def test_a_list_that_would_delete_much_of_a_province_s_book_waits_for_people() -> None:
    contract = ours()

    run = bring_full([line(contract), line(contract, contract_no="C-X", msisdn="13805718888")])

    assert run.state == RunState.AWAITING_APPROVAL


def test_what_the_province_was_not_told_yet_is_carried() -> None:
    waits, told_late, changed = ours(), ours(), ours()
    message = tell(waits)
    late = tell(told_late)
    OutboundMessage.objects.filter(pk=late.pk).update(
        state="DELIVERED", settled_at=CUT_OFF + timedelta(hours=1)
    )
    journal(changed, kind="AMENDED", at=CUT_OFF + timedelta(minutes=1))

    run = bring_full([])

    assert message.state == "PENDING"
    assert found(run) == [("MISSING_THERE", "ADD", "CARRIED", ())] * 3
    assert set(Discrepancy.objects.values_list("shield", flat=True)) == {"NOT_TOLD_YET"}
    assert run.state == RunState.CLOSED


def test_what_it_was_told_before_its_cut_off_is_corrected() -> None:
    contract = ours()
    told = tell(contract)
    OutboundMessage.objects.filter(pk=told.pk).update(
        state="DELIVERED", settled_at=CUT_OFF - timedelta(hours=1)
    )

    run = bring_full([])

    assert found(run) == [("MISSING_THERE", "ADD", "EXPORTED", ())]


def test_what_people_are_deciding_is_carried() -> None:
    contract = ours()
    make_case("PROVINCE_REFUSED", standing=contract, msisdn=contract.msisdn)

    bring_full([])

    assert Discrepancy.objects.get().shield == "OPEN_CASE"


def test_the_last_line_of_an_increment_says_what_the_province_believes() -> None:
    even, deleted, kept = ours(day=DAY), ours(day=DAY), ours(day=DAY, state="TERMINATED", kind="TERMINATED")

    run = bring_increment(
        [
            ("SIGNED", line(even, recharge_amount_fen=1)),
            ("AMENDED", line(even)),
            ("SIGNED", line(deleted)),
            ("TERMINATED", line(deleted)),
            ("AMENDED", line(kept)),
        ]
    )

    assert {(row.difference, row.contract) for row in Discrepancy.objects.filter(run=run)} == {
        ("MISSING_THERE", deleted),
        ("EXTRA_THERE", kept),
    }


def test_a_change_of_the_day_that_an_increment_is_silent_about_is_put_right() -> None:
    signed, amended = ours(day=DAY), ours(day=DAY, kind="AMENDED")
    ended = ours(day=DAY, state="TERMINATED", kind="TERMINATED")
    came_and_went = ours(day=DAY, state="TERMINATED")
    journal(came_and_went, kind="TERMINATED", at=MORNING + timedelta(hours=1))
    ours()

    run = bring_increment([])

    assert {(row.difference, row.contract) for row in Discrepancy.objects.filter(run=run)} == {
        ("MISSING_THERE", signed),
        ("DIFFERS_THERE", amended),
        ("EXTRA_THERE", ended),
    }
    assert sorted(row[2] for row in correction_of(run)) == ["ADD", "DELETE", "UPDATE"]


def test_what_was_carried_must_turn_up_in_the_next_increment() -> None:
    absent, present = ours(day=DAY), ours(day=DAY)
    for contract in (absent, present):
        tell(contract)
    bring_increment([])
    OutboundMessage.objects.update(state="DELIVERED", settled_at=CUT_OFF + timedelta(hours=2))

    run = bring_increment([("SIGNED", line(present))], day=NEXT_DAY)

    assert found(run) == [("MISSING_THERE", "ADD", "EXPORTED", ())]
    assert Discrepancy.objects.get(run=run).contract == absent


def tell(contract: object) -> OutboundMessage:
    """A message about the contract that waits for the province."""
    return outbox.promise(
        partner=the_province(),
        kind="contract_changed",
        subject=f"contract:{contract.contract_no}",  # type: ignore[attr-defined]
        resource_version=2,
        payload={},
        now=NOW,
    )
