"""A partner that is never the bottleneck: a small HTTP server in a process of its own. It acknowledges every notice
with an empty 200 and notes when it came, and answers eligibility checks with a signed yes."""

import asyncio
import json
import multiprocessing
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

import httpx

from tests.benchmarks import orders
from unipay import signatures

ARRIVALS = "/arrivals"
ELIGIBILITY = "/eligibility-checks"
_YES = json.dumps({"result_code": "0000", "decision": "MAY_SIGN", "terms_offer": orders.OFFER}).encode()


@dataclass(frozen=True)
class PartnerDoor:
    """Where it listens."""

    url: str

    def take_arrivals(self) -> dict[str, float]:
        """When each event came, by event id, since this was last asked."""
        arrivals: dict[str, float] = httpx.get(f"{self.url}{ARRIVALS}", trust_env=False).json()
        return arrivals


@contextmanager
def open_door(*, signs_as: str = "") -> Iterator[PartnerDoor]:
    """Open the door of a partner, whose key rows.py has put down if it is to sign."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, signs_as), daemon=True)
    process.start()
    try:
        yield PartnerDoor(f"http://127.0.0.1:{ours.recv()}")
    finally:
        process.terminate()
        process.join(5)


def _serve(pipe: Connection, signs_as: str) -> None:
    asyncio.run(_serve_for_ever(pipe, signs_as))


async def _serve_for_ever(pipe: Connection, signs_as: str) -> None:
    arrivals: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Speaker(arrivals, signs_as), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Speaker(asyncio.Protocol):
    """One connection."""

    def __init__(self, arrivals: dict[str, float], signs_as: str) -> None:
        self.arrivals = arrivals
        self.signs_as = signs_as
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, piece: bytes) -> None:
        self.received += piece
        head, separator, body = self.received.partition(b"\r\n\r\n")
        headers = dict(_header(line) for line in head.split(b"\r\n")[1:])
        if not separator or len(body) < int(headers.get(b"content-length", b"0")):
            return
        self.received = b""
        answer = self._answer(head.split(b" ")[1].decode(), headers)
        self.transport.write(answer)  # type: ignore[attr-defined]

    def _answer(self, path: str, headers: dict[bytes, bytes]) -> bytes:
        if path.endswith(ARRIVALS):
            noted = json.dumps(self.arrivals).encode()
            self.arrivals.clear()
            return _response(noted)
        if path.endswith(ELIGIBILITY):
            return _response(_YES, self._signature())
        self.arrivals.setdefault(headers.get(b"unipay-event-id", b"").decode(), time.time())
        return _response(b"")

    def _signature(self) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        text = signatures.answer_text(timestamp, nonce, _YES)
        return {
            "Unipay-Timestamp": timestamp,
            "Unipay-Nonce": nonce,
            "Unipay-Key": orders.KEY_ID,
            "Unipay-Signature": signatures.sign(orders.private_key(self.signs_as), "RSA-SHA256", text),
        }


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, _colon, value = line.partition(b":")
    return name.strip().lower(), value.strip()


def _response(content: bytes, headers: dict[str, str] | None = None) -> bytes:
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n{more}\r\n"
    )
    return head.encode() + content
