"""Which partners answer slowly of late, from the latest attempts only, however many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

LOOK_BACK = timedelta(minutes=15)
MOST_ATTEMPTS = 2000
FEWEST_ATTEMPTS = 10
SLOW_MS = 2000

# Whose message it was is looked up attempt by attempt: a join might read all the messages there are.
_SLOW = """
    SELECT recent.partner_id, recent.p95, recent.attempts FROM (
        SELECT partner_id, percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95, COUNT(*) AS attempts
        FROM (
            SELECT attempt.latency_ms, attempt.started_at, (
                SELECT message.partner_id FROM messaging_outboundmessage message WHERE message.id = attempt.message_id
            ) AS partner_id
            FROM messaging_deliveryattempt attempt ORDER BY attempt.id DESC LIMIT %(most)s
        ) latest
        WHERE started_at > %(since)s
        GROUP BY partner_id
    ) recent
    WHERE recent.attempts >= %(fewest)s AND recent.p95 >= %(slow)s
    ORDER BY recent.p95 DESC
"""


@dataclass(frozen=True)
class SlowPartner:
    """A partner, what 95 of 100 calls to it took at most, and how many calls that is said of."""

    partner_id: int
    p95_ms: int
    attempts: int


def slow_partners(*, now: datetime) -> list[SlowPartner]:
    """Return the partners whose calls of the last LOOK_BACK were slow, slowest first."""
    given: dict[str, Any] = {
        "most": MOST_ATTEMPTS,
        "since": now - LOOK_BACK,
        "fewest": FEWEST_ATTEMPTS,
        "slow": SLOW_MS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SLOW, given)
        return [SlowPartner(*row) for row in cursor.fetchall()]
