"""What happens when staff want a recharge given back (domain.md C11): one proposes, another approves, and it goes back
by the rule that holds for banks, too: reversed on its own business day, refunded once its day is reconciled.

What a debit brought may be given back as a refund alone: its bank never asked for it and can't reverse it.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from billing import messages, queries, recharge_actions
from billing.errors import RECHARGE_NOT_FOUND
from billing.flows import ask_back, landing
from billing.locks import lock_recharge
from billing.models import Recharge
from billing.recharge_actions import Action, ActionName
from billing.settlement_errors import RECHARGE_UNCONFIRMED
from billing.states import DEBITED, RechargeState, WayBack
from unipay.approvals import proposals
from unipay.approvals.models import Proposal
from unipay.approvals.proposals import Wish
from unipay.approvals.queries import Needs
from unipay.errors import Refusal
from unipay.messaging import outbox
from unipay.messaging.models import MessageState, OutboundMessage

KIND = "recharge"


def way_now(recharge: Recharge, *, now: datetime) -> tuple[WayBack, Action]:
    """Return the way by which it would go back now, and what is to be said of that: perhaps that it is not allowed."""
    reversal = action_of(recharge, WayBack.REVERSAL, now=now)
    if reversal.is_allowed:
        return WayBack.REVERSAL, reversal
    return WayBack.REFUND, action_of(recharge, WayBack.REFUND, now=now)


def action_of(recharge: Recharge, way: WayBack, *, now: datetime) -> Action:
    """Return what is to be said of one way back now."""
    facts = queries.action_facts(recharge)
    if way == WayBack.REVERSAL:
        return recharge_actions.action(ActionName.REVERSE, facts, now=now)
    if recharge.item is not None and recharge.item.state not in DEBITED:
        return Action(ActionName.REFUND, RECHARGE_UNCONFIRMED)
    return recharge_actions.action(ActionName.REFUND, replace(facts, is_requested=True), now=now)


@transaction.atomic
def submit(recharge_no: str, *, remark: str, by_id: int, now: datetime) -> Proposal | Recharge:
    """Propose to give it back; done at once where a rule says that one person is enough. Raises Refusal."""
    recharge = _held(recharge_no)
    way, action = way_now(recharge, now=now)
    ask_back.require_allowed(action)
    need = Needs(KIND).of(action=way, reason=recharge.source, amount_fen=recharge.amount_fen)
    if not need.needs_checker:
        return _give_back(recharge, way, reason=remark.strip(), now=now)
    return proposals.propose(_wish(recharge, way, remark), by_id=by_id, valid=need.valid, now=now)


def recharge_of(proposal: Proposal) -> Recharge:
    """Return the recharge a proposal is about."""
    return Recharge.objects.select_related("bank", "province").get(recharge_no=_number(proposal))


def lock(proposal: Proposal) -> None:
    """Hold what may still be sent about it, its bills and itself."""
    _held(_number(proposal))


def version(proposal: Proposal) -> str:
    """Return how the recharge stands now."""
    return version_of(recharge_of(proposal))


def version_of(recharge: Recharge) -> str:
    """Return what a proposal is made in sight of."""
    return f"{recharge.state}:{recharge.back_no}"


def carry_out(proposal: Proposal, approved_by_id: int, now: datetime) -> None:
    """Give it back in the way that was proposed; raises Refusal when that way is closed by now."""
    recharge = _held(_number(proposal))
    way = WayBack(proposal.action)
    ask_back.require_allowed(action_of(recharge, way, now=now))
    _give_back(recharge, way, reason=proposal.remark, now=now)


def let_go(proposal: Proposal, now: datetime) -> None:
    """The proposal came to nothing: the recharge stands as it stood."""


def _give_back(recharge: Recharge, way: WayBack, *, reason: str, now: datetime) -> Recharge:
    outbox.cancel_pending(subject=recharge.subject, kind=messages.LAND_RECHARGES, now=now)
    sent_back = ask_back.send_back(recharge, way=way, reason=reason, now=now)
    if sent_back.state == RechargeState.TAKING_BACK:
        sent_back.next_landing_at = now + landing.LOOK_AGAIN
        sent_back.save(update_fields=["next_landing_at"])
        messages.ask_to_take_back([sent_back.pk], now=now)
    elif sent_back.state == RechargeState.REVERSED:
        # Its bank did not ask for it, and has to give the money back.
        messages.ask_to_refund(sent_back, now=now)
    return sent_back


def _held(recharge_no: str) -> Recharge:
    """Messages first, then bills and the recharge, in the order of the locks."""
    pending = OutboundMessage.objects.filter(subject=f"recharge:{recharge_no}", state=MessageState.PENDING)
    list(pending.select_for_update().order_by("pk").values_list("pk", flat=True))
    try:
        return lock_recharge(recharge_no)
    except Recharge.DoesNotExist:
        raise Refusal(RECHARGE_NOT_FOUND) from None


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
            "bank": recharge.bank.code,
            "amount_fen": recharge.amount_fen,
        },
    )


def _number(proposal: Proposal) -> str:
    return proposal.subject.removeprefix("recharge:")
