"""What happens when a recharge is reversed on its business day, or comes of a debit that failed after all (domain.md
C2, C4, C11): one the province surely has not credited is reversed at once, any other is taken back there first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.flows import ask_back, going_back, take_back
from billing.flows.ask_back import Asked, is_surely_not_credited
from billing.locks import lock_recharges
from billing.models import Recharge
from billing.recharge_actions import ActionName
from billing.states import RechargeState, WayBack
from unipay.partners.models import Partner

_AS_WISHED = (RechargeState.REVERSED,)


def begin(bank: Partner, recharge_no: str, *, reason: str, now: datetime) -> Recharge:
    """The bank wants a recharge of its own undone on its business day; raises Refusal with why not.

    What is over, or on its way, is returned as it is: the same wish again changes nothing.
    """
    asked = Asked(bank, recharge_no, WayBack.REVERSAL, ActionName.REVERSE, _AS_WISHED, reason)
    return ask_back.begin(asked, now=now)


def reverse_debited(*, query: str, given: Mapping[str, Any], reason: str, now: datetime) -> int:
    """Reverse the recharges (SQL of ids) of debits that failed after they had been settled; return how many are over
    at once. The others are TAKING_BACK, and over when their province has let them go; all in one go, harmless when
    repeated, inside the caller's transaction."""
    held = lock_recharges(query=query, given=given, with_bills=True)
    rows = Recharge.objects.filter(pk__in=held).order_by("id")
    at_once, to_take_back = [], []
    for recharge in rows.only("state", "landing_attempts", "next_landing_at"):
        if is_surely_not_credited(recharge):
            at_once.append(recharge.pk)
        elif recharge.state in (RechargeState.PAID, RechargeState.LANDED):
            to_take_back.append(recharge.pk)
    going_back.reverse(at_once, reason=reason, now=now)
    take_back.ask_for(to_take_back, reason=reason, now=now)
    return len(at_once)
