"""What the calendar takes up of debits (domain.md C3): whatever nothing else will do, however many returns wait."""

from typing import Any

import pytest

from billing.flows import debit_run, settle_chunk, settle_return, take_up_debits
from billing.models import DebitBatch, DebitReturn, DebitRun
from tests.billing.debits import (
    NOW,
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
    request_lines,
    return_content,
    run_of,
    states,
)
from tests.signing.factories import the_province
from unipay.exchange.flows import acknowledge
from unipay.exchange.models import SentFile
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home() -> None:
    """A province, and banks whose codes we know."""
    the_province()
    load_result_codes(kind="BANK")


def two_files() -> DebitRun:
    """A run with two request files of one line each."""
    owing(1000)
    owing(1000)
    return run_of(arranged(split_rows=1))


def refuse_file(run: DebitRun, place: int) -> None:
    """The bank can't read a file of the run; the wake-up this leads to is lost."""
    acknowledge.refused(SentFile.objects.order_by("id")[place], why="wrong header", now=NOW)


def unread(monkeypatch: pytest.MonkeyPatch, *contents: bytes) -> None:
    """Returns come, and the worker that would settle them dies before it begins."""
    with monkeypatch.context() as dead:
        dead.setattr(settle_return, "_settle", lambda _returned, _now: None)
        for content in contents:
            bring(content)


def test_a_file_to_be_written_anew_does_not_wait_for_a_code_nobody_mapped() -> None:
    run = two_files()
    bring_return(failed(items(run)[0], code="7777"))
    refuse_file(run, 1)

    assert take_up_debits.waiting(now=NOW) == [run.run_no]
    take_up_debits.take_up(run.run_no, now=now)

    assert len(request_lines(run)) == 3
    assert DebitBatch.objects.filter(state="SUPERSEDED").count() == 1
    assert DebitReturn.objects.get().state == "OPEN"


def test_a_return_that_keeps_failing_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    run = two_files()
    one, two = items(run)
    unread(monkeypatch, return_content(paid(one)), return_content(paid(two)))
    settle_lines = settle_chunk.settle_lines

    def break_on_the_first(returned: DebitReturn, *args: Any, **given: Any) -> int:
        if returned.batch_id == one.batch_id:
            raise OSError("no space left")
        return settle_lines(returned, *args, **given)

    monkeypatch.setattr(settle_chunk, "settle_lines", break_on_the_first)
    take_up_debits.take_up(run.run_no, now=now)

    broken, settled = DebitReturn.objects.order_by("id")
    assert (broken.state, effects(broken)) == ("OPEN", [""])
    assert (settled.state, effects(settled)) == ("SETTLED", ["SETTLED"])
    assert states(DebitBatch) == ["RETURNED", "CLOSED"]


def test_a_run_whose_return_fails_is_taken_further_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    run = two_files()
    bring_return(failed(items(run)[0], code="7777"))
    refuse_file(run, 1)

    def break_down(*_args: object, **_given: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(settle_chunk, "settle_lines", break_down)
    take_up_debits.take_up(run.run_no, now=now)

    assert len(request_lines(run)) == 3


def test_a_run_that_failed_waits_for_its_turn_but_its_returns_do_not() -> None:
    run = two_files()
    bring_return(failed(items(run)[0], code="7777"))
    refuse_file(run, 1)
    DebitRun.objects.update(attempts=1, next_attempt_at=NOW + debit_run.LADDER[0], last_error="disk full")

    assert take_up_debits.waiting(now=NOW) == [run.run_no]
    take_up_debits.take_up(run.run_no, now=now)

    assert len(request_lines(run)) == 2
    assert fresh(run).last_error == "disk full"


def test_a_return_of_a_closed_run_is_still_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    owing(1000)
    run = run_of(arranged())
    (item,) = items(run)
    bring_return(paid(item))
    unread(monkeypatch, return_content(paid(item)))

    assert (fresh(run).state, take_up_debits.waiting(now=NOW)) == ("CLOSED", [run.run_no])
    take_up_debits.take_up(run.run_no, now=now)

    assert effects(DebitReturn.objects.order_by("id")[1]) == ["REPEATED"]
    assert take_up_debits.waiting(now=NOW) == []


def test_a_run_that_waits_for_people_is_left_to_them() -> None:
    owing(1000)
    run = run_of(arranged(approve_above_fen=0))

    assert (run.state, take_up_debits.waiting(now=NOW)) == ("AWAITING_APPROVAL", [])
