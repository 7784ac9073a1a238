"""What happens when finance finds a bank's business day even (domain.md C11): refunds of its payments are possible from
then on. The amount of the bank's statement must be ours, and a day is confirmed once. A payment that is being entered
for that day at the same moment is waited for, and counted; one that comes later is refused.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum

from billing.locks import close_day
from billing.models import Recharge, ReconciledDay
from billing.settlement_errors import DAY_CONFIRMED, DAY_NOT_EVEN, DAY_NOT_OVER
from billing.states import DEBITED, RechargeState
from unipay.clock import business_date as business_date_of
from unipay.errors import Refusal
from unipay.money import format_money
from unipay.partners.models import Partner

_REVERSED = Q(state=RechargeState.REVERSED)
_UNCONFIRMED = Q(item__isnull=False) & ~Q(item__state__in=DEBITED)
_NOT_CREDITED = Q(state__in=[RechargeState.PAID, RechargeState.TAKING_BACK])


@dataclass(frozen=True)
class DayFigures:
    """What our books say of one bank's day: `amount_fen` is what the bank must have taken, reversals left out."""

    count: int
    amount_fen: int
    reversed_count: int
    reversed_fen: int
    not_credited_count: int


def figures(bank: Partner, business_date: date) -> DayFigures:
    """Return what our books say, for the page that asks before it is confirmed."""
    taken = ~_REVERSED & ~_UNCONFIRMED
    found = Recharge.objects.filter(bank=bank, business_date=business_date).aggregate(
        count=Count("pk", filter=taken),
        amount=Sum("amount_fen", filter=taken),
        reversed_count=Count("pk", filter=_REVERSED),
        reversed_fen=Sum("amount_fen", filter=_REVERSED),
        not_credited=Count("pk", filter=_NOT_CREDITED),
    )
    return DayFigures(
        found["count"],
        found["amount"] or 0,
        found["reversed_count"],
        found["reversed_fen"] or 0,
        found["not_credited"],
    )


@transaction.atomic
def confirm(
    bank: Partner, business_date: date, *, amount_fen: int, remark: str = "", by_id: int | None, now: datetime
) -> ReconciledDay:
    """Confirm a day; raises Refusal for one that is not over, is confirmed, or differs from the bank's amount."""
    if business_date >= business_date_of(now):
        raise Refusal(DAY_NOT_OVER)
    close_day(bank.pk, business_date)
    ours = figures(bank, business_date).amount_fen
    if ours != amount_fen:
        raise Refusal(DAY_NOT_EVEN, f"{format_money(amount_fen)} ≠ {format_money(ours)}")
    try:
        with transaction.atomic():
            return ReconciledDay.objects.create(
                bank=bank,
                business_date=business_date,
                amount_fen=amount_fen,
                remark=remark[:200],
                confirmed_by_id=by_id,
                confirmed_at=now,
            )
    except IntegrityError as error:
        raise Refusal(DAY_CONFIRMED) from error
