"""What happens when a province leaves corrections unanswered, or refuses a whole file (domain.md B): what is
outstanding goes to it again, in a new file with the same order numbers.
"""

from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from reconciliation import queries
from reconciliation.flows import correction_file
from reconciliation.flows.stage import moving
from reconciliation.models import Discrepancy, Run
from reconciliation.states import DiscrepancyState, RunState, Side
from unipay.exchange.models import SentFile, SentState

_SUBJECT = "run:"


def due(*, now: datetime) -> list[str]:
    """Return the runs whose province had its time and left lines unanswered."""
    waiting = Run.objects.filter(side=Side.PROVINCE, state=RunState.EXPORTED)
    sent = waiting.filter(discrepancies__state=DiscrepancyState.EXPORTED).annotate(
        sent_at=Min("discrepancies__exported_at")
    )
    return [run.run_no for run in sent.order_by("id") if run.sent_at <= now - _patience(run)]


def resend(run_no: str, *, now: datetime) -> int:
    """Send the lines that waited too long once more, and return how many those were."""
    run = Run.objects.get(run_no=run_no)
    return _send_again(run, since=now - _patience(run), now=now)


def correction_settled(file: SentFile, now: datetime) -> None:
    """The province has a correction file, or refuses it as a whole; it gets a fresh one at once, but only once: what it
    refuses again goes with the next turn, and people have the alarm."""
    if file.state != SentState.FAILED:
        return
    refused = SentFile.objects.filter(subject=file.subject, kind=file.kind, state=SentState.FAILED).count()
    run = Run.objects.filter(run_no=file.subject.removeprefix(_SUBJECT), state=RunState.EXPORTED).first()
    if run is not None and refused == 1:
        _send_again(run, since=now, now=now)


def _send_again(run: Run, *, since: datetime, now: datetime) -> int:
    with moving(run, RunState.EXPORTED) as current:
        waiting = _outstanding(current).filter(exported_at__lte=since)
        correction_file.set_aside_changed(waiting, now=now)
        count = waiting.count()
        if count:
            correction_file.write(current, waiting, now=now)
        elif not _outstanding(current).exists():
            current.answer(now=now)
        current.save()
    return count


def _outstanding(run: Run) -> QuerySet[Discrepancy]:
    return Discrepancy.objects.filter(run=run, round=run.round, state=DiscrepancyState.EXPORTED)


def _patience(run: Run) -> timedelta:
    return timedelta(hours=queries.guard_of(run.partner_id).resend_hours)
