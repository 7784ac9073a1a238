"""What happens next in a debit run (domain.md C3 to C6): its bills are selected, people approve, its request files
leave, and when every item has its end it is closed.

Each stage commits with the state it reaches, so a crash anywhere resumes at the stage it broke off, and one worker at
a time has the run. People may stop it at any stage; what banks answer meanwhile is settled all the same.
"""

from datetime import date, datetime, timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet

from billing import debit_wake
from billing.debit_errors import (
    ARRANGEMENT_NOT_ACTIVE,
    DEBIT_REMARK_MISSING,
    DEBIT_RUN_IS_THERE,
    DEBIT_RUN_STAGE,
)
from billing.flows import finish_debits, pass_or_wait, select_bills, write_requests
from billing.flows.debit_stage import Clock, Work, exclusively, locked, require_stage
from billing.models import Arrangement, DebitDate, DebitRun
from billing.states import RUN_OVER, RunState
from unipay import check_digit
from unipay.errors import Refusal
from unipay.logging import mask_text

log = structlog.get_logger(__name__)

LADDER = tuple(timedelta(minutes=minutes) for minutes in (1, 1, 5, 15, 60))

_STAGES = {
    RunState.OPENED: select_bills.select,
    RunState.SELECTED: pass_or_wait.pass_or_wait,
    RunState.APPROVED: write_requests.write,
    RunState.SENT: finish_debits.finish,
}
_GOES_ON = tuple(state for state in RunState if state not in RUN_OVER)


@transaction.atomic
def open_run(arrangement: Arrangement, debit_date: date, *, by_id: int | None, now: datetime) -> DebitRun:
    """Open the run of an arrangement for a debit date; raises Refusal where there is one, or nothing is debited now."""
    current = Arrangement.objects.select_for_update(no_key=True).get(pk=arrangement.pk)
    if not current.is_active:
        raise Refusal(ARRANGEMENT_NOT_ACTIVE)
    live = DebitRun.objects.filter(arrangement=current, debit_date=debit_date)
    there = live.exclude(state=RunState.CANCELLED).first()
    if there is not None:
        raise Refusal(DEBIT_RUN_IS_THERE, conflict={"run_no": there.run_no, "state": there.state})
    run = DebitRun.objects.create(
        run_no=check_digit.new_number("DR"),
        arrangement=current,
        debit_date=debit_date,
        opened_at=now,
        opened_by_id=by_id,
    )
    _mark_begun(run)
    debit_wake.after_commit(debit_wake.RUN, run.run_no)
    return run


def _mark_begun(run: DebitRun) -> None:
    """Its date has begun; where the calendar moved several onto one day, the run is for all of them."""
    free = DebitDate.objects.filter(
        Q(run=None) | Q(run__state=RunState.CANCELLED), arrangement=run.arrangement
    )
    of_day = free.filter(date=run.debit_date).order_by("is_skipped", "planned_date")
    dates = list(of_day.values_list("pk", flat=True))
    DebitDate.objects.filter(pk__in=dates[:1]).update(run=run, is_skipped=False)
    DebitDate.objects.filter(pk__in=dates[1:]).update(is_skipped=True)


def advance(run_no: str, *, now: Clock) -> DebitRun:
    """Take the run as far as it goes and return it; where another worker has it, it is returned as it is.

    What fails is noted on the run, tried again later by the sweep, and raised.
    """
    run = DebitRun.objects.get(run_no=run_no)
    with exclusively(run.pk) as held:
        if held:
            run = _go_on(run_no, now)
    return run


def due(*, now: datetime) -> QuerySet[DebitRun]:
    """Return the runs that may go further by themselves; one that failed only once it is to be tried again."""
    waiting = DebitRun.objects.exclude(state__in=[*RUN_OVER, RunState.AWAITING_APPROVAL])
    return waiting.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))


@transaction.atomic
def stop(run_no: str, *, remark: str, now: datetime) -> DebitRun:
    """Stop the run where it is: no further stage, no further file, until people resume it."""
    run = _remarked(run_no, remark)
    if run.is_stopped:
        raise Refusal(DEBIT_RUN_STAGE)
    run.is_stopped = True
    run.save(update_fields=["is_stopped", "remark"])
    return run


@transaction.atomic
def resume(run_no: str, *, remark: str, now: datetime) -> DebitRun:
    """Let a stopped run go on."""
    run = _remarked(run_no, remark)
    if not run.is_stopped:
        raise Refusal(DEBIT_RUN_STAGE)
    run.is_stopped, run.attempts, run.next_attempt_at, run.last_error = False, 0, None, ""
    run.save(update_fields=["is_stopped", "remark", "attempts", "next_attempt_at", "last_error"])
    debit_wake.after_commit(debit_wake.RUN, run.run_no)
    return run


def _remarked(run_no: str, remark: str) -> DebitRun:
    if not remark.strip():
        raise Refusal(DEBIT_REMARK_MISSING)
    run = locked(run_no)
    require_stage(run, *_GOES_ON)
    run.remark = remark.strip()[:400]
    return run


def _go_on(run_no: str, now: Clock) -> DebitRun:
    run = _fresh(run_no)
    while stage := _STAGES.get(RunState(run.state)):
        if run.is_stopped and run.state != RunState.SENT:
            break
        try:
            got_further = stage(Work(run, now))
        except Refusal as refusal:
            if refusal.reason is not DEBIT_RUN_STAGE:
                _note_failure(run_no, refusal, now)
                raise
            got_further = False  # people cancelled or stopped it meanwhile
        except Exception as error:
            _note_failure(run_no, error, now)
            raise
        run = _fresh(run_no)
        if not got_further:
            break
    return run


def _fresh(run_no: str) -> DebitRun:
    return DebitRun.objects.select_related("arrangement__bank").get(run_no=run_no)


def _note_failure(run_no: str, error: Exception, now: Clock) -> None:
    """The run shows what went wrong and when it is tried again; a database that is gone is told by the log alone."""
    log.error("debit_run_failed", run_no=run_no, error=mask_text(repr(error)))
    if connection.in_atomic_block:
        return
    try:
        with transaction.atomic():
            run = locked(run_no)
            run.attempts = min(run.attempts + 1, 1000)
            run.next_attempt_at = now() + LADDER[min(run.attempts, len(LADDER)) - 1]
            run.last_error = mask_text(_told(error))[:400]
            run.save(update_fields=["attempts", "next_attempt_at", "last_error"])
    except DatabaseError as failure:
        log.error("debit_run_failure_not_noted", run_no=run_no, error=repr(failure))


def _told(error: Exception) -> str:
    if isinstance(error, Refusal):
        return f"{error.reason.title} {error.detail}".strip()
    return f"{type(error).__name__}: {error}"
