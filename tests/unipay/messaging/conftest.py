"""A province and its server, a kind of message whose sequels are kept, and a clock that tests move."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.factories import make_partner
from tests.partner_server import PartnerServer, serving
from unipay.errors import Finality
from unipay.messaging import kinds, outbox, tasks
from unipay.messaging.kinds import MessageKind, Sequel
from unipay.messaging.models import OutboundMessage
from unipay.partners import keys
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner, ResultCode

START = datetime(2026, 10, 1, 4, tzinfo=UTC)


@dataclass
class MovableClock:
    """A clock that stands until a test moves it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Sequels:
    """What followed from messages of the kind "notice"; a test may make a sequel do more, or raise."""

    settled: list[tuple[str, str]] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    also: Sequel | None = None

    def on_settled(self, message: OutboundMessage, now: datetime) -> None:
        if self.also:
            self.also(message, now)
        self.settled.append((message.subject, message.state))

    def on_dead(self, message: OutboundMessage, now: datetime) -> None:
        if self.also:
            self.also(message, now)
        self.dead.append(message.subject)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(autouse=True)
def sequels(monkeypatch: pytest.MonkeyPatch) -> Sequels:
    sequels = Sequels()
    kind = MessageKind("notice", "notice", "/notices", on_settled=sequels.on_settled, on_dead=sequels.on_dead)
    monkeypatch.setitem(kinds._KINDS, "notice", kind)
    return sequels


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The partners delivery was woken for; nothing reaches a broker."""
    woken: list[int] = []
    monkeypatch.setattr(tasks, "_pause_ends", 0.0)
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda args, **options: woken.append(*args))
    monkeypatch.setattr(tasks.replay, "apply_async", lambda args, **options: None)
    keys.forget_keys()
    return woken


@pytest.fixture
def province(db: None) -> Partner:
    return make_notified_province("ZJ")


@pytest.fixture
def server(province: Partner) -> Iterator[PartnerServer]:
    with serving(province) as server:
        yield server


@pytest.fixture
def promise(province: Partner, clock: MovableClock) -> Callable[..., OutboundMessage]:
    """Promise a notice about a subject to the province, in a transaction of its own."""

    def promise_now(subject: str = "contract:A", *, version: int = 1, **given: Any) -> OutboundMessage:
        order = {"partner": province, "kind": "notice", "payload": {"said": subject}, **given}
        with transaction.atomic():
            return outbox.promise(subject=subject, resource_version=version, now=clock(), **order)

    return promise_now


def stored(message: OutboundMessage) -> OutboundMessage:
    """The message as it stands in the database now."""
    return OutboundMessage.objects.get(pk=message.pk)


def make_notified_province(code: str) -> Partner:
    codes = {"0000": Finality.SUCCESS, "3001": Finality.FINAL_FAILURE, "9000": Finality.UNKNOWN}
    for result_code, finality in codes.items():
        ResultCode.objects.get_or_create(
            kind=PartnerKind.PROVINCE, code=result_code, defaults={"finality": finality}
        )
    return make_partner(code, "PROVINCE", read_timeout_ms=500)
