"""A file a partner sent: kept as it came, sealed, and what became of it."""

from datetime import datetime

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from unipay.state_field import StateField


class ReceivedState(models.TextChoices):
    """RECEIVED until read; CHECKED when its faults wait for people; ACCEPTED, REFUSED and QUARANTINED are final."""

    RECEIVED = "RECEIVED", pgettext_lazy("file", "received")
    CHECKED = "CHECKED", pgettext_lazy("file", "checked, waiting for a decision")
    ACCEPTED = "ACCEPTED", pgettext_lazy("file", "accepted")
    REFUSED = "REFUSED", pgettext_lazy("file", "refused")
    QUARANTINED = "QUARANTINED", pgettext_lazy("file", "in quarantine")


class FileOrigin(models.TextChoices):
    """How a file came to us."""

    UPLOAD = "UPLOAD", _("uploaded by staff")
    API = "API", _("sent over the API")
    DIRECTORY = "DIRECTORY", _("picked up from a directory")
    COMMAND = "COMMAND", _("given to a command")


@pghistory.track(
    pghistory.UpdateEvent("state_changed", condition=pghistory.AnyChange("state")),
    fields=["id", "file_no", "state", "refusal_code", "decision_remark"],
    model_name="ReceivedFileEvent",
)
class ReceivedFile(models.Model):
    """One file, its content in the vault under `file_no`.

    `digest`: SHA-256 of the content as it came, hex; the same content is accepted once (of a file
    without a byte: once a day). `refusal`: the reason in words
    a finance clerk understands; `header` and `trailer` as read. Counts are of lines: `line_count` = `accepted_count` +
    `faulty_count`. `claimed_until`: whoever reads it holds it until then.
    """

    file_no = models.CharField(_("file number"), max_length=64, unique=True)
    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("from")
    )
    kind = models.CharField(_("kind of file"), max_length=64)
    layout = models.ForeignKey(
        "exchange.FileLayout",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("layout"),
    )
    business_date = models.DateField(_("business date"), null=True, blank=True)
    cut_off_at = models.DateTimeField(_("cut-off"), null=True, blank=True)
    name = models.CharField(_("file name"), max_length=255)
    size = models.BigIntegerField(_("size (bytes)"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    origin = models.CharField(_("origin"), max_length=12, choices=FileOrigin)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    request_no = models.CharField(_("partner's request number"), max_length=64, blank=True)
    received_at = models.DateTimeField(pgettext_lazy("time", "received"))
    state = StateField(_("state"), default=ReceivedState.RECEIVED, choices=ReceivedState, protected=True)
    line_count = models.BigIntegerField(pgettext_lazy("file", "lines"), null=True, blank=True)
    accepted_count = models.BigIntegerField(_("accepted lines"), null=True, blank=True)
    faulty_count = models.BigIntegerField(_("faulty lines"), null=True, blank=True)
    header = models.JSONField(_("header"), default=dict, blank=True)
    trailer = models.JSONField(_("trailer"), default=dict, blank=True)
    is_declared_empty = models.BooleanField(_("declared empty"), default=False)
    refusal_code = models.CharField(_("reason"), max_length=64, blank=True)
    refusal = models.TextField(_("why it was refused"), blank=True)
    checked_at = models.DateTimeField(pgettext_lazy("time", "checked"), null=True, blank=True)
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision_remark = models.CharField(_("remark"), max_length=400, blank=True)
    handled_at = models.DateTimeField(_("passed on"), null=True, blank=True)
    claimed_until = models.DateTimeField(_("being read until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("received file")
        verbose_name_plural = _("received files")
        permissions = [
            ("upload_receivedfile", _("Can upload files of partners")),
            ("download_receivedfile", _("Can download files of partners as they came")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=~Q(state__in=[ReceivedState.REFUSED, ReceivedState.QUARANTINED]) & Q(size__gt=0),
                name="one_live_file_per_content",
            ),
            models.UniqueConstraint(
                fields=["partner", "kind", "business_date"],
                condition=~Q(state__in=[ReceivedState.REFUSED, ReceivedState.QUARANTINED]) & Q(size=0),
                nulls_distinct=False,
                name="one_live_empty_file_per_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReceivedState.ACCEPTED)
                | Q(line_count=models.F("accepted_count") + models.F("faulty_count")),
                name="every_line_is_accounted_for",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ReceivedState.REFUSED, ReceivedState.QUARANTINED])
                & ~Q(refusal_code="")
                | ~Q(state__in=[ReceivedState.REFUSED, ReceivedState.QUARANTINED]) & Q(refusal_code=""),
                name="refused_file_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "kind", "business_date"], name="received_by_day"),
            models.Index(fields=["received_at"], name="received_by_time"),
            models.Index(
                fields=["claimed_until", "id"],
                name="received_to_read",
                condition=Q(state=ReceivedState.RECEIVED) | Q(state=ReceivedState.ACCEPTED, handled_at=None),
            ),
            models.Index(
                fields=["state", "-id"],
                name="received_exceptions",
                condition=~Q(state=ReceivedState.ACCEPTED),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(state, ReceivedState.RECEIVED, ReceivedState.CHECKED)
    def check_out(self, *, now: datetime) -> None:
        """It was read and has faults people must decide on."""
        self.checked_at = now

    @transition(state, [ReceivedState.RECEIVED, ReceivedState.CHECKED], ReceivedState.ACCEPTED)
    def accept(self, *, now: datetime) -> None:
        """Its good lines count."""
        self.checked_at = self.checked_at or now
        self.settled_at = now

    @transition(state, [ReceivedState.RECEIVED, ReceivedState.CHECKED], ReceivedState.REFUSED)
    def refuse(self, *, code: str, why: str, now: datetime) -> None:
        """None of it counts, for this reason."""
        self.refusal_code, self.refusal, self.settled_at = code, why, now

    @transition(state, ReceivedState.RECEIVED, ReceivedState.QUARANTINED)
    def quarantine(self, *, code: str, why: str, now: datetime) -> None:
        """It could not be opened at all: kept apart for people."""
        self.refusal_code, self.refusal, self.settled_at = code, why, now


class FileFault(models.Model):
    """One thing wrong with one line of a received file: `line_no` counts from 1; `excerpt` is masked.

    At most the first FAULTS_KEPT of a file are kept here; the fault list that partners get is read from the file.
    """

    file = models.ForeignKey(ReceivedFile, models.CASCADE, related_name="faults", verbose_name=_("file"))
    line_no = models.BigIntegerField(pgettext_lazy("file", "line"))
    column = models.CharField(_("column"), max_length=64, blank=True)
    code = models.CharField(_("fault"), max_length=32)
    excerpt = models.CharField(_("what stood there"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        constraints = [models.CheckConstraint(condition=Q(line_no__gt=0), name="lines_count_from_one")]
        indexes = [models.Index(fields=["file", "line_no"], name="fault_by_line")]

    def __str__(self) -> str:
        return f"{self.line_no} {self.column} {self.code}"
