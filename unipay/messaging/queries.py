"""Questions operations ask about the outbox: how late, how much, how much given up, who cannot be reached."""

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from unipay import clock
from unipay.messaging.claims import DUE
from unipay.messaging.ladder import FAILURES_BEFORE_REST
from unipay.messaging.models import Line, MessageState, OutboundMessage

# Partner by partner, as the index of due messages is; a scan of all that is pending would grow with it.
_LAG = f"""
    SELECT EXTRACT(EPOCH FROM %(now)s - MIN(oldest.next_attempt_at))
    FROM partners_partner partner
    LEFT JOIN messaging_line line ON line.partner_id = partner.id
    CROSS JOIN LATERAL (
        SELECT m.next_attempt_at FROM messaging_outboundmessage m WHERE m.partner_id = partner.id AND {DUE}
        ORDER BY m.next_attempt_at, m.id LIMIT 1
    ) oldest
    WHERE COALESCE(line.failures, 0) < %(failures)s
"""


def outbox_lag_seconds(*, now: datetime | None = None) -> float:
    """Return for how long the longest waiting message could have been sent and was not: 0 when none waits.

    Partners that cannot be reached don't count: what waits for them says nothing about us (see `failing_lines`).
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAG, {"now": now or clock.now(), "failures": FAILURES_BEFORE_REST})
        (lag,) = cursor.fetchone()
    return float(lag or 0)


def pending_count() -> int:
    """Return how many messages are still to be delivered."""
    return OutboundMessage.objects.filter(state=MessageState.PENDING).count()


def dead_count() -> int:
    """Return how many messages were given up and not replayed or cancelled since."""
    return OutboundMessage.objects.filter(state=MessageState.DEAD).count()


def failing_lines() -> QuerySet[Line]:
    """Return the lines that rest because calls keep coming to nothing, longest failing first."""
    failing = Line.objects.filter(failures__gte=FAILURES_BEFORE_REST)
    return failing.select_related("partner").order_by("failing_since")
