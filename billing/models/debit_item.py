"""What a debit run asks for, line by line: its items, the bills each item is made of, and the bills left out (domain.md
C3 to C6)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.debit import DebitBatch, DebitRun
from billing.states import ITEM_OPEN, Exclusion, FollowUp, ItemState
from unipay.state_field import StateField


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
    state = StateField(_("state"), default=ItemState.SELECTED, choices=ItemState, protected=True)
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
