"""What happens when a province sends, amends or cancels bills over the API (domain.md C3): each is answered by itself,
and what was said before changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from billing.errors import BILL_NOT_FOUND
from billing.flows import bill_changes
from billing.flows.bill_changes import ADD, AMEND, CANCEL, DONE, KNOWN
from billing.models import Bill
from unipay.errors import CATALOGUE, Reason, Refusal
from unipay.partners.models import Partner


@dataclass(frozen=True)
class BillOrder:
    """One bill as a province tells it; None where an amendment leaves something as it is."""

    province_bill_no: str
    msisdn: str | None = None
    agreement_no: str | None = None
    billing_month: date | None = None
    amount_fen: int | None = None
    due_date: date | None = None
    joined_network_at: datetime | None = None


@dataclass(frozen=True)
class Received:
    """What became of one bill: taken on, known already with this content, or refused with a reason."""

    province_bill_no: str
    bill_no: str
    is_new: bool
    why_not: Reason | None = None


@transaction.atomic
def receive(province: Partner, orders: Sequence[BillOrder], *, now: datetime) -> list[Received]:
    """Take on bills of a province; what makes no sense is refused by itself, and the others are taken on."""
    told = _carry_out(province, ADD, orders, now)
    return [_received(order, *outcome) for order, outcome in zip(orders, told, strict=True)]


@transaction.atomic
def amend(province: Partner, bill_no: str, order: BillOrder, *, now: datetime) -> Bill:
    """Change amount, due day or owner of a bill; less than is settled, or asked of a bank, is refused."""
    return _change_one(province, bill_no, AMEND, order, now)


@transaction.atomic
def cancel(province: Partner, bill_no: str, *, now: datetime) -> Bill:
    """Take a bill back; what is settled, even in part, or asked of a bank is refused."""
    return _change_one(province, bill_no, CANCEL, BillOrder(province_bill_no=""), now)


def _change_one(province: Partner, bill_no: str, change: str, order: BillOrder, now: datetime) -> Bill:
    bill = Bill.objects.filter(province=province, bill_no=bill_no).only("province_bill_no").first()
    if bill is None:
        raise Refusal(BILL_NOT_FOUND)
    ((outcome, _bill_no),) = _carry_out(province, change, [_of(bill, order)], now)
    if outcome not in (DONE, KNOWN):
        raise Refusal(CATALOGUE[outcome])
    return Bill.objects.select_related("province").get(pk=bill.pk)


def _of(bill: Bill, order: BillOrder) -> BillOrder:
    return BillOrder(
        province_bill_no=bill.province_bill_no,
        amount_fen=order.amount_fen,
        due_date=order.due_date,
        joined_network_at=order.joined_network_at,
    )


def _carry_out(
    province: Partner, change: str, orders: Iterable[BillOrder], now: datetime
) -> list[tuple[str, str]]:
    bill_changes.load(
        (
            line_no,
            change,
            order.province_bill_no,
            order.msisdn,
            order.agreement_no,
            order.billing_month,
            order.amount_fen,
            order.due_date,
            order.joined_network_at,
        )
        for line_no, order in enumerate(orders, start=1)
    )
    bill_changes.carry_out(province, now=now)
    return [(outcome, bill_no) for _line_no, outcome, bill_no in bill_changes.outcomes()]


def _received(order: BillOrder, outcome: str, bill_no: str) -> Received:
    why_not = None if outcome in (DONE, KNOWN) else CATALOGUE[outcome]
    return Received(order.province_bill_no, "" if why_not else bill_no, outcome == DONE, why_not)
