"""How one attempt to deliver a message ended, and its record: attempt, state and what follows, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from unipay.errors import Finality, TransportFailed
from unipay.messaging import claims, ladder
from unipay.messaging.kinds import kind_named
from unipay.messaging.models import AttemptOutcome, DeliveryAttempt, MessageState, OutboundMessage
from unipay.partners.gateways.transport import AnsweredBadly, GatewayAnswer

_ERROR_LENGTH = 300

log = structlog.get_logger(__name__)


class _SequelFailed(Exception):
    """What should have followed from the answer raised: nothing of it may stand."""


@dataclass(frozen=True)
class Attempt:
    """One attempt: which message under which lease, when and how long, and how it ended."""

    message_id: int
    leased_until: datetime
    started_at: datetime
    latency_ms: int
    outcome: AttemptOutcome
    status: int | None = None
    answer: dict[str, Any] | None = None
    error: str = ""

    @property
    def found_nobody(self) -> bool:
        """Whether the partner seems down: no connection, no answer, or one that says so (5xx)."""
        if self.outcome in (AttemptOutcome.ACKNOWLEDGED, AttemptOutcome.REFUSED):
            return False
        return self.status is None or self.status >= 500


def concluded(
    message: OutboundMessage, ended: GatewayAnswer | Exception, *, started_at: datetime, latency_ms: int
) -> Attempt:
    """Return the attempt that ended with this answer (judged) or this exception."""
    attempt = Attempt(message.pk, message.next_attempt_at, started_at, latency_ms, AttemptOutcome.UNANSWERED)
    if isinstance(ended, GatewayAnswer):
        return _answered(attempt, ended)
    if isinstance(ended, TransportFailed):
        return replace(attempt, outcome=AttemptOutcome.FAILED, error=str(ended))
    status = ended.status if isinstance(ended, AnsweredBadly) else None
    return replace(attempt, status=status, error=str(ended) or type(ended).__name__)


def record(attempt: Attempt, *, now: datetime) -> None:
    """Write the attempt down and move its message: delivered, refused, to the next rung, or dead.

    If what should follow raises, only the attempt stands: the message is sent again on its next rung, and never
    given up, until it can be followed through.
    """
    try:
        with transaction.atomic():
            _record(attempt, now)
    except _SequelFailed as failure:
        log.exception("message_sequel_failed", message_id=attempt.message_id)
        with transaction.atomic():
            message, is_ours = _written_down(replace(attempt, error=f"what follows failed: {failure}"))
            if is_ours:
                _postpone(message, f"what follows failed: {failure}", now=now)


def _answered(attempt: Attempt, answer: GatewayAnswer) -> Attempt:
    attempt = replace(attempt, status=answer.status, answer=answer.body)
    if answer.meaning is None or answer.meaning.finality is Finality.SUCCESS:
        return replace(attempt, outcome=AttemptOutcome.ACKNOWLEDGED)
    told = f"{answer.result_code} {answer.meaning.reason_code}".strip()
    if answer.meaning.finality is Finality.FINAL_FAILURE:
        return replace(attempt, outcome=AttemptOutcome.REFUSED, error=told)
    return replace(attempt, error=f"{told}: unknown")


def _record(attempt: Attempt, now: datetime) -> None:
    message, is_ours = _written_down(attempt)
    if message.state != MessageState.PENDING:
        return
    if attempt.outcome is AttemptOutcome.ACKNOWLEDGED:
        message.acknowledge(answer=attempt.answer, now=now)
        _close(message, now=now)
    elif attempt.outcome is AttemptOutcome.REFUSED:
        message.refuse(answer=attempt.answer, error=attempt.error, now=now)
        _close(message, now=now)
    elif is_ours and ladder.wait_after(message.attempts) is None:
        message.give_up(error=attempt.error, now=now)
        _close(message, now=now)
    elif is_ours:
        _postpone(message, attempt.error, now=now)


def _written_down(attempt: Attempt) -> tuple[OutboundMessage, bool]:
    """Lock the message, add the attempt, and tell whether the message is still pending under our lease."""
    message = OutboundMessage.objects.select_for_update().get(pk=attempt.message_id)
    message.attempts += 1
    message.save(update_fields=["attempts"])
    DeliveryAttempt.objects.create(
        message=message,
        number=message.attempts,
        started_at=attempt.started_at,
        latency_ms=attempt.latency_ms,
        http_status=attempt.status,
        outcome=attempt.outcome,
        error=attempt.error[:_ERROR_LENGTH],
    )
    is_pending = message.state == MessageState.PENDING
    return message, is_pending and message.next_attempt_at == attempt.leased_until


def _postpone(message: OutboundMessage, error: str, *, now: datetime) -> None:
    message.next_attempt_at = now + (ladder.wait_after(message.attempts) or ladder.RUNGS[-1])
    message.last_error = error[:_ERROR_LENGTH]
    message.save(update_fields=["next_attempt_at", "last_error"])
    claims.hold_followers(message)


def _close(message: OutboundMessage, *, now: datetime) -> None:
    message.save(update_fields=["state", "settled_at", "answer", "last_error"])
    claims.let_followers_go(message, now=now)
    try:
        kind = kind_named(message.kind)
        sequel = kind.on_dead if message.state == MessageState.DEAD else kind.on_settled
        if sequel is not None:
            sequel(message, now)
    except Exception as error:
        raise _SequelFailed(repr(error)) from error
