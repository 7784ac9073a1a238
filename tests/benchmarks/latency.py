"""From commit to delivery: how long after its transaction a message reaches the partner, by a real worker."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import quantiles

from django.conf import settings
from django.db import transaction

from tests.benchmarks import outbox_rows
from tests.benchmarks.partner_door import PartnerDoor, open_door
from tests.benchmarks.report import Finding
from tests.benchmarks.stage import ROOT, as_application
from unipay import clock
from unipay.messaging import outbox
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners.models import Partner

PER_SECOND = 20
_START_SECONDS = 60
_PATIENCE_SECONDS = 30


def measure(seconds: str) -> list[Finding]:
    """Promise messages at an even pace for so long, to five provinces in turn, and compare the clocks."""
    OutboundMessage.objects.filter(state=MessageState.PENDING, next_attempt_at__lte=clock.now()).delete()
    with open_door() as door:
        provinces = outbox_rows.provinces(5)
        for province in provinces:
            province.base_url = door.url
            province.save(update_fields=["base_url"])
        with _worker():
            _await_worker(provinces[0], door)
            committed = _promise_evenly(provinces, count=int(seconds) * PER_SECOND)
            arrived = _await_arrivals(committed, door)
    waits = [1000 * (arrived[event_id] - at) for event_id, at in committed.items()]
    return [_finding(waits)]


@contextmanager
def _worker() -> Iterator[None]:
    """The worker as the Procfile starts it."""
    command = [sys.executable, "-m", "celery", "-A", "unipay", "--quiet", "worker", "--pool", "threads"]
    command += ["--concurrency", "16", "--without-gossip", "--without-mingle", "--loglevel", "warning"]
    environment = {**os.environ, "DATABASE_URL": as_application(os.environ["DATABASE_URL"], "worker")}
    with (Path(os.environ["UNIPAY_DATA_DIR"]) / "worker.log").open("a") as log:
        started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        started.terminate()
        with suppress(subprocess.TimeoutExpired):
            started.wait(10)
        started.kill()


def _await_worker(province: Partner, door: PartnerDoor) -> None:
    """Send one message a second until one arrives, then let the queue run dry."""
    until = time.monotonic() + _START_SECONDS
    while not door.take_arrivals():
        if time.monotonic() > until:
            raise RuntimeError("The worker delivers nothing.")
        _promise(province, 0, outbox_rows.facts(), {})
        time.sleep(1)
    time.sleep(1)
    door.take_arrivals()


def _promise_evenly(provinces: list[Partner], *, count: int) -> dict[str, float]:
    """Return when each message was committed, by event id."""
    committed: dict[str, float] = {}
    content = outbox_rows.facts()
    started = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, started + number / PER_SECOND - time.monotonic()))
        _promise(provinces[number % len(provinces)], number + 1, content, committed)
    return committed


def _promise(province: Partner, number: int, content: dict[str, object], committed: dict[str, float]) -> None:
    with transaction.atomic():
        # The first thing after the commit, before anybody is woken.
        note: list[str] = []
        transaction.on_commit(partial(_note, note, committed))
        message = outbox.promise(
            partner=province,
            kind="contract_changed",
            subject=f"contract:latency-{number}",
            resource_version=2,
            payload=content,
            now=clock.now(),
        )
        note.append(str(message.event_id))


def _note(note: list[str], committed: dict[str, float]) -> None:
    committed[note[0]] = time.time()


def _await_arrivals(committed: dict[str, float], door: PartnerDoor) -> dict[str, float]:
    arrived: dict[str, float] = {}
    until = time.monotonic() + _PATIENCE_SECONDS
    while not committed.keys() <= arrived.keys():
        if time.monotonic() > until:
            raise RuntimeError(f"{len(committed.keys() - arrived.keys())} messages did not arrive.")
        time.sleep(0.2)
        arrived.update(door.take_arrivals())
    return arrived


def _finding(waits: list[float]) -> Finding:
    cuts = quantiles(waits, n=100)
    broker = settings.CELERY_BROKER_URL.partition(":")[0]
    return Finding(
        "From commit to the partner, by a real worker",
        ["broker", "p50 ms", "p99 ms", "longest ms"],
        [[broker, f"{cuts[49]:.0f}", f"{cuts[98]:.0f}", f"{max(waits):.0f}"]],
        [
            f"{len(waits)} messages at {PER_SECOND} a second to five provinces; issue 2 wants less than a second."
        ],
    )
