"""What happens with the lines of a return file (domain.md C3, C4): chunk by chunk each has its one effect, what a
bank that names failures only was silent about is confirmed, a failure file is written for staff, and batch and run
are closed when nothing is left open.

Codes nobody has mapped leave their items open; once somebody has, the return is settled further.
"""

from datetime import datetime

import structlog
from django.db import DatabaseError, connection, transaction

from billing import return_verdicts as verdicts
from billing.flows import debit_follow_ups, failure_file, finish_debits, settle_chunk
from billing.flows.debit_stage import Clock, exclusively
from billing.flows.settle_chunk import Meaning
from billing.models import DebitReturn, FailureRule
from billing.states import FollowUp, LineEffect, ReturnState
from unipay.errors import Finality
from unipay.logging import mask_text
from unipay.partners import queries as partners
from unipay.partners.kinds import Direction

log = structlog.get_logger(__name__)

OPERATION = "debit"


def settle(return_no: str, *, now: Clock) -> DebitReturn:
    """Settle the return as far as it goes and return it; where another worker has its run, it is returned as it is.

    What fails is noted on the return, tried again by the sweep, and raised.
    """
    returned = _fresh(return_no)
    if returned.state != ReturnState.OPEN or returned.batch is None:
        return returned
    with exclusively(returned.batch.run_id) as held:
        if held:
            try:
                _settle(_fresh(return_no), now)
            except Exception as error:
                _note_failure(return_no, error)
                raise
    return _fresh(return_no)


def unsettled(run_no: str) -> list[str]:
    """Return the numbers of the run's returns that may have something to do, the oldest first."""
    waiting = DebitReturn.objects.filter(state=ReturnState.OPEN, batch__run__run_no=run_no)
    return list(waiting.order_by("pk").values_list("return_no", flat=True))


def _settle(returned: DebitReturn, now: Clock) -> None:
    if returned.state != ReturnState.OPEN or returned.batch is None:
        return
    meanings = _meanings(returned)
    while settle_chunk.settle_lines(returned, meanings, now=now()):
        returned.refresh_from_db(fields=["odd_count"])
    is_understood = not returned.lines.filter(effect=LineEffect.UNKNOWN_CODE).exists()
    if is_understood and returned.batch.run.arrangement.answers_failures_only:
        _settle_silence(returned, now)
    finish_debits.close_what_is_answered(returned.batch.run, now=now())
    if is_understood:
        _finish(returned, now())


def _settle_silence(returned: DebitReturn, now: Clock) -> None:
    """Silence is success only where every failure could be read: one that can't be placed may be any item's."""
    unknown = returned.lines.filter(effect=LineEffect.UNKNOWN_ITEM).count()
    unplaced = unknown + (returned.file.faulty_count or 0)
    if unplaced:
        with transaction.atomic():
            debit_follow_ups.open_case_of_file(returned, unplaced, now())
        return
    while settle_chunk.settle_silence(returned, now=now()):
        pass
    with transaction.atomic():
        debit_follow_ups.open_cases_of_silence(returned, now=now())


@transaction.atomic
def _finish(seen: DebitReturn, now: datetime) -> None:
    returned = DebitReturn.objects.select_for_update(of=["self"], no_key=True).get(pk=seen.pk)
    if returned.state != ReturnState.OPEN:
        return
    returned.settle(now=now)
    returned.last_error = ""
    returned.save()
    failure_file.write(seen, now=now)


def _meanings(returned: DebitReturn) -> list[Meaning]:
    """What each code of the return means; one seen for the first time that nobody mapped raises the alarm."""
    rules = dict(FailureRule.objects.values_list("reason_code", "follow_up"))
    found: list[Meaning] = []
    for code, is_new in _codes(returned):
        row = partners.result_code_row(returned.bank, Direction.ANSWER, OPERATION, code)
        if row is None:
            if is_new:
                partners.meaning(returned.bank, Direction.ANSWER, OPERATION, code)
            continue
        follow_up = rules.get(row.reason_code, FollowUp.RETRY)
        found.append(Meaning(code, row.finality, row.reason_code, str(follow_up)))
    _take_up_mapped(returned, [each.code for each in found if each.finality != Finality.UNKNOWN])
    return found


def _codes(returned: DebitReturn) -> list[tuple[str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(verdicts.CODES, {"returned": returned.pk})
        return [(code, is_new) for code, is_new in cursor.fetchall()]


@transaction.atomic
def _take_up_mapped(returned: DebitReturn, codes: list[str]) -> None:
    """Lines whose code has a meaning by now wait for their effect again."""
    with connection.cursor() as cursor:
        cursor.execute(verdicts.TAKE_UP, {"returned": returned.pk, "mapped": codes})
        taken_up = cursor.rowcount
    if taken_up:
        current = DebitReturn.objects.select_for_update(no_key=True).get(pk=returned.pk)
        current.odd_count = max(current.odd_count - taken_up, 0)
        current.save(update_fields=["odd_count"])


def _fresh(return_no: str) -> DebitReturn:
    rows = DebitReturn.objects.select_related("file", "bank", "batch__run__arrangement__bank")
    return rows.get(return_no=return_no)


def _note_failure(return_no: str, error: Exception) -> None:
    """The return shows what went wrong; a database that is gone is told by the log alone."""
    log.error("debit_return_failed", return_no=return_no, error=mask_text(repr(error)))
    if connection.in_atomic_block:
        return
    try:
        told = mask_text(f"{type(error).__name__}: {error}")[:400]
        DebitReturn.objects.filter(return_no=return_no).update(last_error=told)
    except DatabaseError as failure:
        log.error("debit_return_failure_not_noted", return_no=return_no, error=repr(failure))
