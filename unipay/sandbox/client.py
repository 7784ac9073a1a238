"""How a simulated partner asks Unipay: signed requests over HTTP to UNIPAY_PUBLIC_URL, answers checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from unipay.errors import TransportFailed, Unanswered
from unipay.sandbox import connection, messages, seals
from unipay.sandbox.models import SandboxKey
from unipay.sandbox.states import Verdict

API = "/api/v1"
ATTEMPTS = 3

_CERTAINLY_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class Reply:
    """Unipay's answer: HTTP status, JSON body, whether it was a replay, what its signature was worth, and the bytes
    themselves, for what is no JSON."""

    status: int
    body: dict[str, Any]
    is_replay: bool = False
    verdict: Verdict = Verdict.GENUINE
    content: bytes = b""

    @property
    def is_ok(self) -> bool:
        """Whether Unipay did what it was asked."""
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """The reason of a refusal, "" otherwise."""
        return "" if self.is_ok else str(self.body.get("code") or self.status)


def post(code: str, path: str, order: Mapping[str, Any], *, is_rightly_signed: bool = True) -> Reply:
    """POST an order to Unipay in the name of a partner, "/signings" being the path.

    Raises TransportFailed when Unipay was certainly not reached, Unanswered when nobody knows.
    """
    return _send(code, "POST", path, order=order, is_rightly_signed=is_rightly_signed)


def post_until_answered(code: str, path: str, order: Mapping[str, Any]) -> Reply:
    """POST the same order again (same request_no) while nobody knows whether it arrived, as partners should."""
    for _ in range(ATTEMPTS - 1):
        try:
            return post(code, path, order)
        except (TransportFailed, Unanswered):
            continue
    return post(code, path, order)


def get(
    code: str,
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """GET something from Unipay in the name of a partner. Raises as post does."""
    return _send(code, "GET", f"{path}?{urlencode(query)}" if query else path, order=None, headers=headers)


def put_bytes(code: str, path: str, content: bytes) -> Reply:
    """PUT bytes at Unipay in the name of a partner. Raises as post does."""
    octets = {"Content-Type": "application/octet-stream"}
    return _send(code, "PUT", path, order={}, body=content, headers=octets)


def _send(
    code: str,
    method: str,
    path: str,
    *,
    order: Mapping[str, Any] | None,
    is_rightly_signed: bool = True,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    key = SandboxKey.objects.get(partner_code=code)
    if body is None:
        body = b"" if order is None else seals.encoded(order)
    target = API + path
    said = {
        "Authorization": seals.authorization(
            key, method=method, target=target, body=body, is_right=is_rightly_signed
        ),
        "Accept": "*/*" if headers else "application/json",
        **({"Content-Type": "application/json"} if body else {}),
        **(headers or {}),
    }
    try:
        response = connection.unipay().request(method, target, content=body, headers=said)
        reply = _read(response)
    except (httpx.HTTPError, Unanswered) as error:
        _note(code, method, path, order=order, reply=None)
        kind = TransportFailed if isinstance(error, _CERTAINLY_NOT_SENT) else Unanswered
        raise kind(f"{method} {target}: {error}") from error
    _note(code, method, path, order=order, reply=reply)
    return reply


def _read(response: httpx.Response) -> Reply:
    verdict = seals.verdict_on(response.headers, response.content)
    if response.is_success and verdict is not Verdict.GENUINE:
        raise Unanswered(f"status {response.status_code}, but the signature is {verdict.value}")
    try:
        body = response.json()
    except ValueError:
        body = {}
    return Reply(
        status=response.status_code,
        body=body if isinstance(body, dict) else {"results": body},
        is_replay=response.headers.get("Idempotent-Replay") == "true",
        verdict=verdict,
        content=response.content,
    )


def _note(code: str, method: str, path: str, *, order: Mapping[str, Any] | None, reply: Reply | None) -> None:
    messages.note_sent(
        code,
        f"{method} {path.partition('?')[0]}"[:64],
        content=order or {},
        status=reply.status if reply else None,
        answer=messages.masked(reply.body) if reply else None,
        verdict=reply.verdict if reply else Verdict.UNANSWERED,
    )
