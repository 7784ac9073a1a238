"""What happens when a run waits for approval or is to be taken back (domain.md C3): one person proposes, another
approves; how much whom needs is a table of rules.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from billing import debit_wake
from billing.debit_errors import DEBIT_REMARK_MISSING
from billing.flows import debit_cancel
from billing.flows.debit_stage import locked, require_stage
from billing.models import DebitRun
from billing.states import RunState
from unipay.approvals import proposals
from unipay.approvals.models import Proposal
from unipay.approvals.need import Need
from unipay.approvals.proposals import Wish
from unipay.approvals.queries import Needs
from unipay.errors import Refusal
from unipay.partners.named import named

KIND = "debit_run"


class Way(TextChoices):
    """What people may want of a run."""

    SEND = "SEND", pgettext_lazy("debit run", "send its request files")
    CANCEL = "CANCEL", pgettext_lazy("debit run", "cancel it: nothing is debited")


MAY_BE_SENT = (RunState.AWAITING_APPROVAL,)
MAY_BE_CANCELLED = (
    RunState.OPENED,
    RunState.SELECTED,
    RunState.AWAITING_APPROVAL,
    RunState.APPROVED,
    RunState.SENT,
)
_CANCELLED_ALONE = (RunState.OPENED, RunState.SELECTED)


@dataclass(frozen=True)
class Submitted:
    """The run as it now is, and the proposal that waits where a second person must agree."""

    run: DebitRun
    proposal: Proposal | None = None


@transaction.atomic
def submit(run_no: str, *, way: Way, remark: str, by_id: int, now: datetime) -> Submitted:
    """Propose to send or cancel a run; done at once where one person is enough."""
    if not remark.strip():
        raise Refusal(DEBIT_REMARK_MISSING)
    if way == Way.CANCEL:
        debit_cancel.lock_files(run_no)
    run = locked(run_no)
    _require_possible(run, way)
    need = need_of(run, way)
    if not need.needs_checker:
        return Submitted(_carry_out(run, way, remark=remark.strip(), by_id=by_id, now=now))
    return Submitted(run, proposals.propose(_wish(run, way, remark), by_id=by_id, valid=need.valid, now=now))


def need_of(run: DebitRun, way: Way) -> Need:
    """Return whether this way needs a second person, and how long a proposal waits for one."""
    need = Needs(KIND).of(action=way, reason=run.arrangement.way, amount_fen=run.asked_fen)
    if way == Way.CANCEL and run.state in _CANCELLED_ALONE:
        return Need(needs_checker=False, valid=need.valid)
    return need


def run_of(proposal: Proposal) -> DebitRun:
    """Return the run a proposal is about."""
    return DebitRun.objects.select_related("arrangement__bank").get(run_no=_run_no(proposal))


def lock(proposal: Proposal) -> None:
    """Take the rows of the run's files and the run's own, before the proposal's."""
    if proposal.action == Way.CANCEL:
        debit_cancel.lock_files(_run_no(proposal))
    locked(_run_no(proposal))


def version(proposal: Proposal) -> str:
    """Return how the run stands now."""
    return version_of(run_of(proposal))


def version_of(run: DebitRun) -> str:
    """Return what a proposal is made in sight of: the stage, and what is asked for."""
    return ":".join(str(each) for each in (run.state, run.item_count, run.asked_fen, run.excluded_count))


def carry_out(proposal: Proposal, approved_by_id: int, now: datetime) -> None:
    """Do what was proposed, in the names of both."""
    run = locked(_run_no(proposal))
    way = Way(proposal.action)
    _require_possible(run, way)
    _carry_out(run, way, remark=proposal.remark, by_id=approved_by_id, now=now)


def let_go(proposal: Proposal, now: datetime) -> None:
    """The proposal came to nothing: the run stands where it stood."""


def _carry_out(run: DebitRun, way: Way, *, remark: str, by_id: int, now: datetime) -> DebitRun:
    if way == Way.CANCEL:
        return debit_cancel.cancel(run, remark=remark, by_id=by_id, now=now)
    run.remark = remark[:400]
    run.approve(by_id=by_id)
    run.save()
    debit_wake.after_commit(debit_wake.RUN, run.run_no)
    return run


def _require_possible(run: DebitRun, way: Way) -> None:
    if way == Way.SEND:
        require_stage(run, *MAY_BE_SENT)
    else:
        require_stage(run, *MAY_BE_CANCELLED)
        debit_cancel.require_undelivered(run)


def _wish(run: DebitRun, way: Way, remark: str) -> Wish:
    return Wish(
        kind=KIND,
        subject=run.subject,
        subject_version=version_of(run),
        action=way,
        reason=run.arrangement.way,
        amount_fen=run.asked_fen,
        remark=remark,
        what={
            "run_id": run.pk,
            "bank": named(run.arrangement.bank),
            "way": run.arrangement.way,
            "debit_date": f"{run.debit_date}",
        },
    )


def _run_no(proposal: Proposal) -> str:
    return proposal.subject.removeprefix("debit_run:")
