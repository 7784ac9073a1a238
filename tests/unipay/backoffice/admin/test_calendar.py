from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.core.management import call_command
from django.test import Client
from django_celery_beat.models import PeriodicTask, PeriodicTasks
from kombu.exceptions import OperationalError

from tests.told import run_action
from unipay import clock
from unipay.models import TaskRun

LIST = "/admin/django_celery_beat/periodictask/"
ENTRY = "api.prune_nonces"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _calendar() -> None:
    call_command("sync_schedule")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The orders workers got."""
    asked: list[dict[str, Any]] = []
    current_app.loader.import_default_modules()
    monkeypatch.setattr(current_app.tasks[ENTRY], "apply_async", lambda **order: asked.append(order))
    return asked


def shown(client: Client) -> Any:
    page = client.get(LIST)
    model_admin = page.context["cl"].model_admin
    return model_admin, next(row for row in page.context["cl"].result_list if row.name == ENTRY)


def page_of_entry() -> str:
    return f"{LIST}{PeriodicTask.objects.get(name=ENTRY).pk}/run-now/"


def test_the_last_run_of_an_entry_is_listed_with_how_it_went(administrator: Client) -> None:
    started_at = clock.now() - timedelta(minutes=4)
    TaskRun.note(ENTRY, started_at=started_at, duration_ms=1234, error="")

    window, row = shown(administrator)

    assert window.outcome(row) == ("DONE", "done")
    assert window.last_run(row).endswith(" (1.23 s)")
    assert window.condition(row) == ("on", "on time")
    assert window.due(row) > window.last_run(row)


@pytest.mark.parametrize(("minutes", "condition"), [(4, "on"), (31, "late")])
def test_an_entry_that_is_late_is_marked(administrator: Client, minutes: int, condition: str) -> None:
    TaskRun.note(ENTRY, started_at=clock.now() - timedelta(minutes=minutes), duration_ms=1, error="")

    window, row = shown(administrator)

    assert window.condition(row)[0] == condition


def test_an_entry_that_is_switched_off_is_neither_late_nor_due(administrator: Client) -> None:
    PeriodicTask.objects.filter(name=ENTRY).update(enabled=False)

    window, row = shown(administrator)

    assert (window.condition(row)[0], window.due(row)) == ("off", "—")


def test_a_failed_run_is_marked_and_its_reason_shown(administrator: Client) -> None:
    TaskRun.note(ENTRY, started_at=clock.now(), duration_ms=1, error="ValueError('no file today')")

    window, row = shown(administrator)

    assert window.outcome(row) == ("FAILED", "failed")
    assert "no file today" in administrator.get(page_of_entry()).content.decode()


def test_run_now_asks_a_worker_and_follows_it_until_it_ran(
    administrator: Client, asked: list[dict[str, Any]]
) -> None:
    administrator.post(page_of_entry())
    queued = administrator.get(page_of_entry()).content.decode()
    TaskRun.note(ENTRY, started_at=clock.now(), duration_ms=7, error="")
    ran = administrator.get(page_of_entry()).content.decode()

    assert [order["headers"] for order in asked] == [{"periodic_task_name": ENTRY}]
    assert 'data-follow="on"' in queued
    assert 'data-follow="off"' in ran
    assert "took 7 ms" in ran


def test_an_order_no_worker_took_is_told_as_dropped(administrator: Client) -> None:
    TaskRun.ask(ENTRY, now=clock.now() - timedelta(minutes=6))

    page = administrator.get(page_of_entry()).content.decode()

    assert "No worker took the order" in page
    assert 'data-follow="off"' in page


def test_opening_the_page_runs_nothing(administrator: Client, asked: list[dict[str, Any]]) -> None:
    administrator.get(page_of_entry())

    assert asked == []


def test_a_broker_that_is_away_is_told_and_nothing_waits(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_order: Any) -> None:
        raise OperationalError("connection refused")

    current_app.loader.import_default_modules()
    monkeypatch.setattr(current_app.tasks[ENTRY], "apply_async", away)

    page = administrator.post(page_of_entry(), follow=True).content.decode()

    assert "The broker cannot be reached: nothing was asked for." in page
    assert not TaskRun.objects.exists()


def test_an_entry_no_worker_knows_says_so(administrator: Client, asked: list[dict[str, Any]]) -> None:
    known = PeriodicTask.objects.get(name=ENTRY)
    unknown = PeriodicTask.objects.create(name="x", task="nobody.knows", interval=known.interval)

    told = run_action(administrator, LIST, "run_chosen", known, unknown)

    assert told == [
        "1 asked to run.",
        "1 refused: the reasons are below.",
        f"{unknown}: No worker knows this task. nobody.knows",
    ]


def test_who_may_only_look_runs_nothing(clerk: Callable[..., Client], asked: list[dict[str, Any]]) -> None:
    looking = clerk("django_celery_beat.view_periodictask")

    answer = looking.post(page_of_entry())
    run_action(looking, LIST, "run_chosen", PeriodicTask.objects.get(name=ENTRY))

    assert answer.status_code == 403
    assert asked == []


def test_entries_are_switched_off_and_on(administrator: Client) -> None:
    entry = PeriodicTask.objects.get(name=ENTRY)
    changed_at = PeriodicTasks.last_change()

    assert run_action(administrator, LIST, "switch_off", entry) == ["1 switched off."]
    assert not PeriodicTask.objects.get(name=ENTRY).enabled
    assert PeriodicTasks.last_change() > changed_at
    assert run_action(administrator, LIST, "switch_off", entry)[-1] == f"{entry}: It is so already."
    assert run_action(administrator, LIST, "switch_on", entry)[-1] == "1 switched on."


@pytest.mark.parametrize(
    "action", ["switch_off", "enable_tasks", "disable_tasks", "toggle_tasks", "run_tasks"]
)
def test_who_may_only_look_switches_nothing(clerk: Callable[..., Client], action: str) -> None:
    entry = PeriodicTask.objects.get(name=ENTRY)
    before = PeriodicTask.objects.values().get(name=ENTRY)

    run_action(clerk("django_celery_beat.view_periodictask"), LIST, action, entry)

    assert PeriodicTask.objects.values().get(name=ENTRY) == before
