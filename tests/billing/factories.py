"""Plain functions that make bills, recharges, mandates and debits in any state, with the partners they need."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from billing.flows import post
from billing.models import (
    Arrangement,
    Bill,
    BillSettlement,
    DebitBatch,
    DebitExclusion,
    DebitItem,
    DebitReturn,
    DebitRun,
    DebitShare,
    JournalEntry,
    Mandate,
    Recharge,
    ReturnLine,
)
from billing.states import EntryKind
from signing.models import Contract
from tests.signing.factories import make_contract, the_bank, the_province
from tests.unipay.exchange.factories import make_received
from unipay import check_digit
from unipay.partners.models import Partner

NOW = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 5)
MONTH = date(2026, 10, 1)
MSISDN = "13805710001"
ACCOUNT = {
    "account_number": "6222021234567890128",
    "account_index": "i" * 64,
    "account_mask": "622202******0128",
    "holder_name": "张三丰",
    "holder_mask": "张*丰",
}

_DEBITED = {"SETTLED": 5000, "PARTLY_SETTLED": 2000}
_BATCH_OVER = ("CLOSED", "CANCELLED", "SUPERSEDED")
_serial = count(1)


def make_bill(state: str = "DUE", **fields: Any) -> Bill:
    """A personal bill of 50.00 yuan for October; a settled one is paid in full."""
    amount_fen = fields.setdefault("amount_fen", 5000)
    usual: dict[str, Any] = {
        "bill_no": check_digit.new_number("B"),
        "province": fields.pop("province", None) or the_province(),
        "province_bill_no": f"PB{next(_serial):08d}",
        "kind": "CORPORATE" if fields.get("agreement_no") else "PERSONAL",
        "msisdn": MSISDN,
        "billing_month": MONTH,
        "due_date": date(2026, 10, 31),
        "received_at": NOW,
        "settled_fen": amount_fen if state == "SETTLED" else 0,
        "settled_at": NOW if state == "SETTLED" else None,
    }
    return Bill.objects.create(state=state, **{**usual, **fields})


def posted(kind: EntryKind, recharge: dict[str, Any]) -> JournalEntry:
    """The entry of one leg of a recharge that is about to be made."""
    return post.post(
        kind,
        subject=f"recharge:{recharge['recharge_no']}",
        amount_fen=recharge["amount_fen"],
        bank_id=recharge["bank"].pk,
        province_id=recharge["province"].pk,
        business_date=recharge["business_date"],
        now=recharge["paid_at"],
    )


@transaction.atomic
def make_recharge(state: str = "LANDED", **fields: Any) -> Recharge:
    """A recharge of 50.00 yuan at ICBC with the entries of its state."""
    serial = next(_serial)
    told: dict[str, Any] = {
        "recharge_no": check_digit.new_number("P"),
        "source": "COUNTER",
        "bank": fields.pop("bank", None) or the_bank(),
        "province": fields.pop("province", None) or the_province(),
        "msisdn": "" if fields.get("agreement_no") else MSISDN,
        "amount_fen": 5000,
        "request_no": "" if fields.get("item") else f"REQ{serial:08d}",
        "bank_transaction_no": f"T{serial:08d}",
        "business_date": DAY,
        "paid_at": NOW,
        **fields,
    }
    told.setdefault("paid_entry", posted(EntryKind.PAID, told))
    if state == "LANDED":
        told |= {"landed_at": NOW, "landed_entry": posted(EntryKind.LANDED, told)}
    elif state != "PAID":
        told |= {"back_no": f"K{serial:08d}", "back_asked_at": NOW}
        told["back_reason"] = fields.get("back_reason", "wrong number")
        _go_back(state, told)
    return Recharge.objects.create(state=state, **told)


def _go_back(state: str, told: dict[str, Any]) -> None:
    if state == "TAKING_BACK":
        told |= {"landed_at": NOW, "landed_entry": posted(EntryKind.LANDED, told)}
        return
    subject = f"recharge:{told['recharge_no']}"
    if state == "REVERSED":
        given: dict[str, Any] = {"business_date": told["business_date"], "now": NOW}
        post.reverse(told["paid_entry"], kind=EntryKind.REVERSED, subject=subject, **given)
    else:
        posted(EntryKind.REFUND_OWED, told)
    if state == "REFUNDED":
        posted(EntryKind.REFUNDED, told)
    if state != "REFUND_OWED":
        told["over_at"] = NOW


def make_settlement(bill: Bill, recharge: Recharge, **fields: Any) -> BillSettlement:
    """What the recharge paid of the bill."""
    usual = {"amount_fen": recharge.amount_fen, "settled_at": NOW}
    return BillSettlement.objects.create(bill=bill, recharge=recharge, **{**usual, **fields})


def make_mandate(state: str = "ACTIVE", **fields: Any) -> Mandate:
    """A mandate of ICBC to collect for an agreement number."""
    usual: dict[str, Any] = {
        "bank": fields.pop("bank", None) or the_bank(),
        "province": fields.pop("province", None) or the_province(),
        "way": "COLLECTION",
        "mandate_no": f"M{next(_serial):08d}",
        "agreement_no": "" if fields.get("msisdn") else f"A{next(_serial):08d}",
        "signed_at": NOW,
        "ended_at": NOW if state == "ENDED" else None,
        **ACCOUNT,
    }
    return Mandate.objects.create(state=state, **{**usual, **fields})


def make_arrangement(way: str = "BATCH_DEBIT", **fields: Any) -> Arrangement:
    """An arrangement of ICBC; offline ones settle at export."""
    is_offline = way == "OFFLINE"
    usual: dict[str, Any] = {
        "bank": fields.pop("bank", None) or the_bank(),
        "settles_at_export": is_offline,
        "allows_partial": not is_offline,
    }
    return Arrangement.objects.create(way=way, **{**usual, **fields})


def make_debit_run(state: str = "SENT", **fields: Any) -> DebitRun:
    """A run of 3 November's debit date, without items."""
    arrangement = fields.pop("arrangement", None) or Arrangement.objects.first() or make_arrangement()
    is_over = state in ("CLOSED", "CANCELLED")
    usual: dict[str, Any] = {
        "run_no": check_digit.new_number("D"),
        "debit_date": DAY,
        "opened_at": NOW,
        "selected_at": None if state == "OPENED" else NOW,
        "sent_at": NOW if state in ("SENT", "CLOSED") else None,
        "closed_at": NOW if is_over else None,
    }
    return DebitRun.objects.create(state=state, arrangement=arrangement, **{**usual, **fields})


def make_batch(run: DebitRun, state: str = "DELIVERED", **fields: Any) -> DebitBatch:
    """One request file of the run."""
    usual: dict[str, Any] = {
        "batch_no": check_digit.new_number("T"),
        "sequence": run.batches.count() + 1,
        "item_count": 1,
        "asked_fen": 5000,
        "answer_due_at": NOW + timedelta(days=2),
        "written_at": NOW,
        "closed_at": NOW if state in _BATCH_OVER else None,
    }
    return DebitBatch.objects.create(run=run, state=state, **{**usual, **fields})


def _contract_of(fields: dict[str, Any]) -> Contract:
    """The contract that stands for the item's number, made when it is not there yet."""
    number = fields.get("msisdn") or MSISDN
    standing = Contract.objects.filter(msisdn=number, state="ACTIVE").first()
    return standing or make_contract(msisdn=number)


def make_item(run: DebitRun, state: str = "SENT", *, bill: Bill | None = None, **fields: Any) -> DebitItem:
    """An item of 50.00 yuan, with a share of the bill if one is given."""
    by_mandate = fields.get("mandate") is not None
    usual: dict[str, Any] = {
        "item_no": f"{run.pk:08d}{next(_serial):09d}",
        "bank": run.arrangement.bank,
        "province": fields.pop("province", None) or the_province(),
        "contract": None if by_mandate else fields.pop("contract", None) or _contract_of(fields),
        "msisdn": "" if fields.get("agreement_no") else MSISDN,
        "oldest_month": MONTH,
        "asked_fen": 5000,
        "debited_fen": _DEBITED.get(state, 0),
        "settled_at": NOW if state in (*_DEBITED, "FAILED") else None,
    }
    item = DebitItem.objects.create(run=run, state=state, **{**usual, **fields})
    if bill:
        is_open = state in ("SELECTED", "SENT")
        DebitShare.objects.create(
            item=item, bill=bill, asked_fen=item.asked_fen, settled_fen=item.debited_fen, is_open=is_open
        )
    return item


def make_exclusion(run: DebitRun, bill: Bill, reason: str = "NO_CONTRACT") -> DebitExclusion:
    """A bill the run left out."""
    return DebitExclusion.objects.create(run=run, bill=bill, reason=reason, open_fen=bill.open_fen)


def make_return(bank: Partner, state: str = "SETTLED", **fields: Any) -> DebitReturn:
    """A return file of one line."""
    serial = next(_serial)
    usual: dict[str, Any] = {
        "return_no": check_digit.new_number("V"),
        "file": make_received(
            "ACCEPTED",
            partner=bank,
            kind="batch_debit_return",
            name=f"return-{serial}.txt",
            digest=f"{serial:064d}",
            line_count=1,
            accepted_count=1,
            faulty_count=0,
        ),
        "line_count": 1,
        "received_at": NOW,
        "settled_at": None if state == "OPEN" else NOW,
    }
    return DebitReturn.objects.create(bank=bank, state=state, **{**usual, **fields})


def make_return_line(returned: DebitReturn, effect: str = "SETTLED", **fields: Any) -> ReturnLine:
    """One line of it."""
    usual: dict[str, Any] = {
        "line_no": returned.lines.count() + 1,
        "item_no": "0000000100000000",
        "result_code": "0000",
        "debited_fen": 5000,
    }
    return ReturnLine.objects.create(returned=returned, effect=effect, **{**usual, **fields})
