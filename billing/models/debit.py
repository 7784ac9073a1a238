"""A debit run, its request files (batches), its items, and the bills each item asks for (domain.md C3 to C6)."""

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from billing.states import ITEM_OPEN, RUN_OVER, BatchState, Exclusion, FollowUp, ItemState, RunState


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
    state = FSMField(_("state"), default=RunState.OPENED, choices=RunState, protected=True)
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
    state = FSMField(_("state"), default=BatchState.WRITTEN, choices=BatchState, protected=True)
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


class DebitItem(models.Model):
    """One line of a request file: one number (personal), or one agreement with its users' bills underneath.

    `debited_fen`: what the bank took of `asked_fen`. `bank_code`: its result code, `reason_code` ours. `attempt`: the
    how manieth of its bills. Account and holder are read from contract or mandate when the file is written.
    """

    item_no = models.CharField(_("item number"), max_length=32, unique=True)
    run = models.ForeignKey(
        DebitRun, models.PROTECT, related_name="items", db_index=False, verbose_name=_("run")
    )
    batch = models.ForeignKey(
        DebitBatch,
        models.PROTECT,
        null=True,
        related_name="items",
        db_index=False,
        verbose_name=_("batch"),
    )
    bank = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("bank")
    )
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("province")
    )
    contract = models.ForeignKey(
        "signing.Contract",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("contract"),
    )
    mandate = models.ForeignKey(
        "billing.Mandate",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("mandate"),
    )
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    agreement_no = models.CharField(_("agreement number"), max_length=32, blank=True)
    oldest_month = models.DateField(_("oldest billing month"), help_text=_("Its first day."))
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    asked_fen = models.BigIntegerField(_("asked for (fen)"))
    debited_fen = models.BigIntegerField(_("debited (fen)"), default=0)
    state = FSMField(_("state"), default=ItemState.SELECTED, choices=ItemState, protected=True)
    bank_code = models.CharField(_("bank's result code"), max_length=32, blank=True)
    reason_code = models.CharField(_("our reason"), max_length=64, blank=True)
    follow_up = models.CharField(_("what follows"), max_length=12, choices=FollowUp, blank=True)
    bank_transaction_no = models.CharField(_("bank's transaction number"), max_length=64, blank=True)
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("debit item")
        verbose_name_plural = _("debit items")
        constraints = [
            models.CheckConstraint(condition=Q(asked_fen__gt=0), name="item_asks_for_something"),
            models.CheckConstraint(
                condition=Q(debited_fen__gte=0, debited_fen__lte=F("asked_fen")),
                name="never_more_is_settled_than_asked",
            ),
            models.CheckConstraint(
                condition=Q(state=ItemState.SETTLED, debited_fen=F("asked_fen"))
                | Q(state=ItemState.PARTLY_SETTLED, debited_fen__gt=0, debited_fen__lt=F("asked_fen"))
                | Q(state__in=[*ITEM_OPEN, ItemState.FAILED, ItemState.WITHDRAWN], debited_fen=0),
                name="item_state_tells_the_amount",
            ),
            models.CheckConstraint(
                condition=Q(contract__isnull=False, mandate=None) | Q(contract=None, mandate__isnull=False),
                name="item_has_a_contract_or_a_mandate",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state", "id"], name="item_by_run"),
            models.Index(fields=["batch", "state", "id"], name="item_by_batch"),
            models.Index(fields=["msisdn", "-id"], name="item_by_msisdn"),
            models.Index(
                fields=["agreement_no", "-id"], name="item_by_agreement", condition=~Q(agreement_no="")
            ),
            models.Index(fields=["contract"], name="item_open_by_contract", condition=Q(state__in=ITEM_OPEN)),
        ]
        triggers = [
            pgtrigger.Protect(name="items_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="an_item_has_one_end",
                field="state",
                transitions=[
                    ("SELECTED", "SENT"),
                    ("SELECTED", "WITHDRAWN"),
                    ("SENT", "SETTLED"),
                    ("SENT", "PARTLY_SETTLED"),
                    ("SENT", "FAILED"),
                    ("SENT", "WITHDRAWN"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.item_no

    @property
    def subject(self) -> str:
        """What cases call it."""
        return f"debit_item:{self.item_no}"


class DebitShare(models.Model):
    """The part of an item that one bill makes up; while `is_open`, no other item may ask for that bill."""

    item = models.ForeignKey(
        DebitItem, models.PROTECT, related_name="shares", db_index=False, verbose_name=_("item")
    )
    bill = models.ForeignKey(
        "billing.Bill", models.PROTECT, related_name="shares", db_index=False, verbose_name=_("bill")
    )
    asked_fen = models.BigIntegerField(_("asked for (fen)"))
    settled_fen = models.BigIntegerField(_("settled (fen)"), default=0)
    is_open = models.BooleanField(pgettext_lazy("debit share", "open"), default=True)

    class Meta:
        verbose_name = _("bill of a debit item")
        verbose_name_plural = _("bills of debit items")
        constraints = [
            models.UniqueConstraint(fields=["item", "bill"], name="one_share_per_item_and_bill"),
            models.UniqueConstraint(
                fields=["bill"], condition=Q(is_open=True), name="one_open_attempt_per_bill"
            ),
            models.CheckConstraint(
                condition=Q(settled_fen__gte=0, settled_fen__lte=F("asked_fen"), asked_fen__gt=0),
                name="share_is_settled_up_to_what_was_asked",
            ),
        ]
        indexes = [models.Index(fields=["bill", "-id"], name="share_by_bill")]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.bill_id}"


class DebitExclusion(models.Model):
    """A due bill that a run left out, and why."""

    run = models.ForeignKey(
        DebitRun, models.PROTECT, related_name="exclusions", db_index=False, verbose_name=_("run")
    )
    bill = models.ForeignKey(
        "billing.Bill", models.PROTECT, related_name="exclusions", db_index=False, verbose_name=_("bill")
    )
    reason = models.CharField(_("reason"), max_length=24, choices=Exclusion)
    open_fen = models.BigIntegerField(_("open (fen)"))

    class Meta:
        verbose_name = _("bill left out")
        verbose_name_plural = _("bills left out")
        constraints = [models.UniqueConstraint(fields=["run", "bill"], name="a_bill_is_left_out_once")]
        indexes = [
            models.Index(fields=["run", "reason", "id"], name="exclusion_by_reason"),
            models.Index(fields=["bill", "-id"], name="exclusion_by_bill"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.bill_id} {self.reason}"
