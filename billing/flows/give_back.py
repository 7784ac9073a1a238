"""What happens when a recharge is given back without its bank asking, because people agreed to it or its last day came
(domain.md C11): by the rule that holds for banks, too, and its bank is asked to give the money back.

What a debit brought may be given back as a refund alone: its bank never asked for it and can't reverse it.
"""

from dataclasses import replace
from datetime import datetime

from billing import messages, queries, recharge_actions
from billing.errors import RECHARGE_NOT_FOUND
from billing.flows import ask_back, landing
from billing.locks import lock_recharge
from billing.models import Recharge
from billing.recharge_actions import Action, ActionName
from billing.settlement_errors import RECHARGE_UNCONFIRMED
from billing.states import DEBITED, RechargeState, WayBack
from unipay.errors import Refusal
from unipay.messaging import outbox
from unipay.messaging.models import MessageState, OutboundMessage


def action_of(recharge: Recharge, way: WayBack, *, now: datetime) -> Action:
    """Return what is to be said of one way back now."""
    facts = queries.action_facts(recharge)
    if way == WayBack.REVERSAL:
        return recharge_actions.action(ActionName.REVERSE, facts, now=now)
    if recharge.item is not None and recharge.item.state not in DEBITED:
        return Action(ActionName.REFUND, RECHARGE_UNCONFIRMED)
    return recharge_actions.action(ActionName.REFUND, replace(facts, is_requested=True), now=now)


def hold(recharge_no: str) -> Recharge:
    """Hold what may still be sent about it, its bills and itself, in the order of the locks; raises Refusal."""
    pending = OutboundMessage.objects.filter(subject=f"recharge:{recharge_no}", state=MessageState.PENDING)
    list(pending.select_for_update().order_by("pk").values_list("pk", flat=True))
    try:
        return lock_recharge(recharge_no)
    except Recharge.DoesNotExist:
        raise Refusal(RECHARGE_NOT_FOUND) from None


def give_back(held: Recharge, way: WayBack, *, reason: str, now: datetime) -> Recharge:
    """Send a held recharge on its way back and promise what is to be asked of province and bank; raises Refusal where
    that way is not allowed now."""
    ask_back.require_allowed(action_of(held, way, now=now))
    outbox.cancel_pending(subject=held.subject, kind=messages.LAND_RECHARGES, now=now)
    sent_back = ask_back.send_back(held, way=way, reason=reason, now=now)
    if sent_back.state == RechargeState.TAKING_BACK:
        sent_back.next_landing_at = now + landing.LOOK_AGAIN
        sent_back.save(update_fields=["next_landing_at"])
        messages.ask_to_take_back([sent_back.pk], now=now)
    elif sent_back.state == RechargeState.REVERSED:
        # Its bank did not ask for it, and has to give the money back.
        messages.ask_to_refund(sent_back, now=now)
    return sent_back
