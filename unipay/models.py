"""What the centre notes about itself: that its clockwork runs."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Heartbeat(models.Model):
    """The last sign of life that came all the way from the beat through the broker and a worker to the database."""

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=32, primary_key=True)
    beat_at = models.DateTimeField(_("beat at"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name

    def age(self, now: datetime) -> timedelta:
        """Tell how long ago the heart beat."""
        return now - self.beat_at


PATIENCE = timedelta(minutes=5)
"""How long a run that somebody asked for may wait for a worker, before the order is dropped."""


class TaskRun(models.Model):
    """The last run of one entry of the calendar, and whether somebody asked for one out of turn.

    One row an entry: the past is in the log. `asked_at` later than `started_at`: no worker has taken it yet.
    """

    class Outcome(models.TextChoices):
        """How the last run ended."""

        DONE = "DONE", pgettext_lazy("task", "done")
        FAILED = "FAILED", pgettext_lazy("task", "failed")

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=200, primary_key=True)
    asked_at = models.DateTimeField(_("asked for"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration (ms)"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("last run of a task")
        verbose_name_plural = _("last runs of tasks")

    def __str__(self) -> str:
        return self.name

    @property
    def waits(self) -> bool:
        """Whether somebody asked for a run that has not begun."""
        return self.asked_at is not None and (self.started_at is None or self.started_at < self.asked_at)

    def was_dropped(self, now: datetime) -> bool:
        """Whether a run was asked for so long ago that no worker will take it any more."""
        return self.waits and self.asked_at is not None and self.asked_at < now - PATIENCE

    @staticmethod
    def note(name: str, *, started_at: datetime, duration_ms: int, error: str) -> None:
        """Write down how an entry ran, in one statement; `error` empty: it was done."""
        outcome = TaskRun.Outcome.FAILED if error else TaskRun.Outcome.DONE
        run = TaskRun(
            name=name, started_at=started_at, duration_ms=duration_ms, outcome=outcome, error=error[:300]
        )
        fields = ["started_at", "duration_ms", "outcome", "error"]
        TaskRun.objects.bulk_create(
            [run], update_conflicts=True, unique_fields=["name"], update_fields=fields
        )

    @staticmethod
    def ask(name: str, *, now: datetime) -> None:
        """Write down that somebody asked for a run."""
        run = TaskRun(name=name, asked_at=now)
        TaskRun.objects.bulk_create(
            [run], update_conflicts=True, unique_fields=["name"], update_fields=["asked_at"]
        )
