"""The inbox: the same request gets the same answer and has one effect, however often it comes (design.md 5).

Every step holds an advisory lock on (partner, request number) for the length of its transaction, so that two
sendings of one request never work side by side, and the answer is written in the transaction of the effect.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction

from unipay.errors import Refusal
from unipay.messaging.answers import Answer, Envelope, Replied, problem_body
from unipay.messaging.errors import REQUEST_IN_PROGRESS, REQUEST_NO_REUSED
from unipay.messaging.models import InboundRequest
from unipay.messaging.models.inbound import InboundState
from unipay.partners.models import Partner

__all__ = [
    "Answer",
    "Envelope",
    "Replied",
    "answer_asking",
    "answer_leased",
    "answer_once",
    "is_being_answered",
    "release_lease",
    "take_lease",
]

T = TypeVar("T")

LEASE_SECONDS = 60
"""How long a request may ask other partners before a repetition takes it over; longer than any read time-out."""

NOT_KEPT = frozenset({400, 401, 403, 413, 415, 429, 500, 503})
"""Statuses of refusals that say nothing final about the request: its number may be used again."""

# Two statements in one round trip: the second sees everything committed before the lock became ours.
_LOCK_AND_LOOK = """
    SELECT set_config('unipay.inbox_lock', {lock}(%(lock)s)::text, true);
    SELECT current_setting('unipay.inbox_lock') <> 'false', known.*
    FROM (SELECT 1) AS always LEFT JOIN (
        SELECT id, digest, state, leased_until, signature, request_id, status, answer::text
        FROM messaging_inboundrequest WHERE partner_id = %(partner)s AND request_no = %(request_no)s
    ) AS known ON true
"""
_TRY_LOCK = _LOCK_AND_LOOK.format(lock="pg_try_advisory_xact_lock")
_WAIT_FOR_LOCK = _LOCK_AND_LOOK.format(lock="pg_advisory_xact_lock")


@dataclass(frozen=True)
class _Known:
    """The row of a request as the lock's holder sees it."""

    pk: int
    digest: str
    state: str
    leased_until: datetime | None
    signature: str
    request_id: str
    status: int | None
    answer: str | None


class _EffectRefused(Exception):
    """Carries a refusal of the effect out of its transaction, apart from the inbox's own refusals."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def answer_once(envelope: Envelope, effect: Callable[[], Answer]) -> Replied:
    """Answer a request: as it was answered before, or by carrying out its effect, here and only here.

    Raises Refusal REQUEST_IN_PROGRESS and REQUEST_NO_REUSED, and refusals of the effect that are not kept as answers.
    """
    try:
        return _answer(envelope, effect)
    except _EffectRefused as refused:
        return _keep_refusal(envelope, refused.refusal)


def answer_asking(
    envelope: Envelope,
    ask: Callable[[], T],
    effect: Callable[[T], Answer],
    *,
    lease_seconds: int = LEASE_SECONDS,
) -> Replied:
    """Answer a request that must ask another partner first: `ask` runs outside any transaction, `effect` in one.

    A crash while asking leaves a lease that runs out. Raises as answer_once does, and whatever `ask` raises.
    """
    replied = take_lease(envelope, lease_seconds)
    if replied is not None:
        return replied
    try:
        answered = ask()
    except Refusal as refusal:
        return _keep_refusal(envelope, refusal, leased=True)
    except BaseException:
        release_lease(envelope)
        raise
    return answer_leased(envelope, lambda: effect(answered))


def take_lease(envelope: Envelope, seconds: int) -> Replied | None:
    """Keep repetitions out for so long, committed at once; returns the answer instead when there is one.

    Raises Refusal REQUEST_IN_PROGRESS while the lease of another sending runs.
    """
    with transaction.atomic():
        known = _lock(envelope, _TRY_LOCK)
        replied = _answered_before(known, envelope)
        if replied is None:
            leased_until = envelope.now + timedelta(seconds=seconds)
            _write(known, envelope, state=InboundState.IN_PROGRESS, leased_until=leased_until)
    return replied


def answer_leased(envelope: Envelope, effect: Callable[[], Answer]) -> Replied:
    """Carry out the effect under our lease; where another sending took over meanwhile, theirs counts."""
    try:
        return _answer(envelope, effect, statement=_WAIT_FOR_LOCK)
    except _EffectRefused as refused:
        return _keep_refusal(envelope, refused.refusal, leased=True)
    except BaseException:
        release_lease(envelope)
        raise


def release_lease(envelope: Envelope) -> None:
    """Give up our lease without an answer: the number may be used again at once."""
    InboundRequest.objects.filter(
        partner=envelope.partner,
        request_no=envelope.request_no,
        state=InboundState.IN_PROGRESS,
        signature=envelope.signature,
        request_id=envelope.request_id,
    ).delete()


def is_being_answered(partner: Partner, request_no: str) -> bool:
    """Tell whether a sending of the request is at work on it this moment, its row perhaps not yet to be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [_lock_number(partner.pk, request_no)])
        return not cursor.fetchone()[0]


def _answer(envelope: Envelope, effect: Callable[[], Answer], *, statement: str = _TRY_LOCK) -> Replied:
    with transaction.atomic():
        known = _lock(envelope, statement)
        replied = _answered_before(known, envelope)
        if replied is not None:
            return replied
        try:
            answer = effect()
        except Refusal as refusal:
            raise _EffectRefused(refusal) from refusal
        return _write_answer(known, envelope, answer)


def _keep_refusal(envelope: Envelope, refusal: Refusal, *, leased: bool = False) -> Replied:
    """Keep a final refusal as the answer, unless another sending was answered first; raise any other."""
    if refusal.reason.status in NOT_KEPT:
        if leased:
            release_lease(envelope)
        raise refusal
    with transaction.atomic():
        known = _lock(envelope, _WAIT_FOR_LOCK)
        replied = _answered_before(known, envelope)
        if replied is not None:
            return replied
        answer = Answer(refusal.reason.status, problem_body(refusal, envelope.request_id))
        return _write_answer(known, envelope, answer)


def _lock(envelope: Envelope, statement: str) -> _Known | None:
    """Take the lock of the request and read what is known of it."""
    number = _lock_number(envelope.partner.pk, envelope.request_no)
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"lock": number, "partner": envelope.partner.pk, "request_no": envelope.request_no}
        )
        is_locked, *row = cursor.fetchone()
    if not is_locked:
        raise Refusal(REQUEST_IN_PROGRESS, retry_after=1)
    return None if row[0] is None else _Known(*row)


def _lock_number(partner_id: int, request_no: str) -> int:
    name = f"unipay.inbox/{partner_id}/{request_no}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)


def _answered_before(known: _Known | None, envelope: Envelope) -> Replied | None:
    """Return the kept answer; None when the request is new, or ours to answer."""
    if known is None:
        return None
    if known.digest != envelope.digest:
        raise Refusal(REQUEST_NO_REUSED)
    if known.status is not None and known.answer is not None:
        return Replied(Answer(known.status, json.loads(known.answer)), replayed=True)
    is_ours = (known.signature, known.request_id) == (envelope.signature, envelope.request_id)
    if not is_ours and known.leased_until is not None and envelope.now < known.leased_until:
        raise Refusal(REQUEST_IN_PROGRESS, retry_after=1)
    return None


def _write_answer(known: _Known | None, envelope: Envelope, answer: Answer) -> Replied:
    _write(
        known,
        envelope,
        state=InboundState.DONE,
        status=answer.status,
        answer=answer.body,
        leased_until=None,
        answered_at=envelope.now,
    )
    return Replied(answer, replayed=False)


def _write(known: _Known | None, envelope: Envelope, **fields: Any) -> None:
    """Write the row of the request; a lease taken over becomes the row of the sending that took it."""
    sending = {
        "key_id": envelope.key_id,
        "signature": envelope.signature,
        "request_id": envelope.request_id,
        "body": envelope.body,
    }
    if known is not None:
        InboundRequest.objects.filter(pk=known.pk).update(**sending, **fields)
        return
    InboundRequest.objects.create(
        partner=envelope.partner,
        request_no=envelope.request_no,
        operation=envelope.operation,
        digest=envelope.digest,
        subject=envelope.subject,
        msisdn=envelope.msisdn,
        received_at=envelope.now,
        **sending,
        **fields,
    )
