"""Two workers take up one debit run, or one return, at the same moment: what it does is done once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from billing.flows import debit_return, debit_run, request_file, settle_return, take_up_debits
from billing.models import Bill, DebitBatch, DebitReturn, Recharge
from tests.billing.debits import (
    DAY,
    NOW,
    arranged,
    bring,
    effects,
    fresh,
    items,
    now,
    owing,
    paid,
    request_lines,
    return_content,
    states,
)
from tests.billing.money import require_conserved
from tests.neutral_layouts import neutral_layouts  # noqa: F401
from tests.signing.factories import the_province
from unipay.partners.reference import load_result_codes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("neutral_layouts", "chart")]


def both_at_once(work: Callable[[], object]) -> None:
    """Two threads begin together; neither fails."""
    together = threading.Barrier(2, timeout=30)
    failures: list[BaseException] = []

    def do() -> None:
        try:
            together.wait()
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=do) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_run_and_its_return_are_worked_on_once(monkeypatch: pytest.MonkeyPatch) -> None:
    the_province()
    load_result_codes(kind="BANK")
    for _ in range(6):
        owing(1000)
    run = debit_run.open_run(arranged(split_rows=2), DAY, by_id=None, now=NOW)

    both_at_once(lambda: debit_run.advance(run.run_no, now=now))

    assert (fresh(run).state, DebitBatch.objects.count(), len(request_lines(run))) == ("SENT", 3, 6)
    assert set(Bill.objects.values_list("attempts", flat=True)) == {1}

    with monkeypatch.context() as patched:
        patched.setattr(debit_return.settle_return, "settle", lambda *args, **given: None)
        bring(return_content(paid(*items(run))))
    returned = DebitReturn.objects.get()
    assert returned.state == "OPEN"

    both_at_once(lambda: settle_return.settle(returned.return_no, now=now))

    assert effects(returned) == ["SETTLED"] * 6
    assert (Recharge.objects.count(), states(Bill)) == (6, ["SETTLED"] * 6)
    require_conserved()


def test_what_fails_is_noted_and_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    the_province()
    owing(1000)
    run = debit_run.open_run(arranged(), DAY, by_id=None, now=NOW)

    def fail(*args: object, **given: object) -> None:
        raise OSError("no space left for 13805710001")

    with monkeypatch.context() as patched:
        patched.setattr(request_file.sending, "send", fail)
        with pytest.raises(OSError, match="no space"):
            debit_run.advance(run.run_no, now=now)

    failed = fresh(run)
    assert (failed.state, failed.attempts, failed.next_attempt_at) == (
        "APPROVED",
        1,
        NOW + debit_run.LADDER[0],
    )
    assert "13805710001" not in failed.last_error
    assert take_up_debits.waiting(now=NOW) == []
    assert take_up_debits.waiting(now=NOW + debit_run.LADDER[0]) == [run.run_no]
    assert debit_run.advance(run.run_no, now=now).state == "SENT"
    assert (fresh(run).attempts, fresh(run).last_error) == (0, "")
