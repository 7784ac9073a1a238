"""What happens every minute so that the overview never reads a big table: the days that are not settled are counted
again, each in one statement, from the indexes of time.

Counting again is harmless: the figures become what the tables say. A run that was missed, for minutes or for days, is
made up for by the next one. A day is settled when nothing that began on it is still under way; what people decide
later (a contested contract that becomes formal) counts on the day they decide, and is no more seen among what began.
"""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from signing.flows.day_count import COUNT_DAY
from signing.models import Contract, CountedDay, SigningSession
from signing.models.session import LIVE
from signing.states import ContractState
from unipay.clock import business_date, business_day_start

FIRST_DAYS = 14
"""How far back the first run counts: what the overview shows."""

MOST_DAYS = 40
"""How far back a run makes up for runs that were missed."""

GRACE = timedelta(minutes=10)
"""How long after midnight something that happened before it may still be written down."""

LONGEST_WAIT = timedelta(days=8)
"""After so long a day is settled although something that began on it never ended."""

_LOCK = 0x756E6466


def refresh(*, now: datetime) -> list[date]:
    """Count every day that may have changed, and return them; each day is a transaction of its own."""
    days = _days_to_count(business_date(now))
    for day in days:
        _count(day, now=now)
    return days


def _days_to_count(today: date) -> list[date]:
    counted = CountedDay.objects.filter(day__gte=today - timedelta(days=MOST_DAYS))
    settled = dict(counted.values_list("day", "is_settled"))
    last = max(settled, default=today - timedelta(days=FIRST_DAYS))
    missed = {last + timedelta(days=ahead) for ahead in range(1, (today - last).days + 1)}
    return sorted(missed | {day for day, is_settled in settled.items() if not is_settled})


@transaction.atomic
def _count(day: date, *, now: datetime) -> None:
    """Make the figures of the day what the tables say; who counts at the same moment waits, and counts later rows."""
    ends = business_day_start(day + timedelta(days=1))
    with connection.cursor() as cursor:
        # What is looked up row by row looks dear to the planner, and compiling it would take longer than running it.
        cursor.execute("SELECT pg_advisory_xact_lock(%s), set_config('jit', 'off', true)", [_LOCK])
        # Before counting: what ends while we count must be seen by another count.
        is_settled = _is_settled(ends, now=now)
        cursor.execute(COUNT_DAY, {"day": day, "begins": business_day_start(day), "ends": ends})
    CountedDay.objects.update_or_create(day=day, defaults={"as_of": now, "is_settled": is_settled})


def _is_settled(ends: datetime, *, now: datetime) -> bool:
    if now < ends + GRACE:
        return False
    sessions = SigningSession.objects.filter(state__in=LIVE, opened_at__lt=ends)
    contracts = Contract.objects.filter(state=ContractState.PROVISIONAL, opened_at__lt=ends)
    return now >= ends + LONGEST_WAIT or not (sessions.exists() or contracts.exists())
