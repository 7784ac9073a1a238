"""What happens when the bank is to give the money of a recharge back (domain.md C11): from the next business day on,
and only once its day is reconciled. It is owed at once, and over when the bank says that it gave it."""

from datetime import datetime

from django.db import transaction

from billing.flows import ask_back, going_back, stuck
from billing.flows.ask_back import Asked
from billing.locks import lock_recharge
from billing.models import Recharge
from billing.recharge_actions import ActionName
from billing.states import EntryKind, RechargeState, WayBack
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners.models import Partner

_AS_WISHED = (RechargeState.REFUND_OWED, RechargeState.REFUNDED)


def begin(bank: Partner, recharge_no: str, *, reason: str, now: datetime) -> Recharge:
    """The bank wants to give a recharge of its own back; raises Refusal with why not, and from when.

    What is on its way already is returned as it is: the same wish again changes nothing.
    """
    asked = Asked(bank, recharge_no, WayBack.REFUND, ActionName.REFUND, _AS_WISHED, reason)
    return ask_back.begin(asked, now=now)


def settled(message: OutboundMessage, now: datetime) -> None:
    """The bank gave the money back, or won't; runs in the transaction that settles the message."""
    recharge_no = message.payload["recharge_no"]
    if message.state == MessageState.DELIVERED:
        stuck.withdraw_cases([recharge_no], now=now)
        given_back(recharge_no, now=now)
        return
    _note_trouble(message, now)


def died(message: OutboundMessage, now: datetime) -> None:
    """The ladder is used up: people must know."""
    _note_trouble(message, now)


@transaction.atomic
def given_back(recharge_no: str, *, now: datetime) -> Recharge:
    """The bank says that it gave the money back; said again, it changes nothing."""
    recharge = lock_recharge(recharge_no)
    if recharge.state == RechargeState.REFUND_OWED:
        recharge.refund(now=now)
        recharge.landing_error = ""
        recharge.save()
        going_back.post_again(EntryKind.REFUNDED, recharge, now=now)
    return recharge


def _note_trouble(message: OutboundMessage, now: datetime) -> None:
    recharge = Recharge.objects.get(recharge_no=message.payload["recharge_no"])
    if recharge.state not in (RechargeState.REFUND_OWED, RechargeState.REVERSED):
        return
    facts = {"error": message.last_error, "back_no": recharge.back_no}
    stuck.open_case(recharge, told_by=message.partner, facts=facts, now=now)
    Recharge.objects.filter(pk=recharge.pk).update(landing_error=(message.last_error or "dead")[:200])
