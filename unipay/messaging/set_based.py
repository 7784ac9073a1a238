"""Promises made by the thousand in one statement, for flows that change whole sets: as `outbox.promise` in all else."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from unipay.messaging import outbox
from unipay.messaging.kinds import kind_named
from unipay.messaging.models import MessageState

# The stamp wins over what the payload says of itself, as in `outbox.promise`.
_PROMISE = """
    WITH promised AS (
        INSERT INTO messaging_outboundmessage (event_id, partner_id, kind, subject, resource_version, msisdn, payload,
            state, attempts, created_at, next_attempt_at, last_error)
        SELECT said.event_id, said.partner_id, %(kind)s, said.subject, said.resource_version, said.msisdn,
            said.payload || jsonb_build_object('event_id', said.event_id, 'kind', %(kind)s::text,
                'resource_version', said.resource_version),
            '{pending}', 0, %(promised_at)s, %(promised_at)s, ''
        FROM (SELECT gen_random_uuid() AS event_id, each.* FROM ({query}) AS each) AS said
        RETURNING partner_id
    )
    SELECT partner_id, COUNT(*) FROM promised GROUP BY partner_id
"""


def promise_each(*, kind: str, query: str, given: Mapping[str, Any], now: datetime) -> int:
    """Promise one message for each row of the query, in its order, and return how many; wakes each partner on commit.

    `query`: SQL whose rows are (partner_id, subject, resource_version, msisdn, payload jsonb); `given`: its parameters.
    Raises RuntimeError outside a transaction and ValueError for a kind nobody registered.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A message is promised inside the transaction that makes it true.")
    own: dict[str, Any] = {"kind": kind_named(kind).name, "promised_at": now}
    with connection.cursor() as cursor:
        cursor.execute(_PROMISE.format(pending=MessageState.PENDING, query=query), {**given, **own})
        promised = cursor.fetchall()
    for partner_id, _count in promised:
        outbox.wake_on_commit(partner_id)
    return sum(count for _partner_id, count in promised)
