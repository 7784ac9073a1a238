"""The expected noes of settling with banks."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import reason

DAY_NOT_OVER = reason("day_not_over", status=422, title=_("The business day is not over yet."))
DAY_CONFIRMED = reason("day_confirmed", status=409, title=_("The day is confirmed already."))
RECHARGE_UNCONFIRMED = reason(
    "recharge_unconfirmed",
    status=409,
    title=_("No bank has confirmed that it debited this: there is nothing to give back."),
)
DAY_NOT_EVEN = reason(
    "day_not_even", status=422, title=_("The bank's amount differs from ours: find out why first.")
)
