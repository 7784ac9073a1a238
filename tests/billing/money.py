"""What tests of money look at: balances by role, the sum over everything, and what partners answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from billing.flows import landing
from billing.models import LedgerAccount, LedgerLine, Recharge
from billing.states import AccountRole, RechargeState
from unipay.messaging.kinds import kind_named
from unipay.messaging.models import MessageState, OutboundMessage


def balance(role: AccountRole) -> int:
    """What the accounts of a role come to: debits positive."""
    return LedgerAccount.objects.filter(role=role).aggregate(sum=Sum("balance_fen"))["sum"] or 0


def balances() -> dict[str, int]:
    """Every role whose accounts do not come to nothing."""
    sums = LedgerAccount.objects.values_list("role").annotate(sum=Sum("balance_fen"))
    return {role: total for role, total in sums if total}


def require_conserved() -> None:
    """No fen is lost: all accounts come to nothing, and what is in transit is what was taken and not credited."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert (LedgerAccount.objects.aggregate(sum=Sum("balance_fen"))["sum"] or 0) == 0
    assert (LedgerLine.objects.aggregate(sum=Sum("amount_fen"))["sum"] or 0) == 0
    waiting = Recharge.objects.filter(state=RechargeState.PAID) | Recharge.objects.filter(
        state=RechargeState.TAKING_BACK, landed_entry=None
    )
    paid = waiting.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    assert balance(AccountRole.IN_TRANSIT) == -paid


def fresh(recharge: Recharge) -> Recharge:
    """The recharge as the database has it now."""
    return Recharge.objects.select_related("bank", "province").get(pk=recharge.pk)


def promised(kind: str, **named: Any) -> list[OutboundMessage]:
    """The messages of a kind, in order."""
    return list(OutboundMessage.objects.filter(kind=kind, **named).select_related("partner").order_by("id"))


def answer(message: OutboundMessage, body: dict[str, Any] | None, *, now: datetime) -> None:
    """Have the partner acknowledge the message with this body, as delivery would."""
    message.acknowledge(answer=body, now=now)
    _follow(message, now)


def refuse(message: OutboundMessage, code: str, reason: str, *, now: datetime) -> None:
    """Have the partner refuse the message as a whole."""
    message.refuse(answer={"result_code": code}, error=f"{code} {reason}", now=now)
    _follow(message, now)


def let_die(message: OutboundMessage, *, now: datetime) -> None:
    """Have the ladder of the message used up."""
    message.give_up(error="ConnectError: nobody there", now=now)
    message.save()
    sequel = kind_named(message.kind).on_dead
    assert sequel is not None
    sequel(message, now)


def results(recharges: Iterable[Recharge], result: str = "CREDITED", **more: Any) -> dict[str, Any]:
    """A province's answer about recharges."""
    told = [{"recharge_no": each.recharge_no, "result": result, **more} for each in recharges]
    return {"result_code": "0000", "results": told}


def promise(*recharges: Recharge, now: datetime) -> list[OutboundMessage]:
    """Promise to have the recharges credited; returns the messages that wait."""
    query = "SELECT unnest(%(ids)s::bigint[])"
    landing.promise_landings(query=query, given={"ids": [each.pk for each in recharges]}, now=now)
    return promised("land_recharges", state=MessageState.PENDING)


def _follow(message: OutboundMessage, now: datetime) -> None:
    message.save()
    sequel = kind_named(message.kind).on_settled
    assert sequel is not None
    sequel(message, now)
