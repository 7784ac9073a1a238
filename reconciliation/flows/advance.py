"""What happens next in a run: stage by stage (design.md 7), until it waits for a file, for people, or for a province.

Each stage is one flow that commits with the state it reaches, so a crash anywhere resumes at the stage it broke off,
and one worker at a time has the run.
"""

from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, connection, transaction

from reconciliation import queries
from reconciliation.errors import RUN_IS_OVER
from reconciliation.exclusive import exclusively
from reconciliation.flows import (
    correct,
    export_corrections,
    finish,
    guard,
    take_turn,
)
from reconciliation.flows.match_bank import match_bank
from reconciliation.flows.match_province import match_province
from reconciliation.flows.work import Clock, Stage, Work
from reconciliation.models import Run
from reconciliation.states import RunState, Side
from unipay.errors import Refusal
from unipay.exchange.reading import Reading
from unipay.logging import mask_text

log = structlog.get_logger(__name__)

_LADDER = tuple(timedelta(minutes=minutes) for minutes in (1, 1, 5, 15, 60))

_STAGES: dict[tuple[str, str], Stage] = {
    (Side.BANK, RunState.OPENED): take_turn.take_turn,
    (Side.BANK, RunState.RECEIVED): match_bank,
    (Side.BANK, RunState.MATCHED): guard.pass_or_stop,
    (Side.BANK, RunState.APPROVED): correct.correct,
    (Side.BANK, RunState.CORRECTED): finish.close,
    (Side.PROVINCE, RunState.OPENED): take_turn.take_turn,
    (Side.PROVINCE, RunState.RECEIVED): match_province,
    (Side.PROVINCE, RunState.MATCHED): guard.pass_or_stop,
    (Side.PROVINCE, RunState.APPROVED): export_corrections.export,
    (Side.PROVINCE, RunState.CORRECTED): finish.close,
    (Side.PROVINCE, RunState.ANSWERED): finish.close,
}


def advance(run_no: str, *, now: Clock, reading: Reading | None = None) -> Run:
    """Take the run as far as it goes and return it; where another worker has it, it is returned as it is.

    `reading`: the lines of the run's file, where the caller has them open. What fails is noted on the run, tried again
    later by the sweep, and raised.
    """
    run = Run.objects.get(run_no=run_no)
    with exclusively(run.pk) as held:
        if held:
            run = _go_on(run_no, now, reading)
    return run


def unfinished(*, now: datetime) -> list[str]:
    """Return the numbers of the runs that may have something to do, for a task each."""
    due = [run for run in queries.unfinished() if run.next_attempt_at is None or run.next_attempt_at <= now]
    return [run.run_no for run in due]


def _go_on(run_no: str, now: Clock, reading: Reading | None) -> Run:
    run = _fresh(run_no)
    while stage := _STAGES.get((run.side, run.state)):
        try:
            got_further = stage(Work(run, now, reading))
        except Refusal as refusal:
            if refusal.reason is not RUN_IS_OVER:
                _note_failure(run_no, refusal, now)
                raise
            got_further = False  # a corrected file or people ended it meanwhile
        except Exception as error:
            _note_failure(run_no, error, now)
            raise
        run = _fresh(run_no)
        if not got_further:
            break
    return run


def _fresh(run_no: str) -> Run:
    return Run.objects.select_related("partner", "file__layout").get(run_no=run_no)


def _note_failure(run_no: str, error: Exception, now: Clock) -> None:
    """The run shows what went wrong and when it is tried again; a database that is gone is told by the log alone."""
    log.error("reconciliation_failed", run_no=run_no, error=mask_text(repr(error)))
    if connection.in_atomic_block:
        return
    try:
        with transaction.atomic():
            run = Run.objects.select_for_update().get(run_no=run_no)
            run.attempts = min(run.attempts + 1, 1000)
            run.next_attempt_at = now() + _LADDER[min(run.attempts, len(_LADDER)) - 1]
            run.last_error = mask_text(f"{type(error).__name__}: {error}")[:400]
            run.save(update_fields=["attempts", "next_attempt_at", "last_error"])
    except DatabaseError as failure:
        log.error("reconciliation_failure_not_noted", run_no=run_no, error=repr(failure))
