"""What happens when the last day of money that was taken and not credited has come (domain.md C11): what the province
says it never credited goes back to the bank as a refund, by the rule that holds for everybody; whatever may have been
credited does not, people get a case, and the province is asked on.

A province that never heard of it, or says nothing of it now, is asked to let it go before the bank gives it back.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing.deadline import NOT_CREDITED
from billing.flows import give_back, landing
from billing.models import Recharge
from billing.settlement_errors import RECHARGE_UNCONFIRMED
from billing.states import DEBITED, RechargeState, WayBack
from unipay import clock
from unipay.errors import Refusal

_AT_ONCE = 1000
_DEBITED_SQL = ", ".join(f"'{state}'" for state in DEBITED)
# Those that can't go back yet are left out here, so that they never stand in the way of those that can.
_REFUSED = f"""
    SELECT recharge.recharge_no FROM billing_recharge recharge
    LEFT JOIN billing_debititem item ON item.id = recharge.item_id
    WHERE recharge.state = '{RechargeState.PAID}' AND recharge.next_landing_at IS NULL AND recharge.landing_attempts > 0
        AND recharge.refund_by <= %s AND (recharge.item_id IS NULL OR item.state IN ({_DEBITED_SQL}))
        AND EXISTS (
            SELECT FROM billing_reconciledday day
            WHERE day.bank_id = recharge.bank_id AND day.business_date = recharge.business_date
        )
    ORDER BY recharge.refund_by, recharge.id LIMIT {_AT_ONCE}
"""

log = structlog.get_logger(__name__)


def refused_until_now(now: datetime) -> list[str]:
    """Return the numbers of recharges that provinces refused for good, whose last day has come and that may go back."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED, [clock.business_date(now)])
        return [recharge_no for (recharge_no,) in cursor.fetchall()]


def refund(recharge_no: str, *, now: datetime) -> bool:
    """Give back what the province says it did not credit; returns whether it is on its way, or need not be any more.

    Where it may not go back yet, people get a case, and it stays as it is.
    """
    try:
        with transaction.atomic():
            held = give_back.hold(recharge_no)
            if held.state != RechargeState.PAID:
                return True
            give_back.give_back(held, WayBack.REFUND, reason=_reason(), now=now)
    except Refusal as refused:
        if refused.reason is not RECHARGE_UNCONFIRMED:
            note_doubt([recharge_no], error=refused.reason.code, now=now)
        return False
    log.info("recharge_refunded_by_rule", recharge_no=recharge_no)
    return True


def try_refund(recharge_no: str, *, now: datetime) -> bool:
    """As `refund`; what fails for a reason nobody foresaw is noted in the log and keeps nobody else's money back."""
    try:
        return refund(recharge_no, now=now)
    except Exception:
        log.exception("refund_by_rule_failed", recharge_no=recharge_no)
        return False


def note_doubt(recharge_nos: Collection[str], *, error: str = NOT_CREDITED, now: datetime) -> None:
    """Let people know, once for each error, of recharges that are neither credited nor back on their last day."""
    for recharge in _in_doubt(recharge_nos, error):
        with transaction.atomic():
            next_look = recharge.next_landing_at
            landing.note_trouble(recharge, error, recharge.province, next_look=next_look, now=now)


def _in_doubt(recharge_nos: Collection[str], error: str) -> Iterator[Recharge]:
    """What its bank has not confirmed was not taken: it has no last day yet."""
    paid = Recharge.objects.filter(recharge_no__in=recharge_nos, state=RechargeState.PAID)
    for recharge in paid.exclude(landing_error=error).select_related("item", "province").order_by("id"):
        if recharge.item is None or recharge.item.state in DEBITED:
            yield recharge


def _reason() -> str:
    # Kept as words: the bank and whoever looks read the language of the house.
    with translation.override(settings.LANGUAGE_CODE):
        return _("not credited in time")
