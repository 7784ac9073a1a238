"""What happens when people take single discrepancies out of what a run would do: held back for the next run, or left
as they are for good (domain.md B, the in-flight shield)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from reconciliation.errors import (
    DISCREPANCY_FOUND_AGAIN,
    DISCREPANCY_NOT_OPEN,
    REMARK_MISSING,
    RUN_IS_BUSY,
)
from reconciliation.models import Discrepancy, Run
from reconciliation.states import ENDING, DiscrepancyState, RunState, Shield
from unipay.approvals.errors import PROPOSAL_WAITS
from unipay.approvals.queries import waiting_about
from unipay.errors import Refusal


def hold_back(discrepancy_id: int, *, remark: str, now: datetime) -> Discrepancy:
    """Correct nothing about it in this run; the next one looks again."""
    with _held(discrepancy_id, remark, DiscrepancyState.OPEN) as row:
        row.state, row.shield = DiscrepancyState.CARRIED, Shield.HELD_BACK
        row.remark, row.settled_at = remark.strip()[:400], now
    return row


def ignore(discrepancy_id: int, *, remark: str, now: datetime) -> Discrepancy:
    """Leave it as it is; only what is open or carried can be left."""
    with _held(discrepancy_id, remark, DiscrepancyState.OPEN, DiscrepancyState.CARRIED) as row:
        row.state, row.remark, row.settled_at = DiscrepancyState.IGNORED, remark.strip()[:400], now
    return row


@contextmanager
def _held(discrepancy_id: int, remark: str, *states: str) -> Iterator[Discrepancy]:
    """Yield the row, locked after its run, and save it; raises Refusal where nothing can be done about it now."""
    if not remark.strip():
        raise Refusal(REMARK_MISSING)
    with transaction.atomic():
        run_id = Discrepancy.objects.values_list("run_id", flat=True).get(pk=discrepancy_id)
        run = Run.objects.select_for_update().get(pk=run_id)
        row = Discrepancy.objects.select_for_update().get(pk=discrepancy_id)
        was_open = row.state == DiscrepancyState.OPEN
        _require_possible(run, row, states)
        yield row
        row.save(update_fields=["state", "shield", "remark", "settled_at"])
        if was_open and row.treatment in ENDING and run.shrink_count:
            run.shrink_count -= 1
            run.save(update_fields=["shrink_count"])


def _require_possible(run: Run, row: Discrepancy, states: tuple[str, ...]) -> None:
    if row.state not in states or row.round != run.round:
        raise Refusal(DISCREPANCY_NOT_OPEN, row.get_state_display())
    if row.state == DiscrepancyState.OPEN and run.state != RunState.AWAITING_APPROVAL:
        raise Refusal(RUN_IS_BUSY)
    if row.state == DiscrepancyState.OPEN and waiting_about(run.subject) is not None:
        raise Refusal(PROPOSAL_WAITS)
    if row.taken_up_by_id is not None:
        raise Refusal(DISCREPANCY_FOUND_AGAIN)
