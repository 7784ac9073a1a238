"""One signed call to one partner over HTTP, and its answer: signed, bounded, judged; or none (design.md 4 and 5).

Reading the partner's settings needs the database, speaking to it does not: `route` first, then `exchange`, which is
safe in any thread. `call` does both and judges the result code."""

import json
import os
import secrets
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import httpx
from django.db import transaction
from django.db.models import Q

from unipay import clock, signatures
from unipay.errors import TransportFailed, Unanswered
from unipay.partners import queries
from unipay.partners.keys import own_key
from unipay.partners.kinds import Direction, KeyAlgorithm
from unipay.partners.models import Endpoint, OwnKey, Partner, PartnerKey
from unipay.partners.queries import Meaning

MAX_ANSWER_BYTES = 1024 * 1024
_CLOCK_SKEW_SECONDS = 300
_LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=4, keepalive_expiry=5.0)
# Raised before anything was sent; every other failure leaves open what the partner saw.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


class AnsweredBadly(Unanswered):
    """Something came back that we cannot take for the partner's answer; `status` is the HTTP status it bore."""

    def __init__(self, detail: str, *, status: int) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class Route:
    """How one operation reaches one partner: address, patience, the key we sign with, the keys it signs with."""

    partner: Partner
    operation: str
    url: str
    connect_seconds: float
    read_seconds: float
    key: OwnKey
    partner_keys: Mapping[str, PartnerKey]


@dataclass(frozen=True)
class GatewayAnswer:
    """What the partner said: HTTP status (2xx), its JSON or None, its result code and what that means to us.

    `meaning` is None where there is no result code, or nobody asked yet. `signed`: it bore the partner's signature,
    which an answer with a result code always does.
    """

    status: int
    body: dict[str, Any] | None
    result_code: str
    meaning: Meaning | None
    latency_ms: int
    signed: bool

    @property
    def reason_code(self) -> str:
        """Our reason for the partner's result code, "" where there is none."""
        return self.meaning.reason_code if self.meaning else ""


def call(
    partner: Partner, operation: str, path: str, payload: Mapping[str, Any], *, event_id: str | None = None
) -> GatewayAnswer:
    """Call the partner and judge its answer. Raises TransportFailed when the call certainly did not happen,
    Unanswered when nobody knows, and RuntimeError inside a transaction."""
    return judged(partner, operation, exchange(route(partner, operation, path), payload, event_id=event_id))


def judged(partner: Partner, operation: str, answer: GatewayAnswer) -> GatewayAnswer:
    """Return the answer with the meaning of its result code, if it has one."""
    if not answer.result_code:
        return answer
    meaning = queries.meaning(partner, Direction.ANSWER, operation, answer.result_code)
    return replace(answer, meaning=meaning)


def route(partner: Partner, operation: str, path: str) -> Route:
    """Read how the operation reaches the partner. Raises TransportFailed when it has no address."""
    now = clock.now()
    # Durable: asking a partner inside a transaction would hold its locks for as long as the partner pleases.
    with transaction.atomic(durable=True):
        endpoint = Endpoint.objects.filter(partner=partner, operation=operation).first() or Endpoint()
        live = (
            PartnerKey.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now), partner=partner)
            .filter(valid_from__lte=now, retired_at=None)
            .order_by("valid_from", "id")
        )
        keys = {key.key_id: key for key in live}
    newest = next(reversed(keys.values()), None)
    if not (endpoint.url or partner.base_url):
        raise TransportFailed(f"{partner.code} has no address for {operation}")
    return Route(
        partner=partner,
        operation=operation,
        url=endpoint.url or partner.base_url.rstrip("/") + path,
        connect_seconds=(endpoint.connect_timeout_ms or partner.connect_timeout_ms) / 1000,
        read_seconds=(endpoint.read_timeout_ms or partner.read_timeout_ms) / 1000,
        key=own_key(newest.algorithm if newest else KeyAlgorithm.RSA_SHA256, now),
        partner_keys=keys,
    )


def longest_ms(connect_ms: int, read_ms: int) -> int:
    """Return how long an exchange may take at most: a free connection, connecting, sending, waiting, reading."""
    return 2 * connect_ms + 4 * read_ms


def exchange(way: Route, payload: Mapping[str, Any], *, event_id: str | None = None) -> GatewayAnswer:
    """Send the payload and return the answer, not yet judged. Touches no database. Raises as `call` does."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    started = time.monotonic()
    try:
        status, headers, content = _post(way, body, _headers(way.key, body, event_id=event_id))
    except _NEVER_SENT as error:
        raise TransportFailed(f"{type(error).__name__}: {error}") from error
    except httpx.HTTPError as error:
        raise Unanswered(f"{type(error).__name__}: {error}") from error
    latency_ms = round((time.monotonic() - started) * 1000)
    return _understood(way, status, headers, content, latency_ms)


def _post(way: Route, body: bytes, headers: dict[str, str]) -> tuple[int, httpx.Headers, bytes]:
    limits = httpx.Timeout(way.read_seconds, connect=way.connect_seconds, pool=way.connect_seconds)
    with _client(way.partner.pk).stream(
        "POST", way.url, content=body, headers=headers, timeout=limits
    ) as response:
        ends = time.monotonic() + way.read_seconds
        received = bytearray()
        for piece in response.iter_raw():
            received += piece
            if len(received) > MAX_ANSWER_BYTES:
                raise AnsweredBadly(
                    f"an answer of more than {MAX_ANSWER_BYTES} bytes", status=response.status_code
                )
            if time.monotonic() > ends:
                raise AnsweredBadly("an answer that does not end in time", status=response.status_code)
        return response.status_code, response.headers, bytes(received)


def _headers(key: OwnKey, body: bytes, *, event_id: str | None) -> dict[str, str]:
    timestamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
    text = signatures.answer_text(timestamp, nonce, body)
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Unipay",
        "Unipay-Timestamp": timestamp,
        "Unipay-Nonce": nonce,
        "Unipay-Key": key.key_id,
        "Unipay-Signature": signatures.sign(key.private_key, key.algorithm, text),
    }
    return headers if event_id is None else {**headers, "Unipay-Event-Id": event_id}


def _understood(
    way: Route, status: int, headers: httpx.Headers, content: bytes, latency_ms: int
) -> GatewayAnswer:
    if not httpx.codes.is_success(status):
        raise AnsweredBadly(f"answered HTTP {status}", status=status)
    if not content.strip():
        return GatewayAnswer(status, None, "", None, latency_ms, signed=False)
    signed = "Unipay-Signature" in headers
    if signed:
        _require_valid_signature(way, status, headers, content)
    body = _json_object(content, status)
    code = body.get("result_code", "")
    if not isinstance(code, str) or ("result_code" in body and not code):
        raise AnsweredBadly("result_code is not a text", status=status)
    if code and not signed:
        raise AnsweredBadly("a result code without a signature", status=status)
    return GatewayAnswer(status, body, code, None, latency_ms, signed)


def _require_valid_signature(way: Route, status: int, headers: httpx.Headers, content: bytes) -> None:
    key = way.partner_keys.get(headers.get("Unipay-Key", ""))
    if key is None:
        raise AnsweredBadly("signed with a key that is not live", status=status)
    timestamp = headers.get("Unipay-Timestamp", "")
    text = signatures.answer_text(timestamp, headers.get("Unipay-Nonce", ""), content)
    if not signatures.verify(key.public_key, key.algorithm, text, headers["Unipay-Signature"]):
        raise AnsweredBadly("the signature is wrong", status=status)
    if not _is_fresh(timestamp, clock.now()):
        raise AnsweredBadly(f"signed at {timestamp[:20]!r}, more than 300 s off our clock", status=status)


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(int(timestamp) - now.timestamp()) <= _CLOCK_SKEW_SECONDS


def _json_object(content: bytes, status: int) -> dict[str, Any]:
    try:
        body = json.loads(content.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise AnsweredBadly("the body is not JSON", status=status) from error
    if not isinstance(body, dict):
        raise AnsweredBadly("the body is not a JSON object", status=status)
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_clients: dict[int, httpx.Client] = {}
_clients_lock = threading.Lock()


def _client(partner_id: int) -> httpx.Client:
    """Return this process's client for the partner: its own connections, so that no partner can use up another's."""
    client = _clients.get(partner_id)
    if client is None:
        with _clients_lock:
            client = _clients.get(partner_id) or httpx.Client(
                transport=httpx.HTTPTransport(verify=_trusted(), limits=_LIMITS, retries=0, trust_env=False),
                follow_redirects=False,
                trust_env=False,
            )
            _clients[partner_id] = client
    return client


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The certificates of the machine (SSL_CERT_FILE counts), so that operators can add a bank's own authority."""
    return ssl.create_default_context()


def _forget_connections() -> None:
    """A forked worker must not speak on the sockets of its parent, nor wait for a lock nobody here holds."""
    global _clients_lock
    _clients.clear()
    _clients_lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_connections)
