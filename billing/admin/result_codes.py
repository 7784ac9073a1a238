"""Which reasons codes of banks and provinces may mean where money is concerned; and a code of a debit that gets its
meaning wakes the returns that wait for it."""

from django.utils.translation import gettext_lazy as _

from billing import reasons
from billing.errors import CREDIT_SPENT, LANDING_REFUSED
from billing.flows import mapped_code
from billing.flows.settle_return import OPERATION
from signing.admin.result_codes import OF_NUMBERS
from unipay.errors import Text
from unipay.partners import known_reasons, mapped_codes
from unipay.partners.known_reasons import BUSY, titles_of

_OF_CREDITS: dict[str, Text] = {
    **titles_of(LANDING_REFUSED, CREDIT_SPENT),
    "credit_unknown": _("The province has no such credit."),
    "refund_refused": _("The bank refuses the refund."),
    "payment_unknown": _("The bank has no such payment."),
    "already_refunded": _("The bank gave it back before."),
}

known_reasons.register(
    _("credits and refunds"),
    ("land_recharges", "take_back_recharge", "query_recharges", "refund_recharge"),
    lambda: {**_OF_CREDITS, **OF_NUMBERS, **BUSY},
)
known_reasons.register(_("failed debits, from their rules"), (OPERATION,), reasons.titles)
mapped_codes.register(mapped_code.wake_returns)
