"""What happens when staff want a recharge given back (domain.md C11): one proposes, another approves, and it goes back
by the rule that holds for banks, too: reversed on its own business day, refunded once its day is reconciled."""

from datetime import datetime

from django.db import transaction

from billing.flows import ask_back
from billing.flows.give_back import action_of, give_back, hold
from billing.models import Recharge
from billing.recharge_actions import Action
from billing.states import WayBack
from unipay.approvals import proposals
from unipay.approvals.models import Proposal
from unipay.approvals.proposals import Wish
from unipay.approvals.queries import Needs
from unipay.partners.named import named

KIND = "recharge"


def way_now(recharge: Recharge, *, now: datetime) -> tuple[WayBack, Action]:
    """Return the way by which it would go back now, and what is to be said of that: perhaps that it is not allowed."""
    reversal = action_of(recharge, WayBack.REVERSAL, now=now)
    if reversal.is_allowed:
        return WayBack.REVERSAL, reversal
    return WayBack.REFUND, action_of(recharge, WayBack.REFUND, now=now)


@transaction.atomic
def submit(recharge_no: str, *, remark: str, by_id: int, now: datetime) -> Proposal | Recharge:
    """Propose to give it back; done at once where a rule says that one person is enough. Raises Refusal."""
    recharge = hold(recharge_no)
    way, action = way_now(recharge, now=now)
    ask_back.require_allowed(action)
    need = Needs(KIND).of(action=way, reason=recharge.source, amount_fen=recharge.amount_fen)
    if not need.needs_checker:
        return give_back(recharge, way, reason=remark.strip(), now=now)
    return proposals.propose(_wish(recharge, way, remark), by_id=by_id, valid=need.valid, now=now)


def recharge_of(proposal: Proposal) -> Recharge:
    """Return the recharge a proposal is about."""
    return Recharge.objects.select_related("bank", "province").get(recharge_no=_number(proposal))


def lock(proposal: Proposal) -> None:
    """Hold what may still be sent about it, its bills and itself."""
    hold(_number(proposal))


def version(proposal: Proposal) -> str:
    """Return how the recharge stands now."""
    return version_of(recharge_of(proposal))


def version_of(recharge: Recharge) -> str:
    """Return what a proposal is made in sight of."""
    return f"{recharge.state}:{recharge.back_no}"


def carry_out(proposal: Proposal, approved_by_id: int, now: datetime) -> None:
    """Give it back in the way that was proposed; raises Refusal when that way is closed by now."""
    give_back(hold(_number(proposal)), WayBack(proposal.action), reason=proposal.remark, now=now)


def let_go(proposal: Proposal, now: datetime) -> None:
    """The proposal came to nothing: the recharge stands as it stood."""


def _wish(recharge: Recharge, way: WayBack, remark: str) -> Wish:
    return Wish(
        kind=KIND,
        subject=recharge.subject,
        subject_version=version_of(recharge),
        action=way,
        reason=recharge.source,
        amount_fen=recharge.amount_fen,
        remark=remark,
        province=recharge.province,
        what={
            "recharge_id": recharge.pk,
            "recharge_no": recharge.recharge_no,
            "bank": named(recharge.bank),
            "amount_fen": recharge.amount_fen,
        },
    )


def _number(proposal: Proposal) -> str:
    return proposal.subject.removeprefix("recharge:")
