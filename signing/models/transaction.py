"""The journal of signing transactions: what reconciliation matches with the banks and the provinces."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from signing.states import Source, TransactionKind
from unipay.never_emptied import never_emptied


class SigningTransaction(models.Model):
    """One thing that happened to a formal contract, with its terms as they were then. Append-only, by trigger."""

    transaction_no = models.CharField(_("transaction number"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=TransactionKind)
    contract = models.ForeignKey(
        "signing.Contract", models.PROTECT, related_name="transactions", verbose_name=_("contract")
    )
    version = models.PositiveIntegerField(_("version"))
    bank = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("bank")
    )
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("province")
    )
    msisdn = models.CharField(_("primary number"), max_length=11)
    secondary_msisdns = ArrayField(
        models.CharField(max_length=11), verbose_name=_("secondary numbers"), default=list
    )
    bank_contract_no = models.CharField(_("bank's contract number"), max_length=64, blank=True)
    account_index = models.CharField(_("account (blind index)"), max_length=64)
    account_mask = models.CharField(_("account"), max_length=32)
    recharge_threshold_fen = models.BigIntegerField(_("recharge threshold (fen)"), null=True, blank=True)
    recharge_amount_fen = models.BigIntegerField(_("recharge amount (fen)"), null=True, blank=True)
    auto_pay = models.BooleanField(_("auto-pay"))
    source = models.CharField(_("source"), max_length=16, choices=Source)
    source_partner = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("told by"),
    )
    request_no = models.CharField(_("partner's request number"), max_length=64, blank=True)
    reason = models.CharField(_("reason"), max_length=24, blank=True)
    business_date = models.DateField(_("business date"))
    occurred_at = models.DateTimeField(_("occurred"))

    class Meta:
        verbose_name = _("signing transaction")
        verbose_name_plural = _("signing transactions")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "version"], name="one_transaction_per_contract_version"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TransactionKind.values), name="transaction_kind_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["bank", "business_date", "id"], name="transaction_by_bank_day"),
            models.Index(fields=["province", "business_date", "id"], name="transaction_by_province_day"),
            models.Index(fields=["occurred_at"], name="transaction_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return self.transaction_no
