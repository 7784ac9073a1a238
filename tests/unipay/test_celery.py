"""What the calendar shows of a run is noted by the task itself, and only for runs of the calendar."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError

from unipay import celery_app, clock
from unipay.celery import TracedTask
from unipay.models import TaskRun

pytestmark = pytest.mark.django_db


def work() -> dict[str, str]:
    return {}


def fail() -> None:
    raise ValueError("no file today")


@pytest.fixture
def run() -> Iterator[Any]:
    """Run a function as a task, as an entry of the calendar or as nobody's."""

    def run(function: Any, entry: str = "") -> Any:
        task = celery_app.task(function, name=f"tests.{function.__name__}", base=TracedTask)
        headers = {"periodic_task_name": entry} if entry else None
        return task.apply(headers=headers, throw=False)

    yield run
    for name in [name for name in celery_app.tasks if name.startswith("tests.")]:
        celery_app.tasks.pop(name)


def test_the_last_run_of_an_entry_is_kept_and_no_earlier_one(run: Any) -> None:
    run(fail, "nightly")
    run(work, "nightly")

    noted = TaskRun.objects.get()
    assert (noted.name, noted.outcome, noted.error) == ("nightly", "DONE", "")
    assert clock.now() - noted.started_at < timedelta(seconds=10)


def test_a_failure_is_noted_with_its_reason_and_stays_one(run: Any) -> None:
    result = run(fail, "nightly")

    noted = TaskRun.objects.get()
    assert (noted.outcome, noted.error) == ("FAILED", "ValueError('no file today')")
    assert isinstance(result.result, ValueError)


def test_a_task_outside_the_calendar_notes_nothing(run: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        run(work)

    assert not TaskRun.objects.exists()


def test_a_run_costs_one_statement(run: Any, django_assert_num_queries: Any) -> None:
    run(work, "nightly")

    with django_assert_num_queries(1):
        TaskRun.note("nightly", started_at=clock.now(), duration_ms=1, error="")


def test_a_note_that_is_lost_fails_no_task(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError("the database is away")

    monkeypatch.setattr(TaskRun, "note", away)

    assert run(work, "nightly").result == {}


def test_a_run_somebody_asked_for_waits_until_it_begins() -> None:
    asked_at = clock.now()
    TaskRun.ask("nightly", now=asked_at)
    assert TaskRun.objects.get().waits

    TaskRun.note("nightly", started_at=asked_at + timedelta(seconds=1), duration_ms=5, error="")

    assert not TaskRun.objects.get().waits
    assert SimpleNamespace(**TaskRun.objects.values().get()).asked_at == asked_at
