"""How fast the outbox empties: our delivery to a fast partner against a bare httpx loop that posts the same bodies."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from unittest import mock

import httpx
from django.db import connection

from tests.benchmarks import outbox_rows
from tests.benchmarks.partner_door import open_door
from tests.benchmarks.processor_time import processor_seconds
from tests.benchmarks.report import Finding
from unipay import clock, signatures
from unipay.messaging import delivery, outbox
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners.gateways.province import CONTRACT_CHANGED_PATH
from unipay.partners.keys import own_key
from unipay.partners.models import OwnKey, Partner

BARE = "bare httpx loop, signing each"
_ROUNDS = 3


@dataclass
class Sent:
    """One round: how many messages, how long that took, and how long processors worked for it."""

    count: int = 0
    seconds: float = 0.0
    processor: float = 0.0


def measure(count: str) -> list[Finding]:
    """Send so many messages a round: bare, signing each, by our delivery to one partner and to four at once."""
    with open_door() as door, mock.patch.object(outbox, "wake", new=_wake_nobody):
        provinces = outbox_rows.provinces(4)
        for province in provinces:
            province.base_url = door.url
            province.save(update_fields=["base_url"])
        loops = _loops(door.url + CONTRACT_CHANGED_PATH, provinces, count=int(count))
        sent: dict[str, list[Sent]] = {name: [] for name in loops}
        for _ in range(_ROUNDS):
            for name, loop in loops.items():
                sent[name].append(loop())
    return [_finding(sent, count=int(count))]


def _wake_nobody(partner_id: int) -> None:
    """Delivery is called here, not by a worker."""


def _loops(url: str, provinces: list[Partner], *, count: int) -> dict[str, Callable[[], Sent]]:
    """What is compared; each sends `count` messages."""
    content = outbox_rows.facts()
    bodies = [json.dumps({**content, "event_id": str(number)}).encode() for number in range(count)]
    key = own_key("RSA-SHA256", clock.now())
    signed = [(body, _signature(key, body)) for body in bodies]
    return {
        "bare httpx loop, bodies signed before": lambda: _post(url, signed),
        BARE: lambda: _post(url, ((body, _signature(key, body)) for body in bodies)),
        "our delivery, one partner": lambda: _deliver(provinces[:1], count),
        "our delivery, four partners at once": lambda: _deliver(provinces, count),
    }


def _post(url: str, messages: Iterable[tuple[bytes, dict[str, str]]]) -> Sent:
    with httpx.Client(trust_env=False) as client, _measured() as sent:
        posts = [client.post(url, content=body, headers=headers) for body, headers in messages]
        sent.count = len(posts)
    if any(not post.is_success for post in posts):
        raise RuntimeError("The partner did not acknowledge.")
    return sent


def _deliver(provinces: list[Partner], count: int) -> Sent:
    now, first = clock.now(), OutboundMessage.objects.count()
    share = count // len(provinces)
    promised = [
        message.pk
        for province in provinces
        for message in outbox_rows.promise(province, first=first, count=share, now=now)
    ]
    with _measured() as sent, ThreadPoolExecutor(len(provinces)) as threads:
        list(threads.map(_drain, provinces))
        sent.count = len(promised)
    delivered = OutboundMessage.objects.filter(pk__in=promised, state=MessageState.DELIVERED).count()
    if delivered != len(promised):
        raise RuntimeError(f"{delivered} of {len(promised)} messages were delivered.")
    return sent


def _drain(province: Partner) -> None:
    before = _own_backend_seconds()
    try:
        while delivery.deliver_due(partner_id=province.pk, clock=clock.now).is_unfinished:
            pass
    finally:
        _backend_seconds.append(_own_backend_seconds() - before)
        connection.close()


_backend_seconds: list[float] = []


def _own_backend_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return processor_seconds(cursor.fetchone()[0])


@contextmanager
def _measured() -> Iterator[Sent]:
    """The clock, and the processor time of this process and of its backends of PostgreSQL."""
    _backend_seconds.clear()
    sent = Sent()
    wall, python = time.perf_counter(), time.process_time()
    yield sent
    sent.seconds = time.perf_counter() - wall
    sent.processor = time.process_time() - python + sum(_backend_seconds)


def _signature(key: OwnKey, body: bytes) -> dict[str, str]:
    timestamp, nonce = str(int(time.time())), "0123456789abcdef0123456789abcdef"
    text = signatures.answer_text(timestamp, nonce, body)
    return {
        "Content-Type": "application/json",
        "Unipay-Timestamp": timestamp,
        "Unipay-Nonce": nonce,
        "Unipay-Key": key.key_id,
        "Unipay-Signature": signatures.sign(key.private_key, key.algorithm, text),
    }


def _finding(sent: dict[str, list[Sent]], *, count: int) -> Finding:
    rates = {name: median(each.count / each.seconds for each in rounds) for name, rounds in sent.items()}
    work = {
        name: median(1000 * each.processor / each.count for each in rounds) for name, rounds in sent.items()
    }
    return Finding(
        "Emptying the outbox to a fast partner on this machine",
        ["", "messages per second", "to bare, signing each", "processor ms"],
        [
            [name, f"{rate:.0f}", f"{rate / rates[BARE]:.2f}", f"{work[name]:.2f}"]
            for name, rate in rates.items()
        ],
        [
            f"Medians of {_ROUNDS} rounds of {count} messages, in turn. Ours claims each message, signs and sends"
            " it, and records the attempt and what follows in a transaction; four calls at once to one partner.",
            "Processor time is ours and PostgreSQL's, not the partner's.",
        ],
    )
