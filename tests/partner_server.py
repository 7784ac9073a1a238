"""A partner's end of our calls: a real HTTP server that keeps what it was told and answers as a test scripts it."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.factories import private_key_of
from unipay import signatures
from unipay.partners.models import Partner

SUCCESS: dict[str, Any] = {"result_code": "0000"}


@dataclass(frozen=True)
class Called:
    """One call we made: its path, headers and body as they came over the wire."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))


@dataclass(frozen=True)
class Reply:
    """What the partner does: answers (bytes as they are, a dict as JSON), signed as told, after `until`; or hangs up.

    `signed`: "yes", "no", "wrongly" (over another body), "long ago", or "by a stranger" (an unknown key id).
    """

    body: dict[str, Any] | bytes = field(default_factory=lambda: SUCCESS)
    status: int = 200
    signed: str = "yes"
    hangs_up: bool = False
    until: threading.Event | None = None
    headers: dict[str, str] = field(default_factory=dict)


Script = Callable[[Called], Reply]


class PartnerServer:
    """The server of one partner; `replies` decides, `called` keeps every call in the order they came."""

    def __init__(self, address: tuple[str, int], sign: Callable[[bytes], str]) -> None:
        self.called: list[Called] = []
        self.replies: Script = lambda called: Reply()
        self.most_at_once = 0
        self.connections: set[tuple[str, int]] = set()
        self._at_once = 0
        self._lock = threading.Lock()
        self._sign = sign
        self.url = f"http://{address[0]}:{address[1]}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [called.body for called in self.called]

    def always(self, reply: Reply) -> None:
        """Answer everything alike."""
        self.replies = lambda called: reply

    def in_turn(self, *replies: Reply) -> None:
        """Answer the first call by the first reply and so on, then by the last one for ever."""
        left = list(replies)
        self.replies = lambda called: left.pop(0) if len(left) > 1 else left[0]

    def answer(self, called: Called, client: tuple[str, int]) -> Reply:
        with self._lock:
            self.called.append(called)
            self.connections.add(client)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            reply = self.replies(called)
            if reply.until:
                reply.until.wait(10)
            return reply
        finally:
            with self._lock:
                self._at_once -= 1

    def headers_of(self, reply: Reply, content: bytes) -> dict[str, str]:
        if reply.signed == "no":
            return {}
        timestamp = str(int(time.time()) - (301 if reply.signed == "long ago" else 0))
        nonce = secrets.token_hex(16)
        signed = content + b" " if reply.signed == "wrongly" else content
        return {
            "Unipay-Timestamp": timestamp,
            "Unipay-Nonce": nonce,
            "Unipay-Key": "stranger" if reply.signed == "by a stranger" else "k1",
            "Unipay-Signature": self._sign(signatures.answer_text(timestamp, nonce, signed)),
        }


class _Speaker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    partner: PartnerServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        reply = self.partner.answer(Called(self.path, dict(self.headers), raw), self.client_address)
        if reply.hangs_up:
            self.close_connection = True
            return
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        headers = {"Content-Length": str(len(content)), **self.partner.headers_of(reply, content)}
        for name, value in {**headers, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """A test run is no place for an access log."""


@contextmanager
def serving(partner: Partner) -> Iterator[PartnerServer]:
    """Serve the partner, signing by the key make_partner gave it, and point its base address here."""
    algorithm = partner.keys.get().algorithm
    private_pem = private_key_of(partner, algorithm=algorithm)
    speaker = type("Speaker", (_Speaker,), {})
    http = ThreadingHTTPServer(("127.0.0.1", 0), speaker)
    http.daemon_threads = True
    server = PartnerServer(
        ("127.0.0.1", http.server_port), lambda text: signatures.sign(private_pem, algorithm, text)
    )
    speaker.partner = server
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    partner.base_url = server.url
    partner.save(update_fields=["base_url"])
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
