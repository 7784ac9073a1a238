"""The Celery application. The broker only wakes workers: what there is to do stands in PostgreSQL."""

import os
from typing import Any

import pghistory
from celery import Celery, Task
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unipay.settings")


class TracedTask(Task):  # type: ignore[misc]
    """A task whose changes say in the history that it made them."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task with its name as context."""
        with pghistory.context(source="Unipay", task=self.name):
            return super().__call__(*args, **kwargs)


app = Celery("unipay", task_cls=TracedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)
