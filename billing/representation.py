"""How bills and recharges are told to partners: as facts to who asks, and as SQL (jsonb) to provinces that are to
credit recharges, so that one and a million are told in the same words."""

from datetime import datetime, timedelta
from typing import Any

from billing.deadline import still_told
from billing.models import Bill, Recharge
from billing.recharge_actions import Action
from billing.states import RechargeState
from signing.representation_sql import rfc3339
from unipay import clock

ASK_AGAIN_AFTER = timedelta(minutes=1)

_UNDER_WAY = (RechargeState.PAID, RechargeState.TAKING_BACK, RechargeState.REFUND_OWED)

_BILLS = """(
        SELECT coalesce(jsonb_agg(jsonb_build_object('province_bill_no', bill.province_bill_no,
            'amount_fen', settlement.amount_fen) ORDER BY settlement.id), '[]'::jsonb)
        FROM billing_billsettlement settlement JOIN billing_bill bill ON bill.id = settlement.bill_id
        WHERE settlement.recharge_id = {recharge}.id AND settlement.reversed_at IS NULL
    )"""


def landing_facts(recharge: str, *, bank_code: str) -> str:
    """Return the SQL for what a province is asked to credit: the row called `recharge`, with the bills it pays."""
    return f"""jsonb_build_object(
        'recharge_no', {recharge}.recharge_no,
        'msisdn', {recharge}.msisdn,
        'agreement_no', {recharge}.agreement_no,
        'amount_fen', {recharge}.amount_fen,
        'source', {recharge}.source,
        'bank_code', {bank_code},
        'paid_at', {rfc3339(f"{recharge}.paid_at")},
        'business_date', to_char({recharge}.business_date, 'YYYY-MM-DD'),
        'bills', {_BILLS.format(recharge=recharge)}
    )"""


def take_back_facts(recharge: str) -> str:
    """Return the SQL for what a province is asked to take back."""
    return f"""jsonb_build_object(
        'recharge_no', {recharge}.recharge_no,
        'back_no', {recharge}.back_no,
        'amount_fen', {recharge}.amount_fen,
        'msisdn', {recharge}.msisdn,
        'agreement_no', {recharge}.agreement_no,
        'reason', {recharge}.back_reason
    )"""


def bill_facts(bill: Bill) -> dict[str, Any]:
    """The bill as its province sees it: amounts in fen, times in RFC 3339."""
    return {
        "bill_no": bill.bill_no,
        "province_bill_no": bill.province_bill_no,
        "kind": bill.kind,
        "msisdn": bill.msisdn,
        "agreement_no": bill.agreement_no,
        "billing_month": f"{bill.billing_month:%Y-%m}",
        "amount_fen": bill.amount_fen,
        "settled_fen": bill.settled_fen,
        "open_fen": bill.open_fen,
        "due_date": bill.due_date.isoformat(),
        "joined_network_at": _moment(bill.joined_network_at),
        "state": str(bill.state),
        "version": bill.version,
        "received_at": _moment(bill.received_at),
        "settled_at": _moment(bill.settled_at),
    }


def recharge_facts(recharge: Recharge, *, now: datetime) -> dict[str, Any]:
    """The recharge as its bank sees it, with the bills it paid and when to ask again what became of it."""
    return {
        "recharge_no": recharge.recharge_no,
        "request_no": recharge.request_no,
        "state": str(recharge.state),
        "source": recharge.source,
        "msisdn": recharge.msisdn,
        "agreement_no": recharge.agreement_no,
        "province_code": recharge.province.code,
        "amount_fen": recharge.amount_fen,
        "bank_transaction_no": recharge.bank_transaction_no,
        "business_date": recharge.business_date.isoformat(),
        "paid_at": _moment(recharge.paid_at),
        "landed_at": _moment(recharge.landed_at),
        "back_no": recharge.back_no,
        "back_reason": recharge.back_reason,
        "back_asked_at": _moment(recharge.back_asked_at),
        "over_at": _moment(recharge.over_at),
        "ask_again_at": _moment(now + ASK_AGAIN_AFTER) if recharge.state in _UNDER_WAY else None,
        "refund_by": refund_by(recharge),
        "bills": [
            {
                "bill_no": settlement.bill.bill_no,
                "billing_month": f"{settlement.bill.billing_month:%Y-%m}",
                "amount_fen": settlement.amount_fen,
                "is_reversed": settlement.reversed_at is not None,
            }
            for settlement in sorted(recharge.settlements.all(), key=lambda each: each.pk)
        ],
    }


def refund_by(recharge: Recharge) -> str | None:
    """The last day by which it is credited or goes back, while it is neither."""
    last_day = still_told(recharge.state, recharge.refund_by)
    return last_day.isoformat() if last_day else None


def action_facts(action: Action) -> dict[str, Any]:
    """What a bank is told of one action: allowed or why not, from when and until when."""
    return {
        "action": str(action.name),
        "is_allowed": action.is_allowed,
        "why_not": {"code": action.why_not.code, "text": str(action.why_not.title)}
        if action.why_not
        else None,
        "allowed_from": _moment(action.allowed_from),
        "allowed_until": _moment(action.allowed_until),
    }


def _moment(moment: datetime | None) -> str | None:
    return clock.rfc3339(moment) if moment else None
