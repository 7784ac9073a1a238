"""A run from its opening to its end (domain.md C3): bills selected, files written, returns settled."""

from datetime import date

import pytest

from billing.flows import debit_run, finish_debits
from billing.models import Bill, BillSettlement, DebitBatch, Recharge
from tests.billing.debits import (
    DAY,
    NOW,
    arranged,
    bring_return,
    effects,
    excluded,
    failed,
    fresh,
    items,
    now,
    open_shares,
    owing,
    paid,
    request_lines,
    require_bills_add_up,
    run_of,
    states,
    subscriber,
)
from tests.billing.factories import make_bill
from tests.billing.money import balances, promised, require_conserved
from tests.signing.factories import the_province
from unipay.errors import Refusal
from unipay.exchange.flows import acknowledge
from unipay.exchange.models import SentFile
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home() -> None:
    """A province, and banks whose codes we know."""
    the_province()
    load_result_codes(kind="BANK")


def test_due_bills_of_a_number_are_asked_for_in_one_line() -> None:
    contract = owing(3000, 2000)
    make_bill(msisdn=contract.msisdn, due_date=date(2026, 11, 6), billing_month=date(2026, 3, 1))

    run = run_of(arranged())

    ((batch_no, item_no, *line),) = request_lines(run)
    assert (run.state, run.item_count, run.bill_count, run.asked_fen) == ("SENT", 1, 2, 5000)
    assert batch_no == DebitBatch.objects.get().batch_no
    assert item_no == f"{run.pk:08d}000000001"
    assert line == [
        contract.msisdn,
        "",
        contract.bank_contract_no,
        "6222021234567890128",
        "622202*********0128",
        "张三丰",
        "5000",
        "1",
        "2026-01-01",
    ]
    assert sorted(Bill.objects.values_list("attempts", flat=True)) == [0, 1, 1]


def test_what_the_bank_debited_is_a_recharge_with_its_entry_and_settles_the_bills() -> None:
    owing(3000, 2000)
    run = run_of(arranged())

    returned = bring_return(paid(*items(run)))

    recharge = Recharge.objects.get()
    assert (returned.state, returned.settled_count, returned.settled_fen) == ("SETTLED", 1, 5000)
    assert (recharge.recharge_no, recharge.source, recharge.state) == (
        f"D-{items(run)[0].item_no}",
        "BATCH_DEBIT",
        "PAID",
    )
    assert recharge.paid_entry.subject == recharge.subject
    assert states(Bill) == ["SETTLED", "SETTLED"]
    assert BillSettlement.objects.count() == 2
    assert balances() == {"BANK_CLEARING": 5000, "IN_TRANSIT": -5000}
    assert [len(each.payload["landings"]) for each in promised("land_recharges")] == [1]
    assert (open_shares(), fresh(run).state, states(DebitBatch)) == (0, "CLOSED", ["CLOSED"])
    require_conserved()
    require_bills_add_up()


def test_what_the_bank_debited_in_part_settles_the_oldest_bills_first() -> None:
    owing(3000, 2000)
    run = run_of(arranged())
    (item,) = items(run)

    returned = bring_return([(item, "0000", 3500)])

    assert effects(returned) == ["PARTLY_SETTLED"]
    assert list(Bill.objects.order_by("id").values_list("settled_fen", "state")) == [
        (3000, "SETTLED"),
        (500, "DUE"),
    ]
    assert (items(run)[0].state, items(run)[0].debited_fen) == ("PARTLY_SETTLED", 3500)
    assert open_shares() == 0


def test_what_the_bank_could_not_debit_is_presented_again_next_time() -> None:
    contract = owing(3000)
    arrangement = arranged()
    run = run_of(arrangement)

    bring_return(failed(*items(run)))

    (item,) = items(run)
    assert (item.state, item.reason_code, item.follow_up) == ("FAILED", "insufficient_funds", "RETRY")
    assert (states(Bill), open_shares(), Recharge.objects.count()) == (["DUE"], 0, 0)
    again = run_of(arrangement, day=date(2026, 11, 16))
    assert [(each.msisdn, each.attempt) for each in items(again)] == [(contract.msisdn, 2)]


def test_a_run_without_anything_to_ask_for_is_over() -> None:
    run = run_of(arranged())

    assert (run.state, run.item_count) == ("CLOSED", 0)
    assert not SentFile.objects.exists()


def test_a_run_is_split_by_the_most_lines_of_a_file() -> None:
    for _ in range(5):
        owing(1000)

    run = run_of(arranged(split_rows=2))

    batches = DebitBatch.objects.order_by("sequence").values_list("sequence", "item_count", "asked_fen")
    assert list(batches) == [(1, 2, 2000), (2, 2, 2000), (3, 1, 1000)]
    assert len({line[1] for line in request_lines(run)}) == 5


def test_a_run_waits_for_approval_where_it_asks_for_much() -> None:
    owing(1000)

    run = run_of(arranged(approve_above_fen=999))

    assert run.state == "AWAITING_APPROVAL"
    assert not SentFile.objects.exists()


def test_there_is_one_run_for_an_arrangement_and_date() -> None:
    arrangement = arranged()
    debit_run.open_run(arrangement, DAY, by_id=None, now=NOW)

    with pytest.raises(Refusal) as refused:
        debit_run.open_run(arrangement, DAY, by_id=None, now=NOW)

    assert refused.value.reason.code == "debit_run_is_there"


def test_a_stopped_run_stays_where_it_is_until_it_is_resumed() -> None:
    owing(1000)
    run = debit_run.open_run(arranged(), DAY, by_id=None, now=NOW)
    debit_run.stop(run.run_no, remark="wait for the bank", now=NOW)

    assert debit_run.advance(run.run_no, now=now).state == "OPENED"

    debit_run.resume(run.run_no, remark="the bank is ready", now=NOW)
    assert debit_run.advance(run.run_no, now=now).state == "SENT"


def test_a_contract_that_ended_before_the_file_was_written_is_withdrawn() -> None:
    ended, stays = owing(1000), owing(2000)
    run = run_of(arranged(approve_above_fen=0))
    type(ended).objects.filter(pk=ended.pk).update(
        state="TERMINATED", ended_at=NOW, end_reason="BANK_REQUEST"
    )
    type(run).objects.filter(pk=run.pk).update(state="APPROVED")

    debit_run.advance(run.run_no, now=now)

    assert [(each.msisdn, each.state) for each in items(run)] == [
        (ended.msisdn, "WITHDRAWN"),
        (stays.msisdn, "SENT"),
    ]
    assert len(request_lines(run)) == 1
    assert open_shares() == 1


def test_an_acknowledged_file_is_with_the_bank() -> None:
    owing(1000)
    run_of(arranged())

    acknowledge.accepted(SentFile.objects.get(), now=NOW)

    assert states(DebitBatch) == ["DELIVERED"]


def test_a_return_before_the_bank_confirms_the_file_counts() -> None:
    owing(1000)
    run = run_of(arranged())

    bring_return(paid(*items(run)))
    acknowledge.accepted(SentFile.objects.get(), now=NOW)

    assert (states(DebitBatch), fresh(run).state) == (["CLOSED"], "CLOSED")


def test_a_file_refused_as_a_whole_is_written_anew() -> None:
    owing(1000)
    run = run_of(arranged())
    (before,) = items(run)

    acknowledge.refused(SentFile.objects.get(), why="wrong header", now=NOW)
    debit_run.advance(run.run_no, now=now)

    (item,) = items(run)
    batches = DebitBatch.objects.order_by("id").values_list("sequence", "state")
    assert list(batches) == [(1, "SUPERSEDED"), (1, "WRITTEN")]
    assert item.item_no == before.item_no
    assert item.batch_id != before.batch_id
    assert effects(bring_return(paid(item))) == ["SETTLED"]
    assert fresh(run).state == "CLOSED"


def test_what_may_not_be_debited_any_more_is_not_written_anew() -> None:
    ended, _stays = owing(1000), owing(2000)
    run = run_of(arranged())
    type(ended).objects.filter(pk=ended.pk).update(
        state="TERMINATED", ended_at=NOW, end_reason="BANK_REQUEST"
    )

    acknowledge.refused(SentFile.objects.get(), why="wrong header", now=NOW)
    debit_run.advance(run.run_no, now=now)

    assert [item.state for item in items(run)] == ["WITHDRAWN", "SENT"]
    assert SentFile.objects.order_by("-id")[0].row_count == 1
    assert open_shares() == 1


def test_a_bank_that_goes_on_refusing_stops_the_run() -> None:
    owing(1000)
    run = run_of(arranged())

    for _ in range(2):
        acknowledge.refused(SentFile.objects.order_by("id").last() or SentFile(), why="wrong", now=NOW)
        debit_run.advance(run.run_no, now=now)

    assert (fresh(run).is_stopped, SentFile.objects.count()) == (True, 2)
    debit_run.resume(run.run_no, remark="layout mended", now=NOW)
    debit_run.advance(run.run_no, now=now)
    assert SentFile.objects.count() == 3


def test_closing_again_changes_nothing() -> None:
    owing(1000)
    run = run_of(arranged())

    assert not finish_debits.close_what_is_answered(run, now=NOW)
    assert fresh(run).state == "SENT"


def test_what_is_left_out_is_kept_with_its_reason() -> None:
    subscriber_of_none = subscriber(state="TERMINATED")
    make_bill(msisdn=subscriber_of_none.msisdn, amount_fen=1100)

    run = run_of(arranged())

    assert (run.excluded_count, run.excluded_fen) == (1, 1100)
    assert excluded(run) == {"NO_CONTRACT": 1100}
