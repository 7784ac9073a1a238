"""What happens when the guard stopped a run: one person proposes to go on or to refuse the file, another approves
(domain.md B, the shrink guard)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from reconciliation import wake
from reconciliation.errors import REMARK_MISSING, RUN_GOES_ON, RUN_NOT_FOUND, RUN_NOT_STOPPED
from reconciliation.models import Run
from reconciliation.states import RunState, Side
from unipay.approvals import proposals
from unipay.approvals.models import Proposal
from unipay.approvals.need import Need
from unipay.approvals.proposals import Wish
from unipay.approvals.queries import Needs
from unipay.errors import Refusal
from unipay.partners.named import named

KIND = "reconciliation_run"

MAY_BE_REFUSED = (RunState.OPENED, RunState.AWAITING_APPROVAL)
"""Where a run stands still, so that nobody works on it while it is refused."""


class Way(TextChoices):
    """What people may want of a run that stands still."""

    PROCEED = "PROCEED", pgettext_lazy("run", "go on and make the corrections")
    REFUSE = "REFUSE", pgettext_lazy("run", "refuse the file: correct nothing")


@dataclass(frozen=True)
class Submitted:
    """The run as it now is, and the proposal that waits where a second person must agree."""

    run: Run
    proposal: Proposal | None = None


@transaction.atomic
def submit(run_no: str, *, way: Way, remark: str, by_id: int, now: datetime) -> Submitted:
    """Propose a way out for a run that stands still; done at once only where a rule says that one person is enough."""
    if not remark.strip():
        raise Refusal(REMARK_MISSING)
    run = _locked(run_no)
    _require_possible(run, way)
    need = need_of(way)
    if not need.needs_checker:
        return Submitted(_carry_out(run, way, remark=remark.strip(), by_id=by_id, now=now))
    return Submitted(run, proposals.propose(_wish(run, way, remark), by_id=by_id, valid=need.valid, now=now))


def need_of(way: Way) -> Need:
    """Return whether this way needs a second person, and how long a proposal waits for one."""
    return Needs(KIND).of(action=way)


def run_of(proposal: Proposal) -> Run:
    """Return the run a proposal is about."""
    return Run.objects.select_related("partner").get(run_no=_run_no(proposal))


def lock(proposal: Proposal) -> None:
    """Take the run's row, before the proposal's."""
    _locked(_run_no(proposal))


def version(proposal: Proposal) -> str:
    """Return how the run stands now."""
    return version_of(run_of(proposal))


def version_of(run: Run) -> str:
    """Return what a proposal is made in sight of: the stage, the round and every count."""
    counts = (run.our_count, run.their_count, run.even_count, run.discrepancy_count, run.shrink_count)
    return ":".join(str(each) for each in (run.state, run.round, *counts))


def carry_out(proposal: Proposal, approved_by_id: int, now: datetime) -> None:
    """Do what was proposed, in the names of both."""
    run = _locked(_run_no(proposal))
    way = Way(proposal.action)
    _require_possible(run, way)
    _carry_out(run, way, remark=proposal.remark, by_id=approved_by_id, now=now)


def let_go(proposal: Proposal, now: datetime) -> None:
    """The proposal came to nothing: the run stands where it stood."""


def _carry_out(run: Run, way: Way, *, remark: str, by_id: int, now: datetime) -> Run:
    if way == Way.PROCEED:
        run.remark = remark[:400]
        run.approve(by_id=by_id)
        wake.after_commit(run.run_no)
    else:
        run.approved_by_id = by_id
        run.refuse(remark=remark, now=now)
    run.save()
    return run


def _require_possible(run: Run, way: Way) -> None:
    if way == Way.PROCEED and run.state != RunState.AWAITING_APPROVAL:
        raise Refusal(RUN_NOT_STOPPED)
    if way == Way.REFUSE and run.state not in MAY_BE_REFUSED:
        raise Refusal(RUN_GOES_ON)


def _wish(run: Run, way: Way, remark: str) -> Wish:
    return Wish(
        kind=KIND,
        subject=run.subject,
        subject_version=version_of(run),
        action=way,
        remark=remark,
        province=run.partner if run.side == Side.PROVINCE else None,
        what={"run_id": run.pk, "partner": named(run.partner), "business_date": f"{run.business_date}"},
    )


def _locked(run_no: str) -> Run:
    run = Run.objects.select_for_update(of=["self"]).select_related("partner").filter(run_no=run_no).first()
    if run is None:
        raise Refusal(RUN_NOT_FOUND)
    return run


def _run_no(proposal: Proposal) -> str:
    return proposal.subject.removeprefix("run:")
