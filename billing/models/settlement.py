"""How a bank code settles with us, and the days finance has found even with it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SettlementTerms(models.Model):
    """The terms of one bank code: several codes of one legal bank may settle differently (seed 001).

    `fee_basis_points`: hundredths of a percent of each amount, with `fee_floor_fen` and `fee_cap_fen` per payment.
    `settles_after_days`: working days until the bank pays. `settles_with`: the code whose account it pays into.
    """

    bank = models.OneToOneField(
        "partners.Partner", models.PROTECT, related_name="+", verbose_name=_("bank code")
    )
    settles_with = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled with"),
        help_text=_("Empty: the code settles for itself."),
    )
    settles_after_days = models.PositiveSmallIntegerField(_("settles after (working days)"), default=1)
    fee_basis_points = models.PositiveIntegerField(_("fee (basis points)"), default=0)
    fee_floor_fen = models.PositiveIntegerField(_("least fee (fen)"), default=0)
    fee_cap_fen = models.PositiveIntegerField(_("most fee (fen)"), null=True, blank=True)
    reversal_until = models.TimeField(
        _("reversals until"), null=True, blank=True, help_text=_("Empty: until midnight in China.")
    )

    class Meta:
        verbose_name = _("settlement terms")
        verbose_name_plural = _("settlement terms")

    def __str__(self) -> str:
        return f"{self.bank.code}: {self.fee_basis_points} bp"


class ReconciledDay(models.Model):
    """One bank's business date that was found even: refunds of its payments are possible from then on (C11)."""

    bank = models.ForeignKey("partners.Partner", models.PROTECT, related_name="+", verbose_name=_("bank"))
    business_date = models.DateField(_("business date"))
    amount_fen = models.BigIntegerField(_("amount found even (fen)"))
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(pgettext_lazy("time", "confirmed"))

    class Meta:
        verbose_name = _("reconciled day")
        verbose_name_plural = _("reconciled days")
        permissions = [("confirm_reconciledday", _("Can confirm that a bank's day is even"))]
        constraints = [
            models.UniqueConstraint(fields=["bank", "business_date"], name="a_day_is_reconciled_once"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="reconciled_amount_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.bank.title} {self.business_date}"
