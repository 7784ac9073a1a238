"""What happens when people let a run go before its turn, or open it again (domain.md B)."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from reconciliation import wake
from reconciliation.errors import REMARK_MISSING, RUN_DOES_NOT_WAIT, RUN_NOT_FOUND
from reconciliation.flows.stage import moving
from reconciliation.models import Discrepancy, Run
from reconciliation.states import DiscrepancyState, RunState
from unipay.errors import Refusal

MAY_OPEN_AGAIN = (RunState.MATCHED, RunState.AWAITING_APPROVAL, RunState.CORRECTED, RunState.CLOSED)


def release(run_no: str, *, by_id: int, remark: str, now: datetime) -> Run:
    """Let a waiting run go on although something should come before it; the remark says why."""
    _require(remark)
    with moving(_named(run_no), RunState.OPENED) as run:
        if not run.waits_for:
            raise Refusal(RUN_DOES_NOT_WAIT)
        run.released_by_id, run.remark = by_id, remark.strip()[:400]
        run.take_turn()
        run.save()
        wake.after_commit(run.run_no)
    return run


def reopen(run_no: str, *, by_id: int, remark: str, now: datetime) -> Run:
    """Compare a run's file again with our book as it is now; what the last comparison left open is found anew."""
    _require(remark)
    with moving(_named(run_no), *MAY_OPEN_AGAIN) as run:
        with translation.override(settings.LANGUAGE_CODE):
            found_anew = _("The run was opened again, and what differs found anew.")
        left = Discrepancy.objects.filter(run=run, round=run.round, state=DiscrepancyState.OPEN)
        left.update(state=DiscrepancyState.IGNORED, remark=found_anew, settled_at=now)
        run.reopen(by_id=by_id, remark=remark.strip())
        run.save()
        wake.after_commit(run.run_no)
    return run


def _named(run_no: str) -> Run:
    run = Run.objects.filter(run_no=run_no).first()
    if run is None:
        raise Refusal(RUN_NOT_FOUND)
    return run


def _require(remark: str) -> None:
    if not remark.strip():
        raise Refusal(REMARK_MISSING)
