"""What each layer of safety costs: the same request through ever more of the API, in this process, one at a time."""

import io
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from unittest import mock

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import override_settings

from tests.benchmarks import orders, rungs
from tests.benchmarks.orders import Message
from tests.benchmarks.processor_time import database_seconds
from tests.benchmarks.report import Finding
from tests.benchmarks.rungs import Rung
from unipay.messaging import outbox

_BLOCK = 5


@dataclass
class Climb:
    """One rung, the application it is served by, and what its requests took."""

    rung: Rung
    application: WSGIHandler
    queries: int = 0
    wall: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)


def measure(requests: str) -> list[Finding]:
    """Send so many requests through every rung, a few at a time in turn, and compare the medians."""
    with override_settings(ROOT_URLCONF="tests.benchmarks.rungs"):
        climbs = [Climb(rung, _application(rung)) for rung in rungs.RUNGS]
        places = iter(orders.RESERVES["ladder"])
        for climb in climbs:
            _warm_up(climb, places)
        for _ in range(int(requests) // _BLOCK):
            for climb in climbs:
                _climb(climb, [_message(climb.rung, next(places)) for _ in range(_BLOCK)])
    return [_finding(climbs)]


def _climb(climb: Climb, messages: list[Message]) -> None:
    before = database_seconds("bench"), time.process_time()
    with _as_rung(climb.rung):
        for message in messages:
            _ask(climb, message)
    climb.python.append(1000 * (time.process_time() - before[1]) / len(messages))
    climb.database.append(1000 * (database_seconds("bench") - before[0]) / len(messages))


def _application(rung: Rung) -> WSGIHandler:
    if rung.has_middleware:
        return WSGIHandler()
    with override_settings(MIDDLEWARE=[]):
        return WSGIHandler()


def _warm_up(climb: Climb, places: Iterator[int]) -> None:
    with _as_rung(climb.rung):
        for _ in range(3):
            _ask(climb, _message(climb.rung, next(places)))
        with _counted() as counted:
            _ask(climb, _message(climb.rung, next(places)))
    climb.queries = counted[0]
    climb.wall.clear()


def _message(rung: Rung, place: int) -> Message:
    return orders.signed(rung.path, orders.signing_result(place), bank=orders.bank_of(place))


def _ask(climb: Climb, message: Message) -> None:
    environ = _environ(message)
    statuses: list[str] = []
    started = time.perf_counter()
    response = climb.application(environ, lambda status, headers: statuses.append(status))
    content = b"".join(response)
    response.close()
    climb.wall.append(1000 * (time.perf_counter() - started))
    if not statuses[0].startswith("200"):
        raise RuntimeError(f"{climb.rung.adds}: {statuses[0]} {content.decode()}")


def _environ(message: Message) -> dict[str, Any]:
    """The request as gunicorn hands it over."""
    return {
        "REQUEST_METHOD": "POST",
        "RAW_URI": message.path,
        "PATH_INFO": message.path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_AUTHORIZATION": message.authorization,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(message.body)),
        "wsgi.input": io.BytesIO(message.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
    }


@contextmanager
def _as_rung(rung: Rung) -> Iterator[None]:
    """What is no part of a view: the wake-up, and whether the connection is looked at before it is used."""
    with ExitStack() as stack:
        if not rung.wakes_worker:
            stack.enter_context(mock.patch.object(outbox, "wake", new=_wake_nobody))
        connection.ensure_connection()
        connection.health_check_enabled = rung.has_middleware
        yield


def _wake_nobody(partner_id: int) -> None:
    """Nothing of what is promised has to be delivered."""


@contextmanager
def _counted() -> Iterator[list[int]]:
    """Count the round trips to the database, but for BEGIN and COMMIT."""
    counted = [0]

    def count(execute: Any, *arguments: Any) -> Any:
        counted[0] += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        yield counted


def _finding(climbs: list[Climb]) -> Finding:
    rows = []
    for before, climb in zip([climbs[0], *climbs], climbs, strict=False):
        wall, work = median(climb.wall), _work(climb)
        more = [f"{wall - median(before.wall):+.2f}", f"{work - _work(before):+.2f}"]
        parts = [f"{median(climb.python):.2f}", f"{median(climb.database):.2f}"]
        rows.append([climb.rung.adds, f"{wall:.2f}", more[0], *parts, more[1], str(climb.queries)])
    ratios = [median(climbs[0].wall) / median(climbs[-1].wall), _work(climbs[0]) / _work(climbs[-1])]
    return Finding(
        "What each layer costs, one request at a time in one process",
        [
            "what the rung adds to the one above",
            "ms",
            "more",
            "Python ms",
            "PostgreSQL ms",
            "more",
            "statements",
        ],
        rows,
        [
            f"Bare to whole: {ratios[0]:.2f} by the clock, {ratios[1]:.2f} by processor time (Python and PostgreSQL)."
            f" Medians of {len(climbs[0].wall)} requests a rung, in turn, each committed to disk.",
        ],
    )


def _work(climb: Climb) -> float:
    return median(climb.python) + median(climb.database)
