"""What happens every minute so that charts never read the discrepancies themselves: runs that moved are counted again.

Counting again is harmless: the figures become what the table says of the run's present round.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from reconciliation.models import Run, RunFigure
from reconciliation.states import OVER

AGAIN_AFTER = timedelta(minutes=10)
"""How often a run that is not over is counted although no stage of it ended: people and answers change single rows."""

MOST_DAYS = 60
"""How far back a closed run whose figures are older than its end is made up for."""

_STAGES = ("matched_at", "corrected_at", "exported_at", "answered_at", "closed_at")
_COUNT = """
    INSERT INTO reconciliation_runfigure (run_id, difference, treatment, state, province_id, count)
    SELECT run_id, difference, treatment, state, province_id, count(*)
    FROM reconciliation_discrepancy
    WHERE run_id = %(run)s AND round = %(round)s
    GROUP BY run_id, difference, treatment, state, province_id
"""


def refresh(*, now: datetime) -> int:
    """Count every run that may have changed; each is a transaction of its own. Returns how many."""
    return sum(count_run(run_id, now=now) for run_id in _to_count(now).values_list("pk", flat=True))


@transaction.atomic
def count_run(run_id: int, *, now: datetime) -> bool:
    """Make the figures of the run what the discrepancies say; False where somebody works on the run right now."""
    run = Run.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=run_id).first()
    if run is None:
        return False
    RunFigure.objects.filter(run=run).delete()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"run": run.pk, "round": run.round})
    Run.objects.filter(pk=run.pk).update(counted_at=now)
    return True


def _to_count(now: datetime) -> QuerySet[Run]:
    matched = Run.objects.filter(Q(matched_at__isnull=False) | Q(counted_at__isnull=False))
    moved = Q(counted_at=None)
    for stage in _STAGES:
        moved |= Q(**{f"{stage}__gte": F("counted_at")})
    resting = ~Q(state__in=OVER) & Q(counted_at__lt=now - AGAIN_AFTER)
    recent = Q(opened_at__gte=now - timedelta(days=MOST_DAYS)) | ~Q(state__in=OVER)
    return matched.filter(recent).filter(moved | resting).order_by("pk")
