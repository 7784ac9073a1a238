"""The client: some connections kept open, each sending its next request when the last one was answered. It runs in a
process of its own, in one thread, with every request signed before the clock starts, so that it costs next to nothing.
"""

import multiprocessing
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

_READ = 65536
_PATIENCE_SECONDS = 30.0


@dataclass
class Answered:
    """What came of one round: how many answers in how long, the latency of each, and answers that were no 2xx."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


@dataclass
class _Line:
    """One connection: what it has received of the answer under way, and since when it waits."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)


class Client:
    """Prepares in the child process while the parent waits, then drives round after round there."""

    def __init__(self, address: tuple[str, int], prepare: Callable[[list[int]], list[bytes]]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, address, prepare), daemon=True)
        self._process.start()

    def prepare(self, places: list[int]) -> None:
        """Have the requests about these contracts made (and signed)."""
        self._pipe.send(places)
        self._pipe.recv()

    def drive(self, *, seconds: float, connections: int) -> Answered:
        """Send what was prepared for so long, or until it is used up."""
        self._pipe.send((seconds, connections))
        answered: Answered = self._pipe.recv()
        return answered

    def close(self) -> None:
        with suppress(OSError):
            self._pipe.send(None)
        self._process.join(5)


def _serve(pipe: Connection, address: tuple[str, int], prepare: Callable[[list[int]], list[bytes]]) -> None:
    ready: list[bytes] = []
    while (order := pipe.recv()) is not None:
        if isinstance(order, list):
            ready = prepare(order)
            pipe.send(len(ready))
        else:
            seconds, connections = order
            pipe.send(drive(address, iter(ready), seconds=seconds, connections=connections))


def drive(
    address: tuple[str, int], requests: Iterator[bytes], *, seconds: float, connections: int
) -> Answered:
    """Send the requests over so many connections until time or requests are used up; every one sent is awaited."""
    answered = Answered()
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            line = _Line(socket.create_connection(address))
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(line.socket, selectors.EVENT_READ, line)
        lines = [key.data for key in selector.get_map().values()]
        started = time.perf_counter()
        waiting = sum(_send(line, requests) for line in lines)
        while waiting:
            ready = selector.select(_PATIENCE_SECONDS)
            if not ready:
                answered.failures += ["no answer"] * waiting
                break
            for key, _events in ready:
                if not _receive(key.data, answered):
                    continue
                more = time.perf_counter() - started < seconds and _send(key.data, requests)
                waiting -= not more
        answered.seconds = time.perf_counter() - started
        for line in lines:
            line.socket.close()
    return answered


def _send(line: _Line, requests: Iterator[bytes]) -> bool:
    request = next(requests, None)
    if request is None:
        return False
    line.received.clear()
    line.sent_at = time.perf_counter()
    line.socket.sendall(request)
    return True


def _receive(line: _Line, answered: Answered) -> bool:
    """Read what has come; True once the answer is whole."""
    piece = line.socket.recv(_READ)
    line.received += piece
    head, separator, body = bytes(line.received).partition(b"\r\n\r\n")
    if piece and (not separator or len(body) < _content_length(head)):
        return False
    answered.latencies.append(time.perf_counter() - line.sent_at)
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
        answered.failures.append(bytes(line.received[:1000]).decode(errors="replace") or "hung up")
    return True


def _content_length(head: bytes) -> int:
    for header in head.split(b"\r\n"):
        name, _colon, value = header.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
