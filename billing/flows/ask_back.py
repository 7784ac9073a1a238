"""What happens when a bank wants a recharge of its own back, as a reversal or a refund (domain.md C2, C11): what the
province surely has not credited goes back at once, else the province is asked first.

Asking is three functions, since no transaction is open while a province is being asked: begin, ask, conclude.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from billing import messages, queries, recharge_actions
from billing.errors import CREDIT_SPENT, RECHARGE_NOT_FOUND, REVERSAL_TOO_LATE
from billing.flows import going_back, landing, stuck, take_back
from billing.locks import lock_recharge
from billing.models import Recharge
from billing.recharge_actions import Action, ActionName
from billing.states import RechargeState, WayBack
from unipay import clock
from unipay.check_digit import new_number
from unipay.errors import CATALOGUE, Refusal, TransportFailed, Unanswered
from unipay.messaging import outbox
from unipay.partners.gateways import money
from unipay.partners.models import Partner

_CALL_TAKES = timedelta(minutes=2)


@dataclass(frozen=True)
class Asked:
    """What a bank wants: which of its recharges back, in which way, and the states that say it has it already."""

    bank: Partner
    recharge_no: str
    way: WayBack
    action: ActionName
    as_wished: tuple[RechargeState, ...]
    reason: str


@transaction.atomic
def begin(asked: Asked, *, now: datetime) -> Recharge:
    """Send a recharge on its way back, as far as that is ours to do; committed before the province is asked."""
    own = queries.recharges_of(asked.bank)
    if not own.filter(recharge_no=asked.recharge_no).exists():
        raise Refusal(RECHARGE_NOT_FOUND)
    outbox.cancel_pending(subject=f"recharge:{asked.recharge_no}", kind=messages.LAND_RECHARGES, now=now)
    # Whether it is credited is not the question any more; what its way back meets with is a case of its own.
    stuck.withdraw_cases([asked.recharge_no], only=RechargeState.PAID, now=now)
    recharge = lock_recharge(asked.recharge_no)
    is_under_way = recharge.state == RechargeState.TAKING_BACK and recharge.way_back == asked.way
    if is_under_way or recharge.state in asked.as_wished:
        return recharge
    require_allowed(recharge_actions.action(asked.action, queries.action_facts(recharge), now=now))
    return send_back(recharge, way=asked.way, reason=asked.reason, now=now)


def send_back(recharge: Recharge, *, way: WayBack, reason: str, now: datetime) -> Recharge:
    """Let a paid or landed recharge, held by the caller, go back: to its end at once, or to be taken back first."""
    back_no, is_free = take_back.new_back_no(), is_surely_not_credited(recharge)
    if not is_free:
        recharge.take_back(back_no=back_no, way_back=way, reason=reason, now=now)
        recharge.next_landing_at = now + _CALL_TAKES
        recharge.save()
        return recharge
    recharge.back_no, recharge.way_back, recharge.back_reason = back_no, str(way), reason[:200]
    recharge.save(update_fields=["back_no", "way_back", "back_reason"])
    if way == WayBack.REFUND:
        return going_back.owe(recharge, now=now)
    going_back.reverse([recharge.pk], reason=reason, now=now)
    return Recharge.objects.select_related("bank", "province").get(pk=recharge.pk)


def ask(recharge: Recharge, *, now: datetime) -> bool | None:
    """Ask the province to take it back: True when it did, None when it does not answer; the recharge stays credited
    and Refusal is raised when it won't. Must not run inside a transaction."""
    question = {"request_no": new_number("Q"), **messages.take_back_facts(recharge.pk)}
    try:
        why = money.take_back(recharge.province, question)
    except (TransportFailed, Unanswered):
        return None
    if why:
        take_back.kept(recharge.recharge_no, back_no=recharge.back_no, why=why, now=now)
        raise Refusal(CATALOGUE.get(why, CREDIT_SPENT))
    return True


def conclude(recharge: Recharge, is_taken_back: bool | None, *, now: datetime) -> Recharge:
    """Make true what the province said, or leave the asking to the outbox; returns the recharge as it now is."""
    if is_taken_back:
        return take_back.taken_back(recharge.recharge_no, back_no=recharge.back_no, now=now)
    current = lock_recharge(recharge.recharge_no)
    if current.state == RechargeState.TAKING_BACK:
        current.next_landing_at = now + landing.LOOK_AGAIN
        current.save(update_fields=["next_landing_at"])
        messages.ask_to_take_back([current.pk], now=now)
    return current


def require_allowed(action: Action) -> None:
    """Raise the reason for which an action is not allowed now, with the time from or until which it is."""
    if action.why_not is None:
        return
    moment = action.allowed_until if action.why_not is REVERSAL_TOO_LATE else action.allowed_from
    detail = f"{action.why_not.title} {clock.rfc3339(moment)}" if moment else ""
    raise Refusal(action.why_not, detail)


def is_surely_not_credited(recharge: Recharge) -> bool:
    """Whether the province was never asked to credit it, or was asked in one way alone and refused for good.

    Asked once more, it may have credited what it refused before, and its answer may still be on its way.
    """
    refused = recharge.landing_attempts == 1 and recharge.next_landing_at is None
    return recharge.state == RechargeState.PAID and (recharge.landing_attempts == 0 or refused)
