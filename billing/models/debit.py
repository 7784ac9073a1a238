"""A debit run and its request files, the batches (domain.md C3 to C6)."""

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from billing.states import RUN_OVER, BatchState, RunState
from unipay.state_field import StateField


@pghistory.track(
    pghistory.UpdateEvent("state_changed", condition=pghistory.AnyChange("state", "is_stopped")),
    fields=["id", "run_no", "state", "is_stopped", "remark", "approved_by"],
    model_name="DebitRunEvent",
)
class DebitRun(models.Model):
    """One run of one arrangement for one debit date; `is_stopped` by people, until they let it go on.

    `sequence` numbers runs for banks that want figures: items are "{sequence:08}{position:09}".
    """

    run_no = models.CharField(_("run number"), max_length=64, unique=True)
    arrangement = models.ForeignKey(
        "billing.Arrangement", models.PROTECT, related_name="runs", verbose_name=_("arrangement")
    )
    debit_date = models.DateField(_("debit date"))
    state = StateField(_("state"), default=RunState.OPENED, choices=RunState, protected=True)
    is_stopped = models.BooleanField(pgettext_lazy("debit run", "stopped"), default=False)
    bill_count = models.BigIntegerField(_("bills asked for"), default=0)
    item_count = models.BigIntegerField(_("items"), default=0)
    asked_fen = models.BigIntegerField(_("asked for (fen)"), default=0)
    excluded_count = models.BigIntegerField(_("bills left out"), default=0)
    excluded_fen = models.BigIntegerField(_("left out (fen)"), default=0)
    opened_at = models.DateTimeField(pgettext_lazy("time", "opened"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opened by"),
    )
    selected_at = models.DateTimeField(pgettext_lazy("time", "selected"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    sent_at = models.DateTimeField(pgettext_lazy("time", "sent"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("time", "closed"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=400, blank=True)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("debit run")
        verbose_name_plural = _("debit runs")
        permissions = [
            ("open_debitrun", _("Can open, stop and resume debit runs")),
            ("propose_debitrun", _("Can propose to send or cancel debit runs")),
            ("check_debitrun", _("Can approve debit runs")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["arrangement", "debit_date"],
                condition=~Q(state=RunState.CANCELLED),
                name="one_run_per_arrangement_and_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RUN_OVER, closed_at__isnull=False)
                | ~Q(state__in=RUN_OVER) & Q(closed_at=None),
                name="debit_run_closes_with_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-debit_date", "-id"], name="debit_run_by_date"),
            models.Index(
                fields=["state", "id"], name="debit_run_unfinished", condition=~Q(state__in=RUN_OVER)
            ),
        ]
        triggers = [pgtrigger.Protect(name="debit_runs_are_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.run_no

    @property
    def subject(self) -> str:
        """What proposals and files call this run."""
        return f"debit_run:{self.run_no}"

    @transition(state, RunState.OPENED, RunState.SELECTED)
    def select(self, *, now: datetime) -> None:
        """Its items and exclusions stand in the database."""
        self.selected_at = now

    @transition(state, RunState.SELECTED, RunState.AWAITING_APPROVAL)
    def ask_approval(self) -> None:
        """It asks for so much that a second person must look at it."""

    @transition(state, [RunState.SELECTED, RunState.AWAITING_APPROVAL], RunState.APPROVED)
    def approve(self, *, by_id: int | None) -> None:
        """Its request files may leave."""
        self.approved_by_id = by_id

    @transition(state, RunState.APPROVED, RunState.SENT)
    def send(self, *, now: datetime) -> None:
        """Every request file is written and on its way."""
        self.sent_at = now

    @transition(state, [RunState.SELECTED, RunState.SENT], RunState.CLOSED)
    def close(self, *, now: datetime) -> None:
        """Every item has its end, or there was nothing to ask for."""
        self.closed_at = now

    @transition(
        state,
        [
            RunState.OPENED,
            RunState.SELECTED,
            RunState.AWAITING_APPROVAL,
            RunState.APPROVED,
            RunState.SENT,
        ],
        RunState.CANCELLED,
    )
    def cancel(self, *, remark: str, now: datetime) -> None:
        """People take it back before any bank has a file of it; its bills are free again."""
        self.remark, self.closed_at = remark[:400], now


class DebitBatch(models.Model):
    """One request file of a run: `sequence` within it from 1; `sent_file` in the registry of files.

    A batch the bank refused as a whole is superseded by another one with the same items.
    """

    batch_no = models.CharField(_("batch number"), max_length=64, unique=True)
    run = models.ForeignKey(DebitRun, models.PROTECT, related_name="batches", verbose_name=_("run"))
    sequence = models.PositiveIntegerField(_("sequence"))
    state = StateField(_("state"), default=BatchState.WRITTEN, choices=BatchState, protected=True)
    sent_file = models.OneToOneField(
        "exchange.SentFile", models.PROTECT, null=True, related_name="+", verbose_name=_("request file")
    )
    item_count = models.BigIntegerField(_("items"))
    asked_fen = models.BigIntegerField(_("asked for (fen)"))
    answer_due_at = models.DateTimeField(_("answer due"))
    written_at = models.DateTimeField(pgettext_lazy("time", "written"))
    closed_at = models.DateTimeField(pgettext_lazy("time", "closed"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("debit batch")
        verbose_name_plural = _("debit batches")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "sequence"],
                condition=~Q(state__in=[BatchState.SUPERSEDED, BatchState.CANCELLED]),
                name="one_live_batch_per_sequence",
            )
        ]

    def __str__(self) -> str:
        return self.batch_no

    @property
    def subject(self) -> str:
        """What the file and cases call it."""
        return f"debit_batch:{self.batch_no}"

    @transition(state, BatchState.WRITTEN, BatchState.DELIVERED)
    def deliver(self) -> None:
        """The bank has it."""

    @transition(state, [BatchState.WRITTEN, BatchState.DELIVERED], BatchState.RETURNED)
    def receive_return(self) -> None:
        """A return file came, perhaps before the bank confirmed that it had ours."""

    @transition(state, [BatchState.WRITTEN, BatchState.DELIVERED, BatchState.RETURNED], BatchState.CLOSED)
    def close(self, *, now: datetime) -> None:
        """Every item of it has its end."""
        self.closed_at = now

    @transition(state, [BatchState.WRITTEN, BatchState.DELIVERED], BatchState.CANCELLED)
    def cancel(self, *, now: datetime) -> None:
        """Taken back before the bank had it."""
        self.closed_at = now

    @transition(state, [BatchState.WRITTEN, BatchState.DELIVERED], BatchState.SUPERSEDED)
    def supersede(self, *, remark: str, now: datetime) -> None:
        """The bank refused the file as a whole; another one takes its place."""
        self.remark, self.closed_at = remark[:200], now
