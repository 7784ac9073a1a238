"""What probes and monitors are told, and that a broken component never becomes a 500."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from unipay import clock, health
from unipay.messaging import queries
from unipay.models import Heartbeat
from unipay.tasks import heartbeat

TOKEN = "a-token-for-the-monitor-0123456789"


@pytest.fixture(autouse=True)
def production(settings: Settings) -> None:
    settings.DEBUG = False
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture(autouse=True)
def _forget_migrations() -> Iterator[None]:
    health._all_migrations_applied.cache_clear()
    yield
    health._all_migrations_applied.cache_clear()


@pytest.fixture
def monitor() -> Client:
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def fail_to_connect(*args: object, **kwargs: object) -> None:
    raise OperationalError("connection refused")


def test_a_living_process_says_so_without_a_host_name_or_tls(client: Client) -> None:
    answer = client.get("/healthz", headers={"Host": "10.0.0.7:8000"})

    assert answer.status_code == 200
    assert answer.json() == {"status": "alive"}


@pytest.mark.django_db
def test_a_centre_whose_clockwork_runs_is_ready(monitor: Client) -> None:
    heartbeat()

    answer = monitor.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert {name: found["status"] for name, found in answer.json()["components"].items()} == {
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
        "beat": "ok",
        "outbox": "ok",
    }


@pytest.mark.django_db
def test_strangers_learn_whether_it_is_ready_and_nothing_else(client: Client) -> None:
    heartbeat()

    answer = client.get("/readyz", headers={"Authorization": "Bearer guessed"})

    assert answer.json() == {"status": "ready"}


@pytest.mark.django_db
def test_without_a_token_nobody_sees_details(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    answers = [client.get(path, headers={"Authorization": "Bearer "}) for path in ("/readyz", "/metrics")]

    assert "components" not in answers[0].json()
    assert answers[1].status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "problem"),
    [(None, "no heartbeat yet"), (timedelta(seconds=90), "last heartbeat 90 s ago")],
)
def test_a_stopped_beat_is_not_ready(monitor: Client, age: timedelta | None, problem: str) -> None:
    if age:
        Heartbeat.objects.create(name="beat", beat_at=clock.now() - age)

    answer = monitor.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["components"]["beat"]["status"] == problem


@pytest.mark.django_db
def test_an_outbox_that_lags_is_not_ready(monitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat()
    monkeypatch.setattr(queries, "outbox_lag_seconds", lambda: 121.0)

    answer = monitor.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["components"]["outbox"]["status"] == "121 s behind"


@pytest.mark.django_db
def test_unapplied_migrations_are_not_ready(monitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat()
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: [("unipay", False)])

    answer = monitor.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["components"]["migrations"]["status"] == "unapplied migrations"


@pytest.mark.django_db
def test_a_broker_that_does_not_answer_is_not_ready(monitor: Client, settings: Settings) -> None:
    heartbeat()
    with health.current_app.connection_for_write() as broker:
        refused = type(broker)("amqp://127.0.0.1:1//")

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(health.current_app, "connection_for_write", lambda **_: refused)
            answer = monitor.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["components"]["broker"]["status"] == "OperationalError"


@pytest.mark.django_db
def test_a_dead_database_is_503_in_json_and_asks_nothing_else(
    monitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "cursor", fail_to_connect)

    answer = monitor.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["components"].keys() == {"database"}
    assert answer.json()["components"]["database"]["status"] == "OperationalError"


@pytest.mark.django_db
def test_figures_tell_outbox_and_beat(monitor: Client, time_machine: Any) -> None:
    time_machine.move_to(clock.now(), tick=False)
    heartbeat()

    answer = monitor.get("/metrics")

    assert answer.status_code == 200
    lines = answer.content.decode().splitlines()
    assert "unipay_outbox_pending 0.0" in lines
    assert "unipay_outbox_dead 0.0" in lines
    assert "unipay_outbox_lag_seconds 0.0" in lines
    assert "unipay_beat_age_seconds 0.0" in lines
    assert any(line.startswith("django_http_requests_before_middlewares_total") for line in lines)


@pytest.mark.django_db
def test_figures_of_a_dead_database_are_absent_not_an_error(
    monitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "pending_count", fail_to_connect)

    answer = monitor.get("/metrics")

    assert answer.status_code == 200
    assert b"unipay_outbox_pending" not in answer.content
