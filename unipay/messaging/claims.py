"""Which messages may be sent now: due, and the earliest pending one of their subject. Claiming one moves its next
attempt past a lease, in one statement, so that two workers never hold the same message."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from unipay.messaging.models import MessageState, OutboundMessage

# Before a message of the same subject only settled ones may lie, even while the earlier one waits on its ladder.
# Asked row by row through the index of order: a join would read all that is pending to find the first that is due.
DUE = """
    m.state = 'PENDING' AND m.next_attempt_at <= %(now)s AND m.id = (
        SELECT earliest.id FROM messaging_outboundmessage earliest
        WHERE earliest.partner_id = m.partner_id AND earliest.subject = m.subject AND earliest.state = 'PENDING'
        ORDER BY earliest.id LIMIT 1
    )
"""

# Chosen once, in a step of its own: read again for every row of a join, a limit with SKIP LOCKED would choose further
# rows each time.
_CLAIM = f"""
    WITH due AS MATERIALIZED (
        SELECT m.id FROM messaging_outboundmessage m WHERE m.partner_id = %(partner_id)s AND {DUE}
        ORDER BY m.next_attempt_at, m.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    UPDATE messaging_outboundmessage claimed SET next_attempt_at = %(leased_until)s
    FROM due WHERE claimed.id = due.id
    RETURNING claimed.*
"""

_ANYTHING_DUE = f"""
    SELECT EXISTS (
        SELECT FROM messaging_outboundmessage m WHERE m.partner_id = %(partner_id)s AND {DUE}
        ORDER BY m.next_attempt_at, m.id LIMIT 1
    )
"""

# Partner by partner, as the index of due messages is; the planner must not look at all that is pending.
_PARTNERS = f"""
    SELECT partner.id FROM partners_partner partner
    LEFT JOIN messaging_line line ON line.partner_id = partner.id
    CROSS JOIN LATERAL (
        SELECT FROM messaging_outboundmessage m WHERE m.partner_id = partner.id AND {DUE}
        ORDER BY m.next_attempt_at, m.id LIMIT 1
    ) due
    WHERE COALESCE(line.rests_until <= %(now)s, TRUE)
    ORDER BY partner.id
"""


def claim(partner_id: int, *, limit: int, lease: timedelta, now: datetime) -> list[OutboundMessage]:
    """Take up to `limit` messages that may be sent now; they are nobody else's until the lease has run out."""
    given = {"partner_id": partner_id, "limit": limit, "now": now, "leased_until": now + lease}
    return sorted(OutboundMessage.objects.raw(_CLAIM, given), key=lambda message: message.pk)


def anything_due(partner_id: int, *, now: datetime) -> bool:
    """Tell whether some message to the partner may be sent now."""
    return bool(_rows(_ANYTHING_DUE, partner_id=partner_id, now=now)[0][0])


def partners_with_due_messages(*, now: datetime) -> list[int]:
    """Return the partners some message may be sent to now, leaving out those whose line rests."""
    return [partner_id for (partner_id,) in _rows(_PARTNERS, now=now)]


def put_back(claimed: Iterable[OutboundMessage], *, now: datetime) -> None:
    """Let others have what was claimed and is not going to be sent, unless the lease was lost meanwhile."""
    for leased_until, messages in groupby(claimed, key=lambda message: message.next_attempt_at):
        OutboundMessage.objects.filter(
            pk__in=[message.pk for message in messages],
            state=MessageState.PENDING,
            next_attempt_at=leased_until,
        ).update(next_attempt_at=now)


def hold_followers(message: OutboundMessage) -> None:
    """Make what waits behind a message wait as long as it does; the caller holds the lock of the message.

    Else every claim would wade through all that piled up behind failing messages while the partner was down.
    """
    _followers(message).filter(next_attempt_at__lt=message.next_attempt_at).update(
        next_attempt_at=message.next_attempt_at
    )


def let_followers_go(message: OutboundMessage, *, now: datetime) -> None:
    """Make what waited behind a message due at once: the message is settled."""
    _followers(message).filter(next_attempt_at__gt=now).update(next_attempt_at=now)


def _followers(message: OutboundMessage) -> QuerySet[OutboundMessage]:
    return OutboundMessage.objects.filter(
        partner_id=message.partner_id, subject=message.subject, state=MessageState.PENDING, pk__gt=message.pk
    )


def _rows(sql: str, **given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()
