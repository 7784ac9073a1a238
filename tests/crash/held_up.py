"""A line to a partner on which answers can be held up: the partner has the message, and Unipay does not know."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.crash.database import Database

PATIENCE_SECONDS = 30
_OF_THE_CONNECTION = ("host", "connection", "content-length", "transfer-encoding")


class HeldUpLine:
    """Passes calls on to the partner; its answers about one path only come through once they are let go."""

    def __init__(self, partner_url: str, path: str) -> None:
        self.partner_url = urlsplit(partner_url)
        self.path = path
        self.passed: list[str] = []
        self._taken = threading.Event()
        self._let_go = threading.Event()

    @property
    def event_ids(self) -> list[str]:
        """Of every call about the path that the partner answered."""
        return list(self.passed)

    def wait_until_taken(self) -> None:
        """Wait until the partner has done what it was asked and its answer is held up here."""
        assert self._taken.wait(PATIENCE_SECONDS), f"nobody called {self.path}"

    def let_go(self) -> None:
        """Let this and all later answers through."""
        self._let_go.set()

    def pass_on(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Have the partner answer the call."""
        partner = http.client.HTTPConnection(self.partner_url.netloc, timeout=PATIENCE_SECONDS)
        try:
            partner.request("POST", self.partner_url.path + path, body, headers)
            answer = partner.getresponse()
            content = answer.read()
        finally:
            partner.close()
        if path == self.path:
            self.passed.append(headers.get("Unipay-Event-Id", ""))
            self._taken.set()
            self._let_go.wait(PATIENCE_SECONDS)
        return answer.status, dict(answer.getheaders()), content


class _Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: HeldUpLine

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, headers, content = self.line.pass_on(self.path, _end_to_end(dict(self.headers)), body)
        # Whoever asked may be dead by now.
        with suppress(OSError):
            self.send_response(status)
            for name, value in {**_end_to_end(headers), "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """A test run is no place for an access log."""


@contextmanager
def held_up(database: Database, partner: str, path: str) -> Iterator[HeldUpLine]:
    """Lead Unipay's line to the partner over a held-up one, inside the block."""
    home = database.one("SELECT base_url FROM partners_partner WHERE code = %s", partner)
    line = HeldUpLine(home, path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Relay", (_Relay,), {"line": line}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    lead = "UPDATE partners_partner SET base_url = %s WHERE code = %s"
    database.rows(lead, f"http://127.0.0.1:{server.server_port}", partner)
    try:
        yield line
    finally:
        line.let_go()
        database.rows(lead, home, partner)
        server.shutdown()
        server.server_close()
        thread.join()


def _end_to_end(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_THE_CONNECTION}
