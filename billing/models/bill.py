"""A bill as its province tells it, and what paid it."""

from datetime import datetime

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from billing.states import BillKind, BillState
from unipay.state_field import StateField


@pghistory.track(
    pghistory.UpdateEvent(
        "changed", condition=pghistory.AnyChange("state", "amount_fen", "due_date", "version")
    ),
    fields=["id", "state", "amount_fen", "settled_fen", "due_date", "version"],
    model_name="BillEvent",
)
class Bill(models.Model):
    """One bill of one number for one month (corporate ones under an agreement number, too).

    `province_bill_no`: the province's own number, unique there. `settled_fen`: what was paid of it and not reversed.
    `joined_network_at`: since when the number is its owner's, where the province says so. `version` grows with every
    word of the province. `attempts`: how often it was asked of a bank.
    """

    bill_no = models.CharField(_("bill number"), max_length=64, unique=True)
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("province")
    )
    province_bill_no = models.CharField(_("province's bill number"), max_length=64)
    kind = models.CharField(_("kind"), max_length=12, choices=BillKind)
    msisdn = models.CharField(_("mobile number"), max_length=11)
    agreement_no = models.CharField(_("agreement number"), max_length=32, blank=True)
    billing_month = models.DateField(_("billing month"), help_text=_("Its first day."))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    settled_fen = models.BigIntegerField(_("settled (fen)"), default=0)
    due_date = models.DateField(pgettext_lazy("date of a bill", "due"))
    joined_network_at = models.DateTimeField(_("number belongs to its owner since"), null=True, blank=True)
    state = StateField(_("state"), default=BillState.DUE, choices=BillState, protected=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    received_at = models.DateTimeField(pgettext_lazy("time", "received"))
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        constraints = [
            models.UniqueConstraint(fields=["province", "province_bill_no"], name="one_bill_per_province_no"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="bill_is_for_something"),
            models.CheckConstraint(
                condition=Q(settled_fen__gte=0, settled_fen__lte=F("amount_fen")),
                name="bill_is_never_settled_twice",
            ),
            models.CheckConstraint(
                condition=Q(state=BillState.SETTLED, settled_fen=F("amount_fen"), settled_at__isnull=False)
                | Q(state=BillState.DUE, settled_fen__lt=F("amount_fen"), settled_at=None)
                | Q(state=BillState.CANCELLED),
                name="bill_is_settled_when_all_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(kind=BillKind.CORPORATE) & ~Q(agreement_no="")
                | Q(kind=BillKind.PERSONAL, agreement_no=""),
                name="corporate_bill_has_an_agreement",
            ),
        ]
        indexes = [
            models.Index(fields=["msisdn", "-billing_month"], name="bill_by_msisdn"),
            models.Index(fields=["province", "-id"], name="bill_by_province"),
            models.Index(fields=["due_date", "id"], name="bill_due", condition=Q(state=BillState.DUE)),
            models.Index(
                fields=["agreement_no", "due_date"],
                name="bill_by_agreement",
                condition=~Q(agreement_no=""),
            ),
        ]
        triggers = [pgtrigger.Protect(name="bills_are_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.bill_no

    @property
    def open_fen(self) -> int:
        """What is still to be paid of it."""
        return 0 if self.state == BillState.CANCELLED else self.amount_fen - self.settled_fen

    @transition(state, BillState.DUE, BillState.SETTLED)
    def settle(self, *, now: datetime) -> None:
        """Everything of it is paid."""
        self.settled_at = now

    @transition(state, BillState.SETTLED, BillState.DUE)
    def fall_due_again(self) -> None:
        """What settled it was reversed, or the province asks for more."""
        self.settled_at = None

    @transition(state, BillState.DUE, BillState.CANCELLED)
    def cancel(self) -> None:
        """The province takes it back."""


class BillSettlement(models.Model):
    """What one recharge paid of one bill; a reversed recharge takes it back (`reversed_at`), once."""

    bill = models.ForeignKey(
        Bill, models.PROTECT, related_name="settlements", db_index=False, verbose_name=_("bill")
    )
    recharge = models.ForeignKey(
        "billing.Recharge",
        models.PROTECT,
        related_name="settlements",
        db_index=False,
        verbose_name=_("recharge"),
    )
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"))
    reversed_at = models.DateTimeField(pgettext_lazy("time", "reversed"), null=True, blank=True)

    class Meta:
        verbose_name = _("settlement of a bill")
        verbose_name_plural = _("settlements of bills")
        constraints = [
            models.UniqueConstraint(fields=["recharge", "bill"], name="a_recharge_settles_a_bill_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="settlement_pays_something"),
        ]
        indexes = [models.Index(fields=["bill", "-id"], name="settlement_by_bill")]
        triggers = [pgtrigger.Protect(name="settlements_are_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.bill_id}: {self.amount_fen}"
