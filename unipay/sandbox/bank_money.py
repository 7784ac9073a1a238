"""A simulated bank's own book of recharges: what it took at its counter, took back, or gave back (domain.md C2)."""

import secrets
from typing import Any

from django.db import transaction
from django.db.models import Sum

from unipay import clock
from unipay.sandbox import client, messages
from unipay.sandbox.accounts import account_of, give, take
from unipay.sandbox.bank import new_request_no, refusal_text
from unipay.sandbox.conduct import Said, said_under
from unipay.sandbox.models import SandboxPayment
from unipay.sandbox.scenarios import REFUND_RECHARGE, scenario_in
from unipay.sandbox.states import PaymentState

SOURCES = ("COUNTER", "ONLINE_BANK", "UNIONPAY", "HALL", "HEAD_OFFICE")
PAYMENT_UNKNOWN = "4004"

_HELD = (PaymentState.ASKED, PaymentState.TAKEN)


def recharge(
    code: str, msisdn: str, *, amount_fen: int, source: str = "COUNTER", agreement_no: str = ""
) -> tuple[SandboxPayment, client.Reply]:
    """Take money at the counter for a number or an agreement and tell Unipay; refused, the customer gets it back."""
    row = _take(code, msisdn, agreement_no, amount_fen)
    return row, tell(row, source=source)


def tell(row: SandboxPayment, *, source: str = "COUNTER") -> client.Reply:
    """Ask Unipay for the recharge of money that was taken: the same request, however often."""
    order = {
        "request_no": row.reference,
        "amount_fen": row.asked_fen,
        "source": source,
        "bank_transaction_no": row.transaction_no,
        "business_date": row.business_date.isoformat(),
        "paid_at": clock.rfc3339(row.taken_at),
        **({"agreement_no": row.agreement_no} if row.agreement_no else {"msisdn": row.msisdn}),
    }
    reply = client.post_until_answered(row.partner_code, "/recharges", order)
    _note(row, reply)
    return reply


def reverse(row: SandboxPayment, *, reason: str = "COUNTER_ERROR") -> client.Reply:
    """Ask Unipay to undo a recharge of today; the customer has the money back once it is done."""
    return _ask_back(row, "reversal", reason)


def ask_refund(row: SandboxPayment, *, reason: str = "SUBSCRIBER_REQUEST") -> client.Reply:
    """Ask Unipay to refund a recharge of an earlier day; the money moves when Unipay orders it."""
    return _ask_back(row, "refund", reason)


def look(row: SandboxPayment) -> client.Reply:
    """Ask Unipay how the recharge stands, by its number; what it says is noted."""
    reply = client.get(row.partner_code, f"/recharges/{row.recharge_no}")
    if reply.is_ok and reply.body.get("state") == "REVERSED":
        _return_money(row, PaymentState.REVERSED)
    return reply


def give_back(code: str, asked: dict[str, Any]) -> Said:
    """Give a customer the money of one payment back because Unipay says so, once, as the number's scenario has it."""
    rows = SandboxPayment.objects.filter(partner_code=code)
    row = rows.filter(transaction_no=asked["bank_transaction_no"]).exclude(transaction_no="").first()
    row = row or rows.filter(reference=asked["request_no"]).first()
    if row is None or row.state == PaymentState.NOT_TAKEN:
        return Said(body={"result_code": PAYMENT_UNKNOWN})
    return said_under(
        scenario_in(REFUND_RECHARGE, msisdn=row.msisdn or row.agreement_no),
        ordinary=lambda: _given_back(row, asked["back_no"]),
        times=messages.times_received(code, messages.event_id_of(asked)),
    )


def taken_fen(code: str) -> int:
    """What the bank took and still has, in fen: what it owes the carrier."""
    rows = SandboxPayment.objects.filter(partner_code=code, state=PaymentState.TAKEN)
    return int(rows.aggregate(total=Sum("taken_fen"))["total"] or 0)


def _given_back(row: SandboxPayment, back_no: str) -> Said:
    if row.state in _HELD:
        row.back_no = back_no
        row.save(update_fields=["back_no"])
        _return_money(row, PaymentState.REFUNDED)
    return Said()


@transaction.atomic
def _take(code: str, msisdn: str, agreement_no: str, amount_fen: int) -> SandboxPayment:
    account = account_of(code, agreement_no or msisdn)
    take(account, amount_fen)
    now = clock.now()
    return SandboxPayment.objects.create(
        partner_code=code,
        reference=new_request_no(code),
        account=account,
        msisdn=msisdn,
        agreement_no=agreement_no,
        asked_fen=amount_fen,
        taken_fen=amount_fen,
        state=PaymentState.ASKED,
        transaction_no=new_transaction_no(code),
        business_date=clock.business_date(now),
        taken_at=now,
    )


def new_transaction_no(code: str) -> str:
    """Return a number of the bank's own for a movement of money."""
    return f"{code}T{clock.now():%Y%m%d}{secrets.token_hex(8).upper()}"


def _note(row: SandboxPayment, reply: client.Reply) -> None:
    row.recharge_no = str(reply.body.get("recharge_no") or row.recharge_no)
    row.remark = "" if reply.is_ok else refusal_text(reply)
    if reply.is_ok:
        row.state = PaymentState.TAKEN
    row.save(update_fields=["recharge_no", "remark", "state"])
    if not reply.is_ok:
        _return_money(row, PaymentState.REVERSED)


def _ask_back(row: SandboxPayment, what: str, reason: str) -> client.Reply:
    order = {"request_no": new_request_no(row.partner_code), "reason": reason}
    reply = client.post_until_answered(row.partner_code, f"/recharges/{row.recharge_no}/{what}", order)
    row.remark = "" if reply.is_ok else refusal_text(reply)
    row.save(update_fields=["remark"])
    if reply.is_ok and reply.body.get("state") == "REVERSED":
        _return_money(row, PaymentState.REVERSED)
    return reply


@transaction.atomic
def _return_money(row: SandboxPayment, state: PaymentState) -> None:
    current = SandboxPayment.objects.select_for_update().get(pk=row.pk)
    if current.state not in _HELD:
        return
    if current.account is not None:
        account = account_of(current.partner_code, current.account.reference)
        give(account, current.taken_fen)
    current.state = row.state = state
    current.save(update_fields=["state"])
