"""A return file of a bank, line by line: what each said and the one effect it had."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from billing.states import LineEffect, ReturnState
from unipay.state_field import StateField


class DebitReturn(models.Model):
    """One accepted return file: `batch` as far as its header or lines name one of ours that awaits it.

    Counts are of lines, by their effect; `failure_file` is what staff get of the failed lines (domain.md C4).
    """

    return_no = models.CharField(_("return number"), max_length=64, unique=True)
    file = models.OneToOneField(
        "exchange.ReceivedFile", models.PROTECT, related_name="+", verbose_name=_("return file")
    )
    bank = models.ForeignKey("partners.Partner", models.PROTECT, related_name="+", verbose_name=_("bank"))
    batch = models.ForeignKey(
        "billing.DebitBatch",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="returns",
        verbose_name=_("batch"),
    )
    state = StateField(_("state"), default=ReturnState.OPEN, choices=ReturnState, protected=True)
    line_count = models.BigIntegerField(pgettext_lazy("file", "lines"), default=0)
    settled_count = models.BigIntegerField(_("settled"), default=0)
    settled_fen = models.BigIntegerField(_("settled (fen)"), default=0)
    failed_count = models.BigIntegerField(_("failed"), default=0)
    repeated_count = models.BigIntegerField(_("repeated"), default=0)
    odd_count = models.BigIntegerField(_("left to people"), default=0)
    failure_file = models.ForeignKey(
        "exchange.SentFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("failure file"),
    )
    received_at = models.DateTimeField(pgettext_lazy("time", "received"))
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("debit return")
        verbose_name_plural = _("debit returns")
        indexes = [
            models.Index(fields=["bank", "-id"], name="return_by_bank"),
            models.Index(fields=["state", "id"], name="return_open", condition=Q(state=ReturnState.OPEN)),
        ]

    def __str__(self) -> str:
        return self.return_no

    @property
    def subject(self) -> str:
        """What cases call it."""
        return f"debit_return:{self.return_no}"

    @transition(state, ReturnState.OPEN, ReturnState.SETTLED)
    def settle(self, *, now: datetime) -> None:
        """Every line has had its effect."""
        self.settled_at = now

    @transition(state, ReturnState.OPEN, ReturnState.UNMATCHED)
    def leave_unmatched(self, *, now: datetime) -> None:
        """It answers no batch of ours that awaits an answer: people must look."""
        self.settled_at = now


class ReturnLine(models.Model):
    """One line of a return file, as it was said, and its effect."""

    returned = models.ForeignKey(
        DebitReturn, models.PROTECT, related_name="lines", db_index=False, verbose_name=_("return")
    )
    line_no = models.BigIntegerField(pgettext_lazy("file", "line"))
    item_no = models.CharField(_("item number"), max_length=32)
    result_code = models.CharField(_("bank's result code"), max_length=32)
    debited_fen = models.BigIntegerField(_("debited (fen)"), null=True, blank=True)
    bank_transaction_no = models.CharField(_("bank's transaction number"), max_length=64, blank=True)
    effect = models.CharField(_("effect"), max_length=16, choices=LineEffect, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of a return file")
        verbose_name_plural = _("lines of return files")
        constraints = [
            models.UniqueConstraint(fields=["returned", "line_no"], name="one_row_per_return_line"),
        ]
        indexes = [
            models.Index(fields=["item_no"], name="return_line_by_item"),
            models.Index(fields=["returned", "id"], name="return_line_to_settle", condition=Q(effect="")),
            models.Index(fields=["returned", "effect", "id"], name="return_line_by_effect"),
        ]

    def __str__(self) -> str:
        return f"{self.returned_id}/{self.line_no}"
