"""What happens when the province is to take a credit back (domain.md C11): it is asked, and what it answers ends the
recharge as a reversal or a refund, or leaves it credited.

Whoever is asked to take back what it never credited must never credit it later: so much a take-back says, too.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing import messages
from billing.errors import CREDIT_SPENT
from billing.flows import going_back, landing, stuck
from billing.locks import lock_recharge
from billing.models import Recharge
from billing.states import EntryKind, RechargeState, WayBack
from unipay.check_digit import new_number, new_numbers
from unipay.messaging.models import MessageState, OutboundMessage

BACK_NO_PREFIX = "K"

_ASK = f"""
    UPDATE billing_recharge recharge SET state = '{RechargeState.TAKING_BACK}', back_no = fresh.number,
        way_back = '{WayBack.REVERSAL}', back_reason = %(reason)s, back_asked_at = %(now)s,
        next_landing_at = %(look_again)s
    FROM (
        SELECT given.id, numbers.number FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS given (id, place)
        JOIN unnest(string_to_array(%(numbers)s, ',')) WITH ORDINALITY AS numbers (number, place) USING (place)
    ) AS fresh WHERE recharge.id = fresh.id
"""


def new_back_no() -> str:
    """Return a fresh number for a reversal or refund."""
    return new_number(BACK_NO_PREFIX)


def ask_for(recharge_ids: Sequence[int], *, reason: str, now: datetime) -> None:
    """Ask provinces to take back these paid or landed recharges, held by the caller, each in a message of its own."""
    if not recharge_ids:
        return
    given: dict[str, Any] = {
        "ids": list(recharge_ids),
        "numbers": ",".join(new_numbers(BACK_NO_PREFIX, len(recharge_ids))),
        "reason": reason[:200],
        "now": now,
        "look_again": now + landing.LOOK_AGAIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASK, given)
    messages.ask_to_take_back(recharge_ids, now=now)


def settled(message: OutboundMessage, now: datetime) -> None:
    """The province answered a message; runs in the transaction that settles it."""
    recharge_no, back_no = message.payload["recharge_no"], message.payload["back_no"]
    if message.state == MessageState.DELIVERED:
        stuck.withdraw_cases([recharge_no], now=now)
        is_news = _is_going_back(lock_recharge(recharge_no), back_no)
        recharge = taken_back(recharge_no, back_no=back_no, now=now)
        if is_news and recharge.state == RechargeState.REVERSED and recharge.request_no:
            # Its bank had no answer yet, or did not ask at all: it gives the money back by the same number.
            messages.ask_to_refund(recharge, now=now)
        return
    reason = message.last_error.partition(" ")[2] or message.last_error or CREDIT_SPENT.code
    recharge = Recharge.objects.get(recharge_no=recharge_no)
    if _is_going_back(recharge, back_no):
        facts = {"error": reason, "back_no": back_no}
        stuck.open_case(recharge, told_by=message.partner, facts=facts, now=now)
    kept(recharge_no, back_no=back_no, why=reason, now=now)


def died(message: OutboundMessage, now: datetime) -> None:
    """The ladder is used up: people must know, and the sweep asks again."""
    recharge = Recharge.objects.get(recharge_no=message.payload["recharge_no"])
    if recharge.state != RechargeState.TAKING_BACK or recharge.back_no != message.payload["back_no"]:
        return
    facts = {"error": message.last_error, "back_no": recharge.back_no}
    stuck.open_case(recharge, told_by=message.partner, facts=facts, now=now)
    Recharge.objects.filter(pk=recharge.pk, state=RechargeState.TAKING_BACK).update(
        landing_error=(message.last_error or "dead")[:200], next_landing_at=now
    )


@transaction.atomic
def taken_back(recharge_no: str, *, back_no: str, now: datetime) -> Recharge:
    """The province has let it go: it is reversed, or owed back by the bank; a late or repeated word changes nothing."""
    recharge = lock_recharge(recharge_no)
    if not _is_going_back(recharge, back_no):
        return recharge
    if recharge.way_back == WayBack.REFUND:
        return going_back.owe(recharge, now=now)
    going_back.reverse([recharge.pk], reason="", now=now)
    return Recharge.objects.select_related("bank", "province").get(pk=recharge.pk)


@transaction.atomic
def kept(recharge_no: str, *, back_no: str, why: str, now: datetime) -> Recharge:
    """The province won't take it back: it stays credited, and is entered so if nobody knew that it was."""
    recharge = lock_recharge(recharge_no)
    if not _is_going_back(recharge, back_no):
        return recharge
    if recharge.landed_entry_id is None:
        recharge.landed_entry = going_back.post_again(EntryKind.LANDED, recharge, now=now)
    recharge.stay_landed(why=why, now=now)
    recharge.save()
    return recharge


def _is_going_back(recharge: Recharge, back_no: str) -> bool:
    """Whether this is the way back that it is on now."""
    return (recharge.state, recharge.back_no) == (RechargeState.TAKING_BACK, back_no)
