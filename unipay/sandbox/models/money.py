"""The simulated partners' books of money: what a bank took, what a province billed and credited (domain.md C)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay.sandbox.states import BilledState, BookState, CreditState, PaymentState
from unipay.sealed_field import SealedTextField


class SandboxAccount(models.Model):
    """An account at a bank and what is on it; `reference`: the bank's number of the contract or mandate, or the mobile
    number of somebody who pays at the counter."""

    partner_code = models.CharField(_("bank"), max_length=32)
    reference = models.CharField(_("belongs to"), max_length=64)
    balance_fen = models.BigIntegerField(_("balance (fen)"))

    class Meta:
        verbose_name = _("account at a bank")
        verbose_name_plural = _("accounts at the banks")
        constraints = [
            models.UniqueConstraint(fields=["partner_code", "reference"], name="one_sandbox_account"),
            models.CheckConstraint(condition=Q(balance_fen__gte=0), name="sandbox_account_is_not_overdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_code}: {self.reference}"


class SandboxMandate(models.Model):
    """A mandate in the book of a bank: for an agreement number (collection) or a mobile number (one-card)."""

    partner_code = models.CharField(_("bank"), max_length=32)
    mandate_no = models.CharField(_("mandate number"), max_length=64)
    agreement_no = models.CharField(_("agreement number"), max_length=32, blank=True)
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    account_number = SealedTextField(context="sandbox_mandate.account", verbose_name=_("account"))
    account_mask = models.CharField(_("account"), max_length=32)
    holder_name = SealedTextField(context="sandbox_mandate.holder", verbose_name=_("holder"))
    state = models.CharField(_("state"), max_length=16, choices=BookState, default=BookState.SIGNED)
    is_told = models.BooleanField(_("Unipay was told"), default=False)
    signed_at = models.DateTimeField(pgettext_lazy("time", "signed"))

    class Meta:
        verbose_name = _("mandate in a bank's book")
        verbose_name_plural = _("mandates in the banks' books")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["partner_code", "mandate_no"], name="one_sandbox_mandate")
        ]

    def __str__(self) -> str:
        return f"{self.partner_code}: {self.mandate_no}"


class SandboxPayment(models.Model):
    """Money a bank took, or was asked to take: at its counter, or for one line of a request file.

    `reference`: the bank's own request number, or the item number of the line; `batch_no` "" at the counter.
    `said`: how many return files of its batch there were. `result_code`: what the bank answered last.
    """

    partner_code = models.CharField(_("bank"), max_length=32)
    reference = models.CharField(_("reference"), max_length=64)
    batch_no = models.CharField(_("batch number"), max_length=64, blank=True)
    recharge_no = models.CharField(_("recharge number"), max_length=64, blank=True)
    account = models.ForeignKey(
        SandboxAccount, models.PROTECT, null=True, related_name="payments", verbose_name=_("account")
    )
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    agreement_no = models.CharField(_("agreement number"), max_length=32, blank=True)
    asked_fen = models.BigIntegerField(_("asked for (fen)"))
    taken_fen = models.BigIntegerField(_("taken (fen)"), default=0)
    state = models.CharField(_("state"), max_length=16, choices=PaymentState)
    result_code = models.CharField(_("result code"), max_length=32, blank=True)
    transaction_no = models.CharField(_("bank's transaction number"), max_length=64, blank=True)
    business_date = models.DateField(_("business date"))
    back_no = models.CharField(_("reversal or refund number"), max_length=64, blank=True)
    said = models.PositiveSmallIntegerField(_("times told"), default=0)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    taken_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("payment in a bank's book")
        verbose_name_plural = _("payments in the banks' books")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["partner_code", "reference"], name="one_sandbox_payment"),
            models.CheckConstraint(
                condition=Q(state=PaymentState.NOT_TAKEN, taken_fen=0)
                | ~Q(state=PaymentState.NOT_TAKEN) & Q(taken_fen__gt=0),
                name="sandbox_payment_took_something",
            ),
        ]
        indexes = [
            models.Index(fields=["partner_code", "-id"], name="sandbox_payment_by_partner"),
            models.Index(fields=["batch_no"], name="sandbox_payment_by_batch", condition=~Q(batch_no="")),
        ]

    def __str__(self) -> str:
        return f"{self.partner_code}: {self.reference}"


class SandboxBill(models.Model):
    """A bill in the book of a province, and what Unipay paid of it."""

    partner_code = models.CharField(_("province"), max_length=32)
    province_bill_no = models.CharField(_("province's bill number"), max_length=64)
    msisdn = models.CharField(_("mobile number"), max_length=11)
    agreement_no = models.CharField(_("agreement number"), max_length=32, blank=True)
    billing_month = models.DateField(_("billing month"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    paid_fen = models.BigIntegerField(_("paid (fen)"), default=0)
    due_date = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=16, choices=BilledState, default=BilledState.BILLED)
    is_told = models.BooleanField(_("Unipay was told"), default=False)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("bill in a province's book")
        verbose_name_plural = _("bills in the provinces' books")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["partner_code", "province_bill_no"], name="one_sandbox_bill"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, paid_fen__lte=F("amount_fen")),
                name="sandbox_bill_is_paid_once",
            ),
        ]
        indexes = [
            models.Index(fields=["partner_code", "-id"], name="sandbox_bill_by_partner"),
            models.Index(fields=["msisdn"], name="sandbox_bill_by_msisdn"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_code}: {self.province_bill_no}"


class SandboxCredit(models.Model):
    """What a province did with one recharge of Unipay's; `bills`: the share of each bill, as Unipay told it."""

    partner_code = models.CharField(_("province"), max_length=32)
    recharge_no = models.CharField(_("recharge number"), max_length=64, unique=True)
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    agreement_no = models.CharField(_("agreement number"), max_length=32, blank=True)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    source = models.CharField(_("source"), max_length=16, blank=True)
    bank_code = models.CharField(_("bank"), max_length=32, blank=True)
    bills = models.JSONField(_("bills"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=CreditState)
    reason_code = models.CharField(_("result code"), max_length=32, blank=True)
    back_no = models.CharField(_("reversal or refund number"), max_length=64, blank=True)
    asked_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("credit in a province's book")
        verbose_name_plural = _("credits in the provinces' books")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["partner_code", "-id"], name="sandbox_credit_by_partner"),
            models.Index(fields=["msisdn"], name="sandbox_credit_by_msisdn"),
        ]

    def __str__(self) -> str:
        return self.recharge_no
