"""The sweep finds what is to be done with files, whatever became of the wake-ups."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app

from tests.unipay.exchange.factories import (
    make_directory,
    make_expectation,
    make_received,
    make_sent,
    the_bank,
)
from unipay import clock
from unipay.exchange import tasks, wake
from unipay.exchange.models import ExpectedFile, Upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What workers are asked to do, in place of a broker."""
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: asked.append((name, args[0])))
    return asked


def test_the_sweep_wakes_workers_for_all_that_waits(woken: list[tuple[str, int]]) -> None:
    now = clock.now()
    received = make_received()
    not_passed_on = make_received("ACCEPTED")
    left = make_received(claimed_until=now - timedelta(seconds=1))
    make_received(claimed_until=now + timedelta(minutes=1))
    make_received("ACCEPTED", handled_at=now)
    make_received("CHECKED")
    make_received("REFUSED")
    sent = make_sent(route="DIRECTORY", next_attempt_at=now)
    directory = make_directory()

    tasks.sweep()

    assert woken == [
        ("exchange.check", received.pk),
        ("exchange.check", not_passed_on.pk),
        ("exchange.check", left.pk),
        ("exchange.deliver", sent.pk),
        ("exchange.look", directory.pk),
    ]


def test_a_broker_that_is_down_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    make_received()
    make_received()
    asked: list[str] = []

    def refuse(name: str, *_args: Any, **_options: Any) -> None:
        asked.append(name)
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app, "send_task", refuse)

    tasks.sweep()

    assert asked == ["exchange.check"]


@pytest.mark.parametrize("name", [wake.CHECK, wake.DELIVER, wake.LOOK])
def test_what_is_woken_exists(name: str) -> None:
    current_app.loader.import_default_modules()

    assert name in current_app.tasks


def test_what_must_come_is_written_down_and_missed() -> None:
    make_expectation(starts_on=clock.business_date(clock.now()) - timedelta(days=3), due_days=0)

    tasks.expect()

    states = list(ExpectedFile.objects.order_by("business_date").values_list("state", flat=True))
    assert (states[:3], states[-1], len(states)) == (["MISSING"] * 3, "EXPECTED", 39)


def test_tidying_gives_abandoned_uploads_up(settings: Any, tmp_path: Path) -> None:
    settings.UNIPAY_FILES_DIR = tmp_path
    now = clock.now()
    upload = Upload.objects.create(
        upload_no="U-1",
        partner=the_bank(),
        kind="bank_contract_full",
        name="book.txt",
        size=3,
        piece_size=1024,
        opened_at=now - timedelta(days=2),
        expires_at=now - timedelta(days=1),
    )

    tasks.tidy()

    upload.refresh_from_db()
    assert upload.state == "GIVEN_UP"
