"""What happens when a bank has taken money for a number or an agreement (domain.md C2): the order is kept with its
ledger entry and the bills it pays, the province credits it, the bank is answered.

Asking is three functions, since no transaction is open while the province is being asked: take, ask, conclude. A crash
after the first leaves a paid order that the sweep finds, and that the same request finds again.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from billing import messages, queries
from billing.accounts import accounts_for
from billing.allocation import allocate
from billing.deadline import refund_by
from billing.errors import (
    AGREEMENT_IN_SEVERAL_PROVINCES,
    AGREEMENT_UNKNOWN,
    AMOUNT_OUT_OF_BOUNDS,
    BANK_TRANSACTION_USED,
    BUSINESS_DATE_OUT_OF_RANGE,
    BUSINESS_DAY_CLOSED,
    LANDING_REFUSED,
    NUMBER_AT_HOME_NOWHERE,
    PAID_IN_THE_FUTURE,
)
from billing.flows import going_back, landing, pay_bills, post, stuck
from billing.locks import lock_recharge, pay_on_day
from billing.models import Bill, Recharge
from billing.posting import POSTINGS
from billing.states import BillState, EntryKind, RechargeState
from signing.errors import NUMBER_BLACKLISTED, NUMBER_NOT_NORMAL, UNKNOWN_NUMBER
from unipay import check_digit, clock
from unipay.errors import Refusal, TransportFailed, Unanswered
from unipay.messaging.errors import REQUEST_NO_REUSED
from unipay.money import format_yuan
from unipay.partners import queries as partners
from unipay.partners.gateways import money
from unipay.partners.gateways.money import Credit
from unipay.partners.models import Partner

REASONS_OF_PROVINCES = (NUMBER_NOT_NORMAL, NUMBER_BLACKLISTED, UNKNOWN_NUMBER)
"""Reasons of a province that a bank is told as they are; any other is LANDING_REFUSED."""

_CALL_TAKES = timedelta(minutes=2)
_CLOCKS_DIFFER = timedelta(minutes=5)
# The order, its entry and the entry's lines are one statement: an order without its entry can't be.
_TAKE = f"""
    INSERT INTO billing_recharge (recharge_no, source, bank_id, province_id, msisdn, agreement_no, amount_fen,
        request_no, bank_transaction_no, business_date, paid_at, state, landing_attempts, landing_error,
        next_landing_at, refund_by, back_no, way_back, back_reason, paid_entry_id)
    VALUES (%(recharge_no)s, %(source)s, %(bank)s, %(province)s, %(msisdn)s, %(agreement_no)s, %(amount_fen)s,
        %(request_no)s, %(bank_transaction_no)s, %(business_date)s, %(paid_at)s, '{RechargeState.PAID}', 1, '',
        %(look_at)s, %(refund_by)s, '', '', '', {post.next_entry_id_sql()})
    RETURNING paid_entry_id AS entry_id, 'recharge:' || recharge_no AS subject, business_date, amount_fen,
        %(debit)s::bigint AS debit_id, %(credit)s::bigint AS credit_id, NULL::bigint AS reverses_id
"""


@dataclass(frozen=True)
class RechargeOrder:
    """What a bank took: for a number, or for an agreement number; `paid_at` None where it does not say when.

    `province_code`: whose agreement is meant, "" where its number alone says so.
    """

    source: str
    amount_fen: int
    bank_transaction_no: str
    business_date: date
    msisdn: str = ""
    agreement_no: str = ""
    province_code: str = ""
    paid_at: datetime | None = None


def take(bank: Partner, order: RechargeOrder, *, request_no: str, now: datetime) -> Recharge:
    """Keep the order with its entry and the bills it pays, committed at once; raises Refusal when nothing was taken.

    The order of a request that was being answered when somebody crashed is found again as it is.
    """
    known = (
        Recharge.objects.filter(bank=bank, request_no=request_no).select_related("bank", "province").first()
    )
    if known is not None:
        return _as_it_is(known, order)
    _require_sensible(order, now)
    province = _home(order)
    try:
        with transaction.atomic():
            return _keep(bank, province, order, request_no=request_no, now=now)
    except IntegrityError as clash:
        if "one_recharge_per_bank_transaction" in str(clash):
            raise Refusal(BANK_TRANSACTION_USED) from clash
        raise


def ask(recharge: Recharge, *, now: datetime) -> Credit | None:
    """Have the province credit it; None when it does not answer. A final no undoes the recharge and raises Refusal,
    unless the province had said otherwise meanwhile: then what was entered stands, and people look.

    Must not run inside a transaction.
    """
    if recharge.state != RechargeState.PAID:
        return None
    facts = messages.landing_facts(recharge.pk)
    try:
        told = money.land(recharge.province, request_no=check_digit.new_number("Q"), landings=[facts])
    except (TransportFailed, Unanswered):
        return None
    credit = told.get(recharge.recharge_no)
    if credit and credit.result == money.REFUSED:
        if undo(recharge.recharge_no, reason_code=credit.reason_code or money.REFUSED, now=now):
            raise _refusal(credit.reason_code)
        landing.note_denied(recharge.province, [recharge.recharge_no], now=now)
        return None
    return credit


def conclude(recharge: Recharge, credit: Credit | None, *, now: datetime) -> Recharge:
    """Enter the credit, or leave the asking to the outbox; returns the recharge as it now is."""
    if credit is not None:
        landing.apply(recharge.province, {recharge.recharge_no: credit}, asked_at=now, now=now)
    elif recharge.state == RechargeState.PAID:
        Recharge.objects.filter(pk=recharge.pk, state=RechargeState.PAID).update(next_landing_at=now)
        query = "SELECT %(id)s::bigint"
        landing.promise_landings(query=query, given={"id": recharge.pk}, now=now)
    return queries.recharges_of(recharge.bank).get(pk=recharge.pk)


@transaction.atomic
def undo(recharge_no: str, *, reason_code: str, now: datetime) -> bool:
    """The province refused for good while the bank was waiting: as if nothing had been taken. Returns whether that is
    so now: what was credited or sent back meanwhile is left as it is."""
    stuck.withdraw_cases([recharge_no], only=RechargeState.PAID, now=now)
    recharge = lock_recharge(recharge_no)
    if recharge.state == RechargeState.PAID:
        Recharge.objects.filter(pk=recharge.pk).update(landing_error=reason_code[:200])
        going_back.reverse([recharge.pk], reason=reason_code, now=now)
    return recharge.state in (RechargeState.PAID, RechargeState.REVERSED)


def _as_it_is(known: Recharge, order: RechargeOrder) -> Recharge:
    told = (order.msisdn, order.agreement_no, order.amount_fen, order.bank_transaction_no)
    if told != (known.msisdn, known.agreement_no, known.amount_fen, known.bank_transaction_no):
        raise Refusal(REQUEST_NO_REUSED)
    if known.state == RechargeState.REVERSED and not known.back_no:
        raise _refusal(known.landing_error)
    return known


def _require_sensible(order: RechargeOrder, now: datetime) -> None:
    least, most = settings.UNIPAY_RECHARGE_LEAST_FEN, settings.UNIPAY_RECHARGE_MOST_FEN
    if not least <= order.amount_fen <= most:
        raise Refusal(AMOUNT_OUT_OF_BOUNDS, f"{format_yuan(least)} – {format_yuan(most)}")
    if abs((order.business_date - clock.business_date(now)).days) > 1:
        raise Refusal(BUSINESS_DATE_OUT_OF_RANGE)
    if order.paid_at and order.paid_at > now + _CLOCKS_DIFFER:
        raise Refusal(PAID_IN_THE_FUTURE)


def _require_open_day(bank: Partner, order: RechargeOrder) -> None:
    """What finance found even, and refunds by, grows no more; asked once nobody can find it even before we are done."""
    if not pay_on_day(bank.pk, order.business_date):
        raise Refusal(BUSINESS_DAY_CLOSED)


def _home(order: RechargeOrder) -> Partner:
    """The number's home; an agreement is at home where its due bills come from. Provinces number agreements each by
    itself: where several have due bills, nobody guesses whose money it is."""
    if order.msisdn:
        province = partners.home_province(order.msisdn)
        if province is None:
            raise Refusal(NUMBER_AT_HOME_NOWHERE)
        return province
    due = Bill.objects.filter(agreement_no=order.agreement_no, state=BillState.DUE)
    homes = Partner.objects.filter(pk__in=due.values("province_id"))
    if order.province_code:
        homes = homes.filter(code=order.province_code)
    found = list(homes[:2])
    if not found:
        raise Refusal(AGREEMENT_UNKNOWN)
    if len(found) > 1:
        raise Refusal(AGREEMENT_IN_SEVERAL_PROVINCES)
    return found[0]


def _keep(
    bank: Partner, province: Partner, order: RechargeOrder, *, request_no: str, now: datetime
) -> Recharge:
    _require_open_day(bank, order)
    parts = allocate(
        order.amount_fen, pay_bills.debts(province, msisdn=order.msisdn, agreement_no=order.agreement_no)
    )
    recharge_no, posting = check_digit.new_number("RC"), POSTINGS[EntryKind.PAID]
    found = accounts_for({posting.debit: bank.pk, posting.credit: province.pk}, key=f"recharge:{recharge_no}")
    given: dict[str, Any] = {
        "recharge_no": recharge_no,
        "source": str(order.source),
        "bank": bank.pk,
        "province": province.pk,
        "msisdn": order.msisdn,
        "agreement_no": order.agreement_no,
        "amount_fen": order.amount_fen,
        "request_no": request_no,
        "bank_transaction_no": order.bank_transaction_no,
        "business_date": order.business_date,
        "paid_at": order.paid_at or now,
        "look_at": now + _CALL_TAKES,
        "refund_by": refund_by(order.business_date),
        "debit": found[posting.debit],
        "credit": found[posting.credit],
    }
    post.post_each(EntryKind.PAID, query=_TAKE, given=given, now=now)
    recharge = Recharge.objects.get(recharge_no=recharge_no)
    recharge.bank, recharge.province = bank, province
    if parts:
        pay_bills.pay(recharge, parts, now=now)
    return recharge


def _refusal(reason_code: str) -> Refusal:
    """The province's reason where partners know it, else that it refused."""
    known = {reason.code: reason for reason in REASONS_OF_PROVINCES}
    return Refusal(known.get(reason_code, LANDING_REFUSED))
