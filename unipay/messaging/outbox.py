"""The outbox: what a partner must be told is promised in the transaction that makes it true (design.md 5)."""

import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from unipay.errors import Refusal
from unipay.messaging import errors
from unipay.messaging.claims import let_followers_go
from unipay.messaging.kinds import kind_named
from unipay.messaging.models import Line, MessageState, OutboundMessage
from unipay.messaging.tasks import wake
from unipay.partners.models import Partner

REPLAYABLE = (MessageState.DEAD, MessageState.REFUSED)

_BATCH = 1000


class _Awaiting(threading.local):
    """The partners this thread's transaction has yet to wake: each is woken once, however much was promised."""

    def __init__(self) -> None:
        self.partner_ids: set[int] = set()


_awaiting = _Awaiting()


@dataclass(frozen=True)
class Promise:
    """One message to promise: to whom, of which kind, about what, and its content.

    `subject` ("contract:…") is what keeps order: messages of one subject to one partner arrive in the order they
    were promised. `resource_version` lets the partner drop what it already knows better.
    """

    partner: Partner
    kind: str
    subject: str
    resource_version: int
    payload: Mapping[str, Any]
    msisdn: str = ""


def promise(
    *,
    partner: Partner,
    kind: str,
    subject: str,
    resource_version: int,
    payload: Mapping[str, Any],
    msisdn: str = "",
    now: datetime,
) -> OutboundMessage:
    """Promise one message; it is sent once the transaction committed, and never if it did not.

    Adds event_id, kind and resource_version to the payload. Raises RuntimeError outside a transaction and ValueError
    for a kind nobody registered.
    """
    only = Promise(partner, kind, subject, resource_version, payload, msisdn)
    return promise_many([only], now=now)[0]


def promise_many(promises: Iterable[Promise], *, now: datetime) -> list[OutboundMessage]:
    """Promise many messages at once, in the order given; as `promise` in everything else."""
    if not connection.in_atomic_block:
        raise RuntimeError("A message is promised inside the transaction that makes it true.")
    messages = OutboundMessage.objects.bulk_create(
        [_message(each, now) for each in promises], batch_size=_BATCH
    )
    for partner_id in {message.partner_id for message in messages}:
        wake_on_commit(partner_id)
    return messages


def replay(message: OutboundMessage, *, now: datetime) -> OutboundMessage:
    """Send a dead or refused message again from the first rung, at once even if the line rests.

    Raises TransitionNotAllowed in any other state.
    """
    with transaction.atomic():
        current = OutboundMessage.objects.select_for_update().get(pk=message.pk)
        current.replay(now=now)
        current.save(update_fields=["state", "settled_at", "attempts", "next_attempt_at"])
        Line.objects.filter(partner_id=current.partner_id, rests_until__gt=now).update(rests_until=None)
        wake_on_commit(current.partner_id)
    return current


def repeat(message: OutboundMessage, *, now: datetime) -> OutboundMessage:
    """Promise a copy of a delivered message, under an event id of its own, to a partner that lost it.

    Refused when it was not delivered, and when something newer about the same was promised since.
    """
    with transaction.atomic():
        current = OutboundMessage.objects.select_for_update().select_related("partner").get(pk=message.pk)
        refuse_repeating(current)
        return promise(
            partner=current.partner,
            kind=current.kind,
            subject=current.subject,
            resource_version=current.resource_version,
            payload=current.payload,
            msisdn=current.msisdn,
            now=now,
        )


def refuse_repeating(message: OutboundMessage) -> None:
    """Raise the reason for which a message is not told a second time, if there is one."""
    if message.state == MessageState.CANCELLED:
        raise Refusal(errors.MESSAGE_CANCELLED)
    if message.state != MessageState.DELIVERED:
        raise Refusal(errors.MESSAGE_WAITS)
    later = OutboundMessage.objects.filter(
        subject=message.subject, partner_id=message.partner_id, pk__gt=message.pk
    )
    if later.exclude(state=MessageState.CANCELLED).exists():
        raise Refusal(errors.MESSAGE_OUTDATED)


def send_again(message: OutboundMessage, *, now: datetime) -> OutboundMessage:
    """Replay what was given up or refused, repeat what was delivered; raises Refusal for anything else."""
    if message.state in REPLAYABLE:
        return replay(message, now=now)
    return repeat(message, now=now)


def cancel_pending(*, subject: str, kind: str | None = None, now: datetime) -> int:
    """Cancel what is still pending about a subject (of one kind, or of all) and return how many that were.

    One that is being sent at this moment may still arrive; its answer is then only noted.
    """
    kinds = {} if kind is None else {"kind": kind}
    with transaction.atomic():
        pending = OutboundMessage.objects.select_for_update().filter(
            subject=subject, state=MessageState.PENDING, **kinds
        )
        cancelled = list(pending.order_by("id"))
        for message in cancelled:
            _cancel(message, now=now)
    return len(cancelled)


def cancel(message: OutboundMessage, *, now: datetime) -> OutboundMessage:
    """Cancel one message that is pending or dead because it is no longer true.

    Raises TransitionNotAllowed in any other state.
    """
    with transaction.atomic():
        current = OutboundMessage.objects.select_for_update().get(pk=message.pk)
        _cancel(current, now=now)
    return current


def wake_on_commit(partner_id: int) -> None:
    """Wake the partner's line once the transaction committed; for what was promised by other means than these."""
    _awaiting.partner_ids.add(partner_id)
    transaction.on_commit(partial(_wake_once, partner_id), robust=True)


def _cancel(message: OutboundMessage, *, now: datetime) -> None:
    message.cancel(now=now)
    message.save(update_fields=["state", "settled_at"])
    let_followers_go(message, now=now)
    wake_on_commit(message.partner_id)


def _message(promised: Promise, now: datetime) -> OutboundMessage:
    event_id = uuid.uuid4()
    stamp = {
        "event_id": str(event_id),
        "kind": kind_named(promised.kind).name,
        "resource_version": promised.resource_version,
    }
    return OutboundMessage(
        event_id=event_id,
        partner=promised.partner,
        kind=promised.kind,
        subject=promised.subject,
        resource_version=promised.resource_version,
        msisdn=promised.msisdn,
        payload={**stamp, **promised.payload, **stamp},
        created_at=now,
        next_attempt_at=now,
    )


def _wake_once(partner_id: int) -> None:
    """Wake the partner for the first of its promises that committed; the others find nothing left to do.

    What a rolled back transaction left in the set does no harm: it is only looked at by promises that were kept.
    """
    if partner_id in _awaiting.partner_ids:
        _awaiting.partner_ids.discard(partner_id)
        wake(partner_id)
