"""A file of ours for a partner, and its journey."""

from datetime import datetime

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from unipay.state_field import StateField


class SentState(models.TextChoices):
    """READY once written; DELIVERED where the partner finds it; ACKNOWLEDGED when it said so, by whatever way."""

    READY = "READY", pgettext_lazy("file", "ready")
    DELIVERED = "DELIVERED", pgettext_lazy("file", "delivered")
    ACKNOWLEDGED = "ACKNOWLEDGED", pgettext_lazy("file", "acknowledged")
    FAILED = "FAILED", pgettext_lazy("file", "refused by the partner")
    CANCELLED = "CANCELLED", pgettext_lazy("file", "cancelled")


class Route(models.TextChoices):
    """How the partner gets the file."""

    DIRECTORY = "DIRECTORY", _("directory")
    API = "API", _("download over the API")
    HAND = "HAND", _("download by staff")


@pghistory.track(
    pghistory.UpdateEvent("state_changed", condition=pghistory.AnyChange("state")),
    fields=["id", "file_no", "state", "last_error"],
    model_name="SentFileEvent",
)
class SentFile(models.Model):
    """One file of ours, its content in the vault under `file_no`; `subject` names what it is about ("run:R-…")."""

    file_no = models.CharField(_("file number"), max_length=64, unique=True)
    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("to")
    )
    kind = models.CharField(_("kind of file"), max_length=64)
    layout = models.ForeignKey(
        "exchange.FileLayout", models.PROTECT, related_name="+", verbose_name=_("layout")
    )
    subject = models.CharField(_("about"), max_length=80)
    business_date = models.DateField(_("business date"))
    name = models.CharField(_("file name"), max_length=255)
    size = models.BigIntegerField(_("size (bytes)"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    row_count = models.BigIntegerField(pgettext_lazy("file", "lines"))
    total_fen = models.BigIntegerField(_("total (fen)"), null=True, blank=True)
    route = models.CharField(_("route"), max_length=12, choices=Route)
    state = StateField(_("state"), default=SentState.READY, choices=SentState, protected=True)
    written_at = models.DateTimeField(pgettext_lazy("time", "written"))
    delivered_at = models.DateTimeField(pgettext_lazy("time", "delivered"), null=True, blank=True)
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("sent file")
        verbose_name_plural = _("sent files")
        permissions = [("download_sentfile", _("Can download files for partners"))]
        constraints = [
            models.UniqueConstraint(fields=["partner", "name"], name="one_sent_file_per_name"),
        ]
        indexes = [
            models.Index(fields=["partner", "kind", "business_date"], name="sent_by_day"),
            models.Index(fields=["subject"], name="sent_by_subject"),
            models.Index(
                fields=["next_attempt_at", "id"], name="sent_to_deliver", condition=Q(state=SentState.READY)
            ),
            models.Index(
                fields=["delivered_at"], name="sent_unanswered", condition=Q(state=SentState.DELIVERED)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(state, SentState.READY, SentState.DELIVERED)
    def deliver(self, *, now: datetime) -> None:
        """It stands where the partner fetches it, or the partner has fetched it."""
        self.delivered_at, self.last_error, self.next_attempt_at = now, "", None

    @transition(state, [SentState.READY, SentState.DELIVERED], SentState.ACKNOWLEDGED)
    def acknowledge(self, *, now: datetime) -> None:
        """The partner has it and says so."""
        self.delivered_at = self.delivered_at or now
        self.settled_at, self.next_attempt_at = now, None

    @transition(state, [SentState.READY, SentState.DELIVERED], SentState.FAILED)
    def fail(self, *, why: str, now: datetime) -> None:
        """The partner refused the file as a whole."""
        self.settled_at, self.last_error, self.next_attempt_at = now, why[:400], None

    @transition(state, [SentState.READY, SentState.DELIVERED], SentState.CANCELLED)
    def cancel(self, *, now: datetime) -> None:
        """It is no longer true: whoever has not taken it must not."""
        self.settled_at, self.next_attempt_at = now, None
