"""What became of a run, for people and programs: its counts, what differs by kind, and what was done about it."""

from typing import Any

from django.db.models import Count

from reconciliation.models import Discrepancy, Run
from reconciliation.states import DiscrepancyState
from unipay import clock


def summary(run: Run) -> dict[str, Any]:
    """Return the run as JSON; `differences` are counted by kind and state, with kinds that were not found left out."""
    found = Discrepancy.objects.filter(run=run, round=run.round)
    counted = (
        found.values_list("difference", "state").annotate(count=Count("id")).order_by("difference", "state")
    )
    differences: dict[str, dict[str, int]] = {}
    for difference, state, count in counted:
        differences.setdefault(difference, {})[state] = count
    return {
        "run_no": run.run_no,
        "partner": run.partner.code,
        "side": run.side,
        "period": run.period,
        "business_date": run.business_date.isoformat(),
        "cut_off_at": clock.rfc3339(run.cut_off_at),
        "state": str(run.state),
        "waits_for": run.waits_for,
        "waits_for_what": run.waits_for_what,
        "file_no": run.file.file_no,
        "lines": run.file.line_count,
        "faulty_lines": run.file.faulty_count,
        "contracts_here": run.our_count,
        "contracts_there": run.their_count,
        "even": run.even_count,
        "discrepancies": run.discrepancy_count,
        "would_end": run.shrink_count,
        "differences": differences,
        "last_error": run.last_error,
    }


def treated_count(run: Run) -> int:
    """Return how many discrepancies of the run are treated already."""
    return Discrepancy.objects.filter(run=run, round=run.round).exclude(state=DiscrepancyState.OPEN).count()
