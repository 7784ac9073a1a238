"""Which runs and discrepancies need somebody?"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from reconciliation.states import OVER, DiscrepancyState, RunState

STUCK_AFTER = timedelta(hours=6)
"""How long a run may work at a stage that no person and no partner has to answer."""

WAITED_LONG = timedelta(days=2)
"""How long a run may wait for its turn before people should ask why."""

# Stages at which a worker is at it; how long people took before APPROVED is not known.
_WORKING = (RunState.RECEIVED, RunState.MATCHED, RunState.CORRECTED, RunState.ANSWERED)


def stuck(runs: QuerySet[Any], *, now: datetime) -> QuerySet[Any]:
    """Return the runs of these that failed and go on failing, or have stood still for too long."""
    late = now - STUCK_AFTER
    idle = Q(state__in=_WORKING) & Q(opened_at__lt=late) & (Q(matched_at=None) | Q(matched_at__lt=late))
    waits_long = Q(state=RunState.OPENED, opened_at__lt=now - WAITED_LONG)
    return runs.exclude(state__in=OVER).filter(~Q(last_error="") | idle | waits_long)


def unanswered(discrepancies: QuerySet[Any]) -> QuerySet[Any]:
    """Return the corrections a province or bank has not answered yet."""
    return discrepancies.filter(state=DiscrepancyState.EXPORTED)


def carried(discrepancies: QuerySet[Any]) -> QuerySet[Any]:
    """Return what was carried and no later run has decided yet."""
    return discrepancies.filter(state=DiscrepancyState.CARRIED, taken_up_by=None)
