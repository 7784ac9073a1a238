"""Everything dead of one partner, sent again: a run that goes on where it stopped, and a line for each message."""

from datetime import datetime

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from unipay.messaging.models.outbound import MessageState, OutboundMessage
from unipay.state_field import StateField


class ReplayState(models.TextChoices):
    """WAITING until a worker wrote its lines down, RUNNING until all are handled, or STOPPED by somebody."""

    WAITING = "WAITING", pgettext_lazy("replay", "waiting")
    RUNNING = "RUNNING", pgettext_lazy("replay", "running")
    FINISHED = "FINISHED", pgettext_lazy("replay", "finished")
    STOPPED = "STOPPED", pgettext_lazy("replay", "stopped")


UNFINISHED = (ReplayState.WAITING, ReplayState.RUNNING)


class ReplayOutcome(models.TextChoices):
    """What became of one line; empty while it waits."""

    SENT_AGAIN = "SENT_AGAIN", _("sent again")
    LEFT_ALONE = "LEFT_ALONE", _("left alone")


@pghistory.track(
    pghistory.UpdateEvent("state_changed", condition=pghistory.AnyChange("state")),
    fields=["id", "state", "total", "sent_again", "left_alone"],
    model_name="ReplayRunEvent",
)
class ReplayRun(models.Model):
    """One order to send again what was dead of a partner when it was given; `moved_at`: a worker's last step."""

    partner = models.ForeignKey("partners.Partner", models.PROTECT, related_name="+", verbose_name=_("to"))
    state = StateField(_("state"), default=ReplayState.WAITING, choices=ReplayState, protected=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    moved_at = models.DateTimeField(_("last step"))
    finished_at = models.DateTimeField(pgettext_lazy("time", "finished"), null=True, blank=True)
    total = models.PositiveIntegerField(_("messages"), default=0)
    sent_again = models.PositiveIntegerField(_("sent again"), default=0)
    left_alone = models.PositiveIntegerField(_("left alone"), default=0)

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        constraints = [
            models.UniqueConstraint(
                fields=["partner"], name="one_running_replay_per_partner", condition=Q(state__in=UNFINISHED)
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at=None)
                | (~Q(state__in=UNFINISHED) & Q(finished_at__isnull=False)),
                name="replay_is_finished_unless_running",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Replay %(number)d") % {"number": self.pk or 0})

    @property
    def handled(self) -> int:
        """How many lines need nothing more."""
        return self.sent_again + self.left_alone

    @property
    def is_over(self) -> bool:
        """Whether no worker will touch it again."""
        return self.state not in UNFINISHED

    @transition(state, ReplayState.WAITING, ReplayState.RUNNING)
    def begin(self, *, total: int) -> None:
        """Its lines are written down."""
        self.total = total

    @transition(state, ReplayState.RUNNING, ReplayState.FINISHED)
    def finish(self, *, now: datetime) -> None:
        """Every line was handled."""
        self.finished_at = now

    @transition(state, UNFINISHED, ReplayState.STOPPED)
    def stop(self, *, now: datetime) -> None:
        """The rest stays as it is."""
        self.finished_at = now


class ReplayLine(models.Model):
    """One message of a run; `found` is the state it was left alone in, as somebody else had dealt with it."""

    run = models.ForeignKey(ReplayRun, models.CASCADE, related_name="lines", db_index=False)
    message = models.ForeignKey(OutboundMessage, models.CASCADE, related_name="+", verbose_name=_("message"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=ReplayOutcome, blank=True)
    found = models.CharField(_("found"), max_length=16, choices=MessageState, blank=True)

    class Meta:
        verbose_name = _("message of a replay")
        verbose_name_plural = _("messages of a replay")
        indexes = [models.Index(fields=["run", "outcome", "id"], name="replay_line_by_outcome")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.message_id}"
