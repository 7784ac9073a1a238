"""Signing results per second over HTTP: our API against the bare view, on the same database, in alternating rounds."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles

from django.db import connection

from tests.benchmarks import orders
from tests.benchmarks.closed_loop import Answered, Client
from tests.benchmarks.processor_time import database_seconds
from tests.benchmarks.report import Finding
from tests.benchmarks.web_server import THREADS, WORKERS, WebServer, serving

GOAL = 0.7
CONNECTIONS = WORKERS * THREADS
WARM_UP_SECONDS = 2.0
MOST_PER_SECOND = 1500


@dataclass
class Side:
    """One of the two: its server, its client, and what each round gave."""

    server: WebServer
    client: Client
    places: Iterator[int]
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    python_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)

    def prepare(self, seconds: float, rate: float) -> None:
        """Have somewhat more requests made than can be answered."""
        wanted = int(seconds * rate)
        self.client.prepare([place for place, _ in zip(self.places, range(wanted), strict=False)])

    def play(self, seconds: float) -> Answered:
        python, database = self.server.python_seconds(), database_seconds(self.server.name)
        answered = self.client.drive(seconds=seconds, connections=CONNECTIONS)
        if answered.failures:
            raise RuntimeError(f"{self.server.name}: {answered.failures[0]}")
        count = len(answered.latencies)
        self.python_ms.append(1000 * (self.server.python_seconds() - python) / count)
        self.database_ms.append(1000 * (database_seconds(self.server.name) - database) / count)
        self.rates.append(answered.per_second)
        self.latencies += answered.latencies
        return answered


def measure(rounds: str, seconds: str) -> list[Finding]:
    """Warm both up, play the rounds in turn, and compare the medians."""
    environment = dict(os.environ)
    with ExitStack() as stack:
        ours = serving("ours", environment)
        bare = serving("bare", environment, settings="tests.benchmarks.bare_settings")
        sides = [
            _side(stack.enter_context(bare), orders.unsigned_results, first=0),
            _side(stack.enter_context(ours), orders.signed_results, first=1),
        ]
        for side in sides:
            stack.callback(side.client.close)
        _play(sides, rounds=int(rounds), seconds=float(seconds))
    _verify()
    return [_finding(*sides, rounds=int(rounds), seconds=float(seconds))]


def _side(server: WebServer, requests: Callable[[list[int]], list[bytes]], *, first: int) -> Side:
    """Every other contract is this side's."""
    reserve = orders.RESERVES["throughput"]
    return Side(server, Client(server.address, requests), iter(reserve[first::2]))


def _play(sides: list[Side], *, rounds: int, seconds: float) -> None:
    for side in sides:
        side.prepare(WARM_UP_SECONDS, MOST_PER_SECOND)
        side.play(WARM_UP_SECONDS)
        # The first round only tells how many requests the others need.
        for figures in (side.latencies, side.python_ms, side.database_ms):
            figures.clear()
    expected = [1.5 * side.rates.pop() for side in sides]
    for number in range(rounds):
        for side, rate in zip(sides, expected, strict=True):
            side.prepare(seconds, rate)
        for side in sides if number % 2 else reversed(sides):
            side.play(seconds)


def _verify() -> None:
    """Both made the same rows: for each contract made formal a journal line, a message, a request, a history event."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM signing_contract WHERE version = 2),"
            " (SELECT count(*) FROM signing_signingtransaction WHERE request_no LIKE 'R%'),"
            " (SELECT count(*) FROM signing_contractevent),"
            " (SELECT count(*) FROM messaging_outboundmessage WHERE payload ? 'contract'),"
            " (SELECT count(*) FROM messaging_inboundrequest WHERE request_no LIKE 'R%')"
        )
        counts = cursor.fetchone()
    if len(set(counts)) != 1:
        raise RuntimeError(f"The rows do not agree: {json.dumps(counts)}")


def _finding(bare: Side, ours: Side, *, rounds: int, seconds: float) -> Finding:
    ratio = median(ours.rates) / median(bare.rates)
    work = [median(side.python_ms) + median(side.database_ms) for side in (bare, ours)]
    verdict = "reached" if ratio >= GOAL else "missed"
    return Finding(
        "Signing results over HTTP, ours against a bare Django view",
        ["", "per second", "p50 ms", "p99 ms", "processor ms: Python", "processor ms: PostgreSQL"],
        [
            _row("bare view", bare),
            _row("ours, everything on", ours),
            ["ratio", f"{ratio:.2f}", "", "", f"{work[0] / work[1]:.2f} (both)", ""],
        ],
        [
            f"Goal ≥ {GOAL}: {verdict}. Medians of {rounds} rounds of {seconds:.0f} s a side, alternating; the rounds"
            f" gave {_range(bare)} and {_range(ours)} per second.",
            f"gunicorn with {WORKERS} workers of {THREADS} threads, {CONNECTIONS} connections kept open. The bare view"
            " has no middleware, and makes the same rows: contract, held number, history, journal, outbox, inbox.",
            "The ratio of processor time moves less when others use the machine.",
        ],
    )


def _range(side: Side) -> str:
    return f"{min(side.rates):.0f} to {max(side.rates):.0f}"


def _row(name: str, side: Side) -> list[str]:
    cuts = quantiles(side.latencies, n=100)
    return [
        name,
        f"{median(side.rates):.0f}",
        f"{1000 * cuts[49]:.1f}",
        f"{1000 * cuts[98]:.1f}",
        f"{median(side.python_ms):.2f}",
        f"{median(side.database_ms):.2f}",
    ]
