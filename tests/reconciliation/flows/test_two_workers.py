"""Two workers take up one run at the same moment: what it does is done once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from reconciliation.flows import advance, arrival, resend, take_turn
from reconciliation.models import Discrepancy, Run
from reconciliation.states import RunState
from signing.models import SigningTransaction
from tests.neutral_layouts import neutral_layouts  # noqa: F401
from tests.reconciliation.flows.test_bank_full import many
from tests.reconciliation.provinces import bring_full as bring_province_full
from tests.reconciliation.provinces import files_of, ours
from tests.reconciliation.world import bring, full_list, hold, now
from tests.signing.factories import the_province
from unipay.messaging.models import OutboundMessage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("neutral_layouts")]


class Stopped(Exception):
    """The first worker goes no further."""


def waiting_run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that was opened and left at its first stage."""
    the_province()
    for entry in many(30)[:10]:
        hold(entry.but(auto_pay=True))

    def stop(run_no: str, **given: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(arrival.advance, "advance", stop)
        bring(full_list(many(30)))
    return Run.objects.get(state=RunState.OPENED)


def test_what_a_run_does_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run = waiting_run(monkeypatch)
    both = threading.Barrier(2, timeout=30)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            both.wait()
            advance.advance(run.run_no, now=now)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run = advance.advance(run.run_no, now=now)

    assert failures == []
    assert run.state == RunState.CLOSED
    assert Discrepancy.objects.filter(run=run).count() == 30
    assert SigningTransaction.objects.count() == OutboundMessage.objects.count() == 30


def test_a_run_that_another_worker_has_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run = waiting_run(monkeypatch)
    seen: list[str] = []

    def look_in(work: object) -> bool:
        other = threading.Thread(target=lambda: (seen.append(_advanced(run.run_no)), connection.close()))
        other.start()
        other.join()
        return take_turn.take_turn(work)  # type: ignore[arg-type]

    monkeypatch.setitem(advance._STAGES, ("BANK", RunState.OPENED), look_in)

    advance.advance(run.run_no, now=now)

    assert seen == [RunState.OPENED]


def test_a_correction_file_that_is_just_being_refused_holds_up_nobody() -> None:
    the_province()
    ours()
    run = bring_province_full([])
    assert [file.state for file in files_of(run)] == ["READY"]

    with _held_elsewhere(files_of(run)[0].pk), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        sent_again = resend.resend(run.run_no, now=now() + timedelta(days=3))
        cursor.execute("RESET lock_timeout")

    assert sent_again == 1
    assert [file.state for file in files_of(run)] == ["READY", "READY"]


@contextmanager
def _held_elsewhere(file_id: int) -> Iterator[None]:
    """Another worker holds the file's row, as who settles it does."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM exchange_sentfile WHERE id = %s FOR UPDATE", [file_id])
            yield
    finally:
        other.rollback()
        other.close()


def _advanced(run_no: str) -> str:
    return str(advance.advance(run_no, now=now).state)
