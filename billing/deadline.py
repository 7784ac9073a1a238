"""By when is money that was taken credited, or on its way back? (domain.md C11.) The day is set when it is taken."""

from datetime import date, timedelta

from django.conf import settings

from billing.states import RechargeState

NOT_CREDITED = "not_credited_in_time"
"""Why people get a case: the last day has come, and nobody knows whether the province credited it."""


def refund_by(business_date: date) -> date:
    """Return the last day by which what is taken on a business date is credited or goes back."""
    return business_date + timedelta(days=settings.UNIPAY_RECHARGE_REFUND_DAYS)


def still_told(state: str, last_day: date | None, *, is_confirmed: bool = True) -> date | None:
    """Return the day to tell: of what is taken and not credited yet, and confirmed by its bank; else None."""
    return last_day if state == RechargeState.PAID and is_confirmed else None
