"""What banks answer (domain.md C3): each line has one effect, however often it is said, and what makes no sense is
left to people."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from billing.flows import debit_cancel, debit_return, debit_run, debit_stage, settle_chunk, settle_return
from billing.models import Bill, DebitBatch, DebitItem, DebitReturn, JournalEntry, Recharge, ReconciledDay
from signing.models import Contract, ManualCase, SigningTransaction
from tests.billing.debits import (
    DAY,
    NOW,
    Answer,
    arranged,
    bring,
    bring_return,
    effects,
    failed,
    fresh,
    items,
    now,
    owing,
    paid,
    require_bills_add_up,
    return_content,
    run_of,
    states,
)
from tests.billing.money import balances, require_conserved
from tests.signing.factories import the_bank, the_province
from unipay import clock
from unipay.errors import Finality
from unipay.exchange.models import FileFault, ReceivedFile
from unipay.partners.models import ResultCode, UnmappedCode
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home() -> None:
    """A province, and banks whose codes we know."""
    the_province()
    load_result_codes(kind="BANK")


def cases() -> list[tuple[str, str]]:
    """The cases there are, and what they are about."""
    return list(ManualCase.objects.order_by("id").values_list("reason", "about"))


def test_the_same_return_under_another_name_changes_nothing() -> None:
    owing(1000)
    owing(2000)
    run = run_of(arranged())
    one, two = items(run)
    bring_return([*paid(one), *failed(two)])

    again = bring_return([*paid(one), *failed(two)])

    assert effects(again) == ["REPEATED", "REPEATED"]
    assert (again.state, again.repeated_count, again.settled_fen) == ("SETTLED", 2, 0)
    assert (Recharge.objects.count(), JournalEntry.objects.count()) == (1, 1)
    assert cases() == []


def test_what_is_settled_after_its_day_was_confirmed_counts_on_the_next(time_machine: Any) -> None:
    """A chunk begun before midnight comes to the day after finance did."""
    time_machine.move_to(clock.now(), tick=False)
    today = clock.business_date(clock.now())
    owing(1000)
    run = run_of(arranged())
    ReconciledDay.objects.create(bank=the_bank(), business_date=today, amount_fen=0, confirmed_at=NOW)

    bring_return(paid(*items(run)))

    day_after = today + timedelta(days=1)
    assert Recharge.objects.get().business_date == day_after
    assert JournalEntry.objects.get().business_date == day_after


def test_the_very_same_file_is_refused() -> None:
    owing(1000)
    content = return_content(paid(*items(run_of(arranged()))))
    bring(content)

    with pytest.raises(Exception, match="duplicate"):
        bring(content)

    assert Recharge.objects.count() == 1


def test_totals_that_do_not_match_refuse_the_file() -> None:
    owing(1000)
    run = run_of(arranged())

    file = bring(return_content(paid(*items(run)), total=999))

    assert (file.state, file.refusal_code) == ("REFUSED", "wrong_total")
    assert not DebitReturn.objects.exists()
    assert (states(DebitItem), fresh(run).state) == (["SENT"], "SENT")


@pytest.mark.parametrize(
    ("code", "said_fen"),
    [("0000", 400), ("0000", 0), ("1001", 1000), ("1001", 1)],
    ids=["part of it", "nothing, but a success", "a failure with all of it", "a failure with some of it"],
)
def test_what_contradicts_what_was_asked_is_left_to_people(code: str, said_fen: int) -> None:
    owing(1000)
    run = run_of(arranged(allows_partial=False))
    (item,) = items(run)

    returned = bring_return([(item, code, said_fen)])

    assert effects(returned) == ["CASE"]
    assert (states(DebitItem), returned.odd_count) == (["SENT"], 1)
    assert cases() == [("DEBIT_CONTRADICTION", f"debit_item:{item.item_no}")]
    assert balances() == {}
    # The bank puts it right with another file.
    assert effects(bring_return(paid(item))) == ["SETTLED"]


def test_more_than_was_asked_settles_what_was_asked_and_the_rest_stands_in_suspense() -> None:
    owing(1000)
    run = run_of(arranged())
    (item,) = items(run)

    returned = bring_return([(item, "0000", 1500)])

    assert (effects(returned), returned.settled_fen) == (["SETTLED"], 1000)
    assert balances() == {"BANK_CLEARING": 1500, "IN_TRANSIT": -1000, "SUSPENSE": -500}
    assert cases() == [("DEBIT_CONTRADICTION", f"debit_item:{item.item_no}")]
    assert effects(bring_return([(item, "0000", 1500)])) == ["REPEATED"]
    assert balances()["SUSPENSE"] == -500
    require_conserved()


@pytest.mark.parametrize(
    ("first", "second"),
    [(("0000", 1000), ("1001", 0)), (("1001", 0), ("0000", 1000)), (("0000", 600), ("0000", 700))],
    ids=["paid, then failed", "failed, then paid", "another amount"],
)
def test_what_contradicts_what_was_said_before_is_a_case(first: Any, second: Any) -> None:
    owing(1000)
    (item,) = items(run_of(arranged()))
    bring_return([(item, *first)])
    before = (balances(), states(DebitItem), states(Bill))

    returned = bring_return([(item, *second)])

    assert effects(returned) == ["CASE"]
    assert (balances(), states(DebitItem), states(Bill)) == before
    assert cases() == [("DEBIT_CONTRADICTION", f"debit_item:{item.item_no}")]


def test_a_failure_with_another_reason_is_said_before() -> None:
    owing(1000)
    (item,) = items(run_of(arranged()))
    bring_return(failed(item))

    assert effects(bring_return(failed(item, code="1002"))) == ["REPEATED"]


def test_a_line_we_never_asked_for_is_a_fault_of_the_file() -> None:
    owing(1000)
    run = run_of(arranged())
    (item,) = items(run)
    stranger = DebitItem(item_no="99999999000000001", asked_fen=500, batch=item.batch)

    returned = bring_return([*paid(item), *paid(stranger)])

    assert effects(returned) == ["SETTLED", "UNKNOWN_ITEM"]
    assert list(FileFault.objects.values_list("line_no", "column", "code")) == [
        (3, "item_no", "unknown_item")
    ]
    assert fresh(run).state == "CLOSED"


def test_a_code_nobody_mapped_waits_until_somebody_does() -> None:
    owing(1000)
    owing(2000)
    run = run_of(arranged())
    one, two = items(run)

    returned = bring_return([*paid(one), (two, "ZZ9", 0)])

    assert (effects(returned), returned.state) == (["SETTLED", "UNKNOWN_CODE"], "OPEN")
    assert UnmappedCode.objects.get().code == "ZZ9"
    assert (states(DebitItem), fresh(run).state) == (["SETTLED", "SENT"], "SENT")

    ResultCode.objects.create(
        kind="BANK",
        direction="ANSWER",
        operation="debit",
        code="ZZ9",
        reason_code="account_frozen",
        finality=Finality.FINAL_FAILURE,
    )
    settled = settle_return.settle(returned.return_no, now=now)

    assert (effects(settled), settled.state) == (["SETTLED", "FAILED"], "SETTLED")
    assert (settled.settled_count, settled.failed_count, settled.odd_count) == (1, 1, 0)
    assert fresh(run).state == "CLOSED"


def test_a_closed_account_suspends_the_contract() -> None:
    contract = owing(1000)
    arrangement = arranged()
    run = run_of(arrangement)

    bring_return(failed(*items(run), code="1004"))

    assert Contract.objects.get(pk=contract.pk).state == "SUSPENDED"
    assert SigningTransaction.objects.get().reason == "account_closed"
    again = run_of(arrangement, day=DAY.replace(day=16))
    assert (again.item_count, again.excluded_count) == (0, 1)


def test_a_holder_the_bank_does_not_know_is_a_case() -> None:
    owing(1000)
    (item,) = items(run_of(arranged()))

    bring_return(failed(item, code="1006"))

    assert cases() == [("DEBIT_FAILED", f"debit_item:{item.item_no}")]


def test_a_debit_the_customer_stopped_is_not_presented_again() -> None:
    owing(1000)
    arrangement = arranged()
    bring_return(failed(*items(run_of(arrangement)), code="1007"))

    again = run_of(arrangement, day=DAY.replace(day=16))

    assert (again.state, again.item_count, again.excluded_count) == ("CLOSED", 0, 1)
    assert again.exclusions.get().reason == "TOO_MANY_ATTEMPTS"


def unmatched(returned: DebitReturn) -> None:
    """The return settled nothing, and people look."""
    assert returned.state == "UNMATCHED"
    assert set(effects(returned)) <= {""}
    assert cases() == [("DEBIT_RETURN", returned.subject)]
    assert balances() == {}


def test_a_return_for_an_unknown_batch_is_a_case() -> None:
    owing(1000)
    (item,) = items(run_of(arranged()))
    content = return_content(paid(item)).replace(item.batch.batch_no.encode(), b"DB-NEVER")

    file = bring(content)

    unmatched(DebitReturn.objects.get(file=file))
    assert states(DebitItem) == ["SENT"]


def test_a_return_for_a_cancelled_batch_is_a_case() -> None:
    owing(1000)
    (item,) = items(run_of(arranged()))
    content = return_content(paid(item))
    DebitBatch.objects.update(state="CANCELLED")

    unmatched(DebitReturn.objects.get(file=bring(content)))


def test_a_return_for_another_banks_batch_is_a_case() -> None:
    owing(1000)
    (item,) = items(run_of(arranged()))
    other = the_bank("CCB")

    file = bring(return_content(paid(item), bank=other), bank=other)

    unmatched(DebitReturn.objects.get(file=file))


def test_the_same_line_under_another_transaction_number_is_a_second_debit() -> None:
    owing(1000)
    (item,) = items(run_of(arranged()))
    bring_return(paid(item))

    file = bring(return_content(paid(item)).replace(b"|BT0", b"|BT9"))

    assert effects(DebitReturn.objects.get(file=file)) == ["CASE"]
    assert [reason for reason, _about in cases()] == ["DEBIT_CONTRADICTION"]


def test_a_batch_that_is_cancelled_while_its_return_comes_is_left_to_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owing(1000)
    run = run_of(arranged())
    content, seen = return_content(paid(*items(run))), DebitBatch.objects.get()
    by_id = User.objects.create(username="maker").pk
    debit_cancel.cancel(debit_stage.locked(run.run_no), remark="wrong month", by_id=by_id, now=NOW)
    monkeypatch.setattr(debit_return, "_batch_of", lambda _returned, _named: seen)

    file = bring(content)

    assert DebitReturn.objects.get(file=file).state == "UNMATCHED"
    assert [reason for reason, _about in cases()] == ["DEBIT_RETURN"]


def test_an_amount_that_no_account_holds_is_left_to_people() -> None:
    owing(1000)
    (item,) = items(run_of(arranged()))

    returned = bring_return([(item, "0000", 10**17)])

    assert (effects(returned), states(DebitItem), balances()) == (["CASE"], ["SENT"], {})


def test_a_return_is_settled_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        owing(1000)
    run = run_of(arranged())
    monkeypatch.setattr(settle_chunk, "CHUNK", 2)

    returned = bring_return(paid(*items(run)))

    assert (returned.settled_count, returned.settled_fen) == (5, 5000)
    assert effects(returned) == ["SETTLED"] * 5
    require_conserved()
    require_bills_add_up()


def test_a_return_that_answers_half_leaves_the_rest_with_the_bank() -> None:
    owing(1000)
    owing(1000)
    run = run_of(arranged())
    one, two = items(run)

    bring_return(paid(one))

    assert (states(DebitBatch), fresh(run).state) == (["RETURNED"], "SENT")
    bring_return(paid(two))
    assert (states(DebitBatch), fresh(run).state) == (["CLOSED"], "CLOSED")


def test_more_was_debited_than_is_still_owed_stays_with_the_subscriber() -> None:
    """A bill the province took back meanwhile: the money is credited all the same."""
    owing(1000, 2000)
    run = run_of(arranged())
    first = Bill.objects.order_by("id").first() or Bill()
    Bill.objects.filter(pk=first.pk).update(state="CANCELLED")

    bring_return(paid(*items(run)))

    assert states(Bill) == ["CANCELLED", "SETTLED"]
    assert Recharge.objects.get().amount_fen == 3000
    assert balances() == {"BANK_CLEARING": 3000, "IN_TRANSIT": -3000}


def test_a_stopped_run_still_takes_what_the_bank_answers() -> None:
    owing(1000)
    run = run_of(arranged())
    debit_run.stop(run.run_no, remark="doubts", now=NOW)

    bring_return(paid(*items(run)))

    assert fresh(run).state == "CLOSED"


def test_answers_is_what_a_file_is_made_of() -> None:
    """The helper itself: an amount that is not said counts as all that was asked."""
    owing(1000)
    (item,) = items(run_of(arranged()))
    silent: Answer = (item, "0000", None)

    assert effects(bring_return([silent])) == ["SETTLED"]
    assert ReceivedFile.objects.count() == 1
