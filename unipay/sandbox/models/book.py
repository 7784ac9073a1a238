"""The simulated partners' own books: what each of them knows, kept apart from what Unipay knows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay.sandbox.states import BookState, Direction, NumberStatus, Role, Verdict
from unipay.sealed_field import SealedTextField


class SandboxKey(models.Model):
    """A simulated partner and the private key it signs with; the sandbox is the only place that has one."""

    partner_code = models.CharField(_("partner code"), max_length=32, unique=True)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    key_id = models.CharField(_("key id"), max_length=32)
    algorithm = models.CharField(_("algorithm"), max_length=16)
    private_key = models.TextField(_("private key (PEM)"))
    public_key = models.TextField(_("public key (PEM)"))

    class Meta:
        verbose_name = _("simulated partner")
        verbose_name_plural = _("simulated partners")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.partner_code


class UnipayKey(models.Model):
    """A public key of Unipay as the simulated partners were given it."""

    key_id = models.CharField(_("key id"), max_length=32, unique=True)
    algorithm = models.CharField(_("algorithm"), max_length=16)
    public_key = models.TextField(_("public key (PEM)"))

    class Meta:
        verbose_name = _("Unipay's public key")
        verbose_name_plural = _("Unipay's public keys")

    def __str__(self) -> str:
        return self.key_id


class SandboxContract(models.Model):
    """One contract in the book of one bank or province.

    `offer` is what Unipay said the province allowed, `terms` what was signed; `last_version` is the newest
    resource_version the partner was told of, so that older news changes nothing.
    """

    partner_code = models.CharField(_("partner code"), max_length=32)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    state = models.CharField(_("state"), max_length=16, choices=BookState)
    msisdn = models.CharField(_("mobile number"), max_length=11)
    secondary_msisdns = models.JSONField(_("secondary numbers"), default=list, blank=True)
    bank_code = models.CharField(_("bank"), max_length=32, blank=True)
    contract_no = models.CharField(_("contract number"), max_length=64, blank=True)
    session_no = models.CharField(_("session number"), max_length=64, blank=True)
    signing_request_no = models.CharField(_("bank's request number"), max_length=64, blank=True)
    bank_contract_no = models.CharField(_("bank's contract number"), max_length=64, blank=True)
    channel = models.CharField(_("channel"), max_length=16, blank=True)
    account_type = models.CharField(_("account type"), max_length=8, blank=True)
    account_number = SealedTextField(
        context="sandbox_contract.account", verbose_name=_("account"), blank=True
    )
    account_mask = models.CharField(_("account"), max_length=32, blank=True)
    holder_name = SealedTextField(context="sandbox_contract.holder", verbose_name=_("holder"), blank=True)
    identity_no = SealedTextField(
        context="sandbox_contract.identity", verbose_name=_("identity number"), blank=True
    )
    offer = models.JSONField(_("what the province allowed"), null=True, blank=True)
    terms = models.JSONField(_("terms"), default=dict, blank=True)
    return_url = models.URLField(_("return address"), max_length=500, blank=True)
    unipay_state = models.CharField(_("state at Unipay, as told"), max_length=16, blank=True)
    case_no = models.CharField(_("case number"), max_length=64, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    last_event = models.CharField(_("last event"), max_length=36, blank=True)
    last_version = models.PositiveIntegerField(_("last version"), default=0)
    signed_at = models.DateTimeField(pgettext_lazy("time", "signed"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed by Unipay"), null=True, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("contract in a partner's book")
        verbose_name_plural = _("contracts in the partners' books")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner_code", "contract_no"],
                condition=Q(role=Role.PROVINCE),
                name="one_province_row_per_contract",
            )
        ]
        indexes = [
            models.Index(fields=["partner_code", "-id"], name="sandbox_contract_by_partner"),
            models.Index(fields=["msisdn"], name="sandbox_contract_by_msisdn"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_code}: {self.msisdn}"


class SandboxNumber(models.Model):
    """What a province knows of one number, once something happened to it; all others are normal and old."""

    partner_code = models.CharField(_("partner code"), max_length=32)
    msisdn = models.CharField(_("mobile number"), max_length=11, unique=True)
    status = models.CharField(_("status"), max_length=16, choices=NumberStatus)
    joined_network_at = models.DateTimeField(_("joined the network"))
    is_same_person = models.BooleanField(_("still the same person"), default=True)

    class Meta:
        verbose_name = _("number in a province's book")
        verbose_name_plural = _("numbers in the provinces' books")

    def __str__(self) -> str:
        return self.msisdn


class SandboxMessage(models.Model):
    """One message a simulated partner received (IN) or sent (OUT), and whether Unipay's signature was right."""

    partner_code = models.CharField(_("partner code"), max_length=32)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    operation = models.CharField(_("operation"), max_length=64)
    request_no = models.CharField(_("request number"), max_length=64, blank=True)
    event_id = models.CharField(_("event id"), max_length=36, blank=True)
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    verdict = models.CharField(_("signature"), max_length=16, choices=Verdict)
    is_repeat = models.BooleanField(_("seen before"), default=False)
    body = models.JSONField(_("body"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    answer = models.JSONField(_("answer"), null=True, blank=True)
    sent_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("message of a simulated partner")
        verbose_name_plural = _("messages of the simulated partners")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["partner_code", "-id"], name="sandbox_message_by_partner"),
            models.Index(fields=["event_id"], name="sandbox_message_by_event", condition=~Q(event_id="")),
            models.Index(fields=["msisdn", "-id"], name="sandbox_message_by_msisdn"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_code} {self.direction} {self.operation}"


class SandboxSms(models.Model):
    """One SMS a province would have sent."""

    partner_code = models.CharField(_("province"), max_length=32)
    msisdn = models.CharField(_("mobile number"), max_length=11)
    text = models.CharField(_("text"), max_length=300)
    sent_at = models.DateTimeField(pgettext_lazy("time", "sent"))

    class Meta:
        verbose_name = _("SMS")
        verbose_name_plural = _("SMS")
        ordering = ["-id"]
        indexes = [models.Index(fields=["msisdn"], name="sandbox_sms_by_msisdn")]

    def __str__(self) -> str:
        return f"{self.msisdn}: {self.text[:20]}"


class SandboxSession(models.Model):
    """A signing as the hall sees it: opened under the hall's own number, its outcome told by a bank or by Unipay."""

    partner_code = models.CharField(_("hall"), max_length=32)
    request_no = models.CharField(_("request number"), max_length=64, unique=True)
    session_no = models.CharField(_("session number"), max_length=64, blank=True)
    msisdn = models.CharField(_("mobile number"), max_length=11)
    bank_code = models.CharField(_("bank"), max_length=32, blank=True)
    redirect_url = models.URLField(_("address of Unipay's page"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=16, blank=True)
    told_by = models.CharField(_("told by"), max_length=32, blank=True)
    contract_no = models.CharField(_("contract number"), max_length=64, blank=True)
    contract_state = models.CharField(_("contract state"), max_length=16, blank=True)
    failure_code = models.CharField(_("failure code"), max_length=64, blank=True)
    last_event = models.CharField(_("last event"), max_length=36, blank=True)
    last_version = models.PositiveIntegerField(_("last version"), default=0)
    opened_at = models.DateTimeField(pgettext_lazy("time", "opened"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    class Meta:
        verbose_name = _("signing as the hall sees it")
        verbose_name_plural = _("signings as the hall sees them")
        ordering = ["-id"]
        indexes = [models.Index(fields=["session_no"], name="sandbox_session_by_no")]

    def __str__(self) -> str:
        return self.session_no or self.request_no
