"""The Celery application. The broker only wakes workers: what there is to do stands in PostgreSQL."""

import os
import time
from datetime import UTC, datetime
from typing import Any

import pghistory
import structlog
from celery import Celery, Task
from django.apps import apps
from django.db import DatabaseError, InterfaceError
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unipay.settings")

log = structlog.get_logger(__name__)


class TracedTask(Task):  # type: ignore[misc]
    """A task whose changes say in the history that it made them, and whose last run the calendar shows."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task with its name as context; a run of a calendar entry is noted, others cost nothing."""
        entry = self._calendar_entry()
        started_at, began, error = datetime.now(UTC), time.monotonic(), ""
        try:
            with pghistory.context(source="Unipay", task=self.name):
                return super().__call__(*args, **kwargs)
        except Exception as failure:
            error = repr(failure)
            raise
        finally:
            if entry:
                _note(
                    entry, started_at=started_at, milliseconds=1000 * (time.monotonic() - began), error=error
                )

    def _calendar_entry(self) -> str:
        """Return the entry whose turn this is: beat, and whoever runs it by hand, name it in a header."""
        headers = getattr(self.request, "headers", None) or {}
        return str(headers.get("periodic_task_name") or getattr(self.request, "periodic_task_name", "") or "")


def _note(entry: str, *, started_at: datetime, milliseconds: float, error: str) -> None:
    """What cannot be noted is lost: the task itself must not fail for it."""
    run = apps.get_model("unipay", "TaskRun")
    try:
        run.note(entry, started_at=started_at, duration_ms=round(milliseconds), error=error)
    except (DatabaseError, InterfaceError) as failure:
        log.warning("task_run_not_noted", entry=entry, error=repr(failure))


app = Celery("unipay", task_cls=TracedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)
