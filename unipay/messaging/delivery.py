"""Delivery: what was promised reaches the partner at least once, in order per subject (design.md 5).

A message is claimed by moving its next attempt past a lease, sent outside any transaction, and recorded together with
what follows from it. A worker that dies in between leaves a lease that runs out, and the message is sent again."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from unipay.errors import TransportFailed, Unanswered
from unipay.messaging import attempts, claims, lines
from unipay.messaging.kinds import kind_named
from unipay.messaging.lines import HeldLine
from unipay.messaging.models import OutboundMessage
from unipay.partners.gateways import transport
from unipay.partners.gateways.transport import GatewayAnswer, Route
from unipay.partners.models import Partner

CALLS_AT_ONCE = 4
# Enough that a claim, which may have to wade through blocked messages, is paid for by many calls.
_CLAIM_SIZE = 32
_TURN_SECONDS = 10.0
_MARGIN = timedelta(seconds=20)

Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Drained:
    """How many calls were made, and whether messages are left only because this worker's turn was over."""

    calls: int
    is_unfinished: bool = False


@dataclass(frozen=True)
class _Ended:
    """What one call came to, and how long it took."""

    result: GatewayAnswer | Exception
    latency_ms: int


def deliver_due(*, partner_id: int, clock: Clock) -> Drained:
    """Call the partner until nothing is due to it, a few calls at once across subjects.

    Does nothing while another worker serves the partner or its line rests. Must not run inside a transaction.
    """
    calls = 0
    # Asked again after the line was released: whoever was woken meanwhile found it held and went away.
    while claims.anything_due(partner_id, now=clock()):
        # Durable: inside a transaction nobody else would see the claims until it is too late.
        with transaction.atomic(durable=True):
            partner = Partner.objects.prefetch_related("endpoints").get(pk=partner_id)
        lease = _lease(partner)
        line = lines.hold(partner_id, lease=lease, now=clock())
        if line is None:
            break
        turn = _Turn(partner, line, lease=lease, clock=clock)
        try:
            turn.drain()
        finally:
            line.release()
        calls += turn.calls
        if turn.is_over or not turn.calls:
            return Drained(calls, is_unfinished=turn.is_over)
    return Drained(calls)


class _Turn:
    """One worker's turn at one partner's line. Only calls run in threads; the database is this thread's alone."""

    def __init__(self, partner: Partner, line: HeldLine, *, lease: timedelta, clock: Clock) -> None:
        self.partner = partner
        self.line = line
        self.lease = lease
        self.clock = clock
        self.calls = 0
        self.ends = time.monotonic() + _TURN_SECONDS
        self.routes: dict[str, Route] = {}
        self.claimed: deque[OutboundMessage] = deque()
        # The first call goes alone: a partner that is down costs one call at a time.
        self.calls_at_once = 1

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.ends

    def drain(self) -> None:
        """Claim, call and record until nothing more may be claimed and every call has ended."""
        flying: dict[Future[_Ended], tuple[OutboundMessage, datetime]] = {}
        with ThreadPoolExecutor(CALLS_AT_ONCE) as threads:
            while True:
                while len(flying) < self.calls_at_once and (message := self._next()):
                    call = threads.submit(self._departure(message))
                    flying[call] = message, self.clock()
                    self.calls += 1
                if not flying:
                    return
                for call in wait(flying, return_when=FIRST_COMPLETED).done:
                    message, started_at = flying.pop(call)
                    self._record(message, started_at, call.result())

    def _next(self) -> OutboundMessage | None:
        now = self.clock()
        if self.is_over or self.line.rests(now) or not self.line.renew(now=now):
            claims.put_back(self.claimed, now=now)
            self.claimed.clear()
            return None
        if not self.claimed:
            limit = 1 if self.calls_at_once == 1 else _CLAIM_SIZE
            self.claimed.extend(claims.claim(self.partner.pk, limit=limit, lease=self.lease, now=now))
        return self.claimed.popleft() if self.claimed else None

    def _departure(self, message: OutboundMessage) -> Callable[[], _Ended]:
        """Look up what the call needs, here; what is returned runs in a thread and touches no database."""
        try:
            route = self._route(message.kind)
        except Exception as error:
            _log_unless_expected(error, message)
            never_left = _Ended(TransportFailed(f"{type(error).__name__}: {error}"), 0)
            return lambda: never_left
        return lambda: _call(route, message)

    def _route(self, kind_name: str) -> Route:
        if kind_name not in self.routes:
            kind = kind_named(kind_name)
            self.routes[kind_name] = transport.route(self.partner, kind.operation, kind.path)
        return self.routes[kind_name]

    def _record(self, message: OutboundMessage, started_at: datetime, ended: _Ended) -> None:
        result = ended.result
        if isinstance(result, GatewayAnswer):
            result = transport.judged(self.partner, kind_named(message.kind).operation, result)
        attempt = attempts.concluded(message, result, started_at=started_at, latency_ms=ended.latency_ms)
        attempts.record(attempt, now=self.clock())
        if attempt.found_nobody:
            self.calls_at_once = 1
            self.line.note_failure(now=self.clock())
        else:
            self.calls_at_once = CALLS_AT_ONCE
            self.line.note_answer()


def _call(route: Route, message: OutboundMessage) -> _Ended:
    started = time.monotonic()
    result: GatewayAnswer | Exception
    try:
        result = transport.exchange(route, message.payload, event_id=str(message.event_id))
    except Exception as error:
        _log_unless_expected(error, message)
        result = error
    return _Ended(result, round((time.monotonic() - started) * 1000))


def _log_unless_expected(error: Exception, message: OutboundMessage) -> None:
    if not isinstance(error, TransportFailed | Unanswered):
        log.error("message_call_broken", message_id=message.pk, kind=message.kind, exc_info=error)


def _lease(partner: Partner) -> timedelta:
    """Longer than a turn and any call can take, so that a lease only runs out when its worker is gone."""
    endpoints = list(partner.endpoints.all())
    connect = max([partner.connect_timeout_ms, *(each.connect_timeout_ms or 0 for each in endpoints)])
    read = max([partner.read_timeout_ms, *(each.read_timeout_ms or 0 for each in endpoints)])
    return (
        timedelta(milliseconds=transport.longest_ms(connect, read))
        + timedelta(seconds=_TURN_SECONDS)
        + _MARGIN
    )
