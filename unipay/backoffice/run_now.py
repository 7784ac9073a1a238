"""What staff do to an entry of the calendar: run it out of turn, switch it on and off."""

import json

from celery import current_app
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import OperationalError

from unipay import clock
from unipay.errors import Finality, Refusal, reason
from unipay.models import PATIENCE, TaskRun

TASK_UNKNOWN = reason("task_unknown", status=409, title=_("No worker knows this task."))
ALREADY_SO = reason("already_so", status=409, title=_("It is so already."))
BROKER_AWAY = reason(
    "broker_away",
    status=503,
    title=_("The broker cannot be reached: nothing was asked for."),
    finality=Finality.UNKNOWN,
)


def run_out_of_turn(entry: PeriodicTask) -> None:
    """Ask a worker to run the entry now; refused when nobody knows the task, or the broker is away.

    An order that no worker took within PATIENCE is dropped.
    """
    current_app.loader.import_default_modules()
    task = current_app.tasks.get(entry.task)
    if task is None:
        raise Refusal(TASK_UNKNOWN, entry.task)
    TaskRun.ask(entry.name, now=clock.now())
    try:
        task.apply_async(
            args=json.loads(entry.args),
            kwargs=json.loads(entry.kwargs),
            queue=entry.queue,
            headers={"periodic_task_name": entry.name},
            expires=PATIENCE.total_seconds(),
            retry=False,
        )
    except (OperationalError, OSError) as error:
        raise Refusal(BROKER_AWAY) from error


def switch(entry: PeriodicTask, *, on: bool) -> None:
    """Let the entry run at its times, or rest; the beat hears of it within seconds. Refused where nothing changes."""
    if entry.enabled is on:
        raise Refusal(ALREADY_SO)
    entry.enabled = on
    entry.save(update_fields=["enabled"])
