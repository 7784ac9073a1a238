"""What happens to recharges whose credit is in doubt (domain.md C11): the sweep asks the province by each one's own
number, and makes true what it says. What nobody knows there is promised again; silence costs time and nothing else,
until the recharge's last day comes (`last_day`).

Asking is two transactions with the call between them: rows are claimed by moving their next look past the call.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection, transaction

from billing import messages
from billing.flows import landing, last_day
from billing.models import Recharge
from billing.states import RechargeState
from unipay import clock
from unipay.check_digit import new_number
from unipay.errors import TransportFailed, Unanswered
from unipay.partners.gateways import money
from unipay.partners.gateways.money import Credit
from unipay.partners.models import Partner

_LOOKED_AT = 5000
_WAITING = (RechargeState.PAID, RechargeState.TAKING_BACK)
_WAITING_SQL = ", ".join(f"'{state}'" for state in _WAITING)
_PROVINCES = f"""
    SELECT DISTINCT province_id FROM (
        SELECT province_id FROM billing_recharge
        WHERE state IN ({_WAITING_SQL}) AND next_landing_at <= %s ORDER BY next_landing_at LIMIT {_LOOKED_AT}
    ) AS due ORDER BY province_id
"""
# The older it is, the less often it is asked about: every two minutes at first, every hour in the end.
# They are chosen once, in a step of its own: read again for every row of a join, a limit with SKIP LOCKED would choose
# further rows each time.
_CLAIM = f"""
    WITH due AS MATERIALIZED (
        SELECT id FROM billing_recharge
        WHERE state IN ({_WAITING_SQL}) AND next_landing_at <= %(now)s AND province_id = %(province)s
        ORDER BY next_landing_at, id LIMIT {money.MOST_AT_ONCE} FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE billing_recharge recharge SET next_landing_at = %(now)s
        + least(greatest((%(now)s - recharge.paid_at) / 4, interval '2 minutes'), interval '1 hour')
    FROM due WHERE recharge.id = due.id
    RETURNING recharge.id, recharge.recharge_no, recharge.state,
        coalesce(recharge.refund_by <= %(today)s, false) AS is_last_day
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Claimed:
    """What a sweep asks about: paid ones by their numbers, those among them whose last day has come, and those to be
    asked back again."""

    paid: dict[str, int]
    on_last_day: frozenset[str]
    going_back: list[int]


def provinces_with_due(now: datetime) -> list[int]:
    """Return the ids of provinces that have recharges to be asked about."""
    with connection.cursor() as cursor:
        cursor.execute(_PROVINCES, [now])
        return [province_id for (province_id,) in cursor.fetchall()]


def sweep(province_id: int, *, now: datetime) -> int:
    """Ask one province about what is in doubt there, a message's worth of it; return how many that were.

    Must not run inside a transaction.
    """
    claimed = _claim(province_id, now)
    if claimed.paid:
        province = Partner.objects.get(pk=province_id)
        told = _asked(province, list(claimed.paid)) or {}
        _conclude(province, claimed, told, now=now)
    return len(claimed.paid) + len(claimed.going_back)


@transaction.atomic
def _claim(province_id: int, now: datetime) -> _Claimed:
    with connection.cursor() as cursor:
        today = clock.business_date(now)
        cursor.execute(_CLAIM, {"now": now, "province": province_id, "today": today})
        rows = cursor.fetchall()
    paid = {number: pk for pk, number, state, _is_last in rows if state == RechargeState.PAID}
    on_last_day = frozenset(number for _pk, number, _state, is_last in rows if is_last and number in paid)
    going_back = sorted(pk for pk, _number, state, _is_last in rows if state == RechargeState.TAKING_BACK)
    if going_back:
        # Asked back again at once: being asked twice does no harm, and only the answer says what became of it.
        Recharge.objects.filter(pk__in=going_back).update(next_landing_at=now + landing.LOOK_AGAIN)
        messages.ask_to_take_back(going_back, now=now)
    return _Claimed(paid, on_last_day, going_back)


def _asked(province: Partner, recharge_nos: list[str]) -> dict[str, Credit] | None:
    try:
        return money.query(province, request_no=new_number("Q"), recharge_nos=recharge_nos)
    except (TransportFailed, Unanswered) as silence:
        log.warning(
            "landing_query_unanswered", province=province.code, count=len(recharge_nos), error=str(silence)
        )
        return None


def _conclude(province: Partner, claimed: _Claimed, told: dict[str, Credit], *, now: datetime) -> None:
    known = {number: _as_told(credit) for number, credit in told.items() if credit.result != money.NOT_FOUND}
    with transaction.atomic():
        landing.apply(province, known, now=now)
    last_day.note_doubt(claimed.on_last_day - told.keys(), now=now)
    unknown = sorted(told.keys() - known.keys())
    gone = {
        number for number in unknown if number in claimed.on_last_day and last_day.try_refund(number, now=now)
    }
    _promise_again([claimed.paid[number] for number in unknown if number not in gone], now=now)


@transaction.atomic
def _promise_again(ids: list[int], *, now: datetime) -> None:
    if ids:
        # Claimed rows have their next look ahead of them; they are to be promised all the same.
        Recharge.objects.filter(pk__in=ids, state=RechargeState.PAID).update(next_landing_at=now)
        query = "SELECT unnest(%(unknown)s::bigint[])"
        landing.promise_landings(query=query, given={"unknown": ids}, now=now)


def _as_told(credit: Credit) -> Credit:
    """Taken back, says the province of what we never asked back: as good as refused, and left to people."""
    if credit.result != money.TAKEN_BACK:
        return credit
    return Credit(credit.recharge_no, money.REFUSED, "taken_back")
