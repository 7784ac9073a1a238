"""The contract, its life, and the numbers standing contracts hold."""

from datetime import datetime

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from signing.states import (
    BANK_CHANNELS,
    FORMAL,
    STANDING,
    AccountType,
    Channel,
    ContractState,
    EndReason,
    UserType,
)
from unipay.sealed_field import SealedTextField
from unipay.state_field import StateField

RARE = (ContractState.PROVISIONAL, ContractState.CONTESTED, ContractState.SUSPENDED)
HOLD_NUMBERS = """
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = NEW.state AND OLD.msisdn = NEW.msisdn
            AND OLD.secondary_msisdns = NEW.secondary_msisdns THEN
            RETURN NEW;
        END IF;
        DELETE FROM signing_heldnumber WHERE contract_id = OLD.id;
    END IF;
    IF NEW.state IN ('PROVISIONAL', 'ACTIVE', 'SUSPENDED') THEN
        INSERT INTO signing_heldnumber (msisdn, is_primary, contract_id)
        VALUES (NEW.msisdn, TRUE, NEW.id);
        IF cardinality(NEW.secondary_msisdns) > 0 THEN
            INSERT INTO signing_heldnumber (msisdn, is_primary, contract_id)
            SELECT unnest(NEW.secondary_msisdns), FALSE, NEW.id;
        END IF;
    END IF;
    RETURN NEW;
"""


@pghistory.track(exclude=["account_number", "holder_name", "identity_no"])
class Contract(models.Model):
    """One signing: a primary number, its secondary numbers, and the bank account they may debit.

    `offer` keeps what the province allowed (thresholds and amounts in fen) as it was answered; `contested_with` is the
    contract that stood when this one arrived; `version` grows with every change a partner is told of.
    """

    contract_no = models.CharField(_("contract number"), max_length=64, unique=True)
    state = StateField(_("state"), choices=ContractState, protected=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    msisdn = models.CharField(_("primary number"), max_length=11)
    secondary_msisdns = ArrayField(
        models.CharField(max_length=11), verbose_name=_("secondary numbers"), default=list, blank=True
    )
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("province")
    )
    bank = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("bank")
    )
    bank_contract_no = models.CharField(_("bank's contract number"), max_length=64, blank=True)
    account_type = models.CharField(_("account type"), max_length=8, choices=AccountType, blank=True)
    account_number = SealedTextField(context="contract.account", verbose_name=_("account"))
    account_index = models.CharField(_("account (blind index)"), max_length=64)
    account_mask = models.CharField(_("account"), max_length=32)
    holder_name = SealedTextField(context="contract.holder", verbose_name=_("holder"))
    holder_mask = models.CharField(_("holder"), max_length=64)
    identity_no = SealedTextField(context="contract.identity", verbose_name=_("identity number"))
    identity_index = models.CharField(_("identity number (blind index)"), max_length=64)
    identity_mask = models.CharField(_("identity number"), max_length=32)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    user_type = models.CharField(_("user type"), max_length=8, choices=UserType, blank=True)
    recharge_threshold_fen = models.BigIntegerField(_("recharge threshold (fen)"), null=True, blank=True)
    recharge_amount_fen = models.BigIntegerField(_("recharge amount (fen)"), null=True, blank=True)
    auto_pay = models.BooleanField(_("auto-pay"), default=False)
    offer = models.JSONField(_("what the province allowed"), null=True, blank=True)
    contested_with = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contested_by",
        verbose_name=_("stood before"),
    )
    opened_at = models.DateTimeField(pgettext_lazy("time", "opened"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    signed_at = models.DateTimeField(pgettext_lazy("time", "signed"), null=True, blank=True)
    ended_at = models.DateTimeField(pgettext_lazy("time", "ended"), null=True, blank=True)
    end_reason = models.CharField(_("end reason"), max_length=24, choices=EndReason, blank=True)

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.UniqueConstraint(
                fields=["msisdn"], condition=Q(state__in=STANDING), name="one_standing_contract_per_number"
            ),
            models.UniqueConstraint(
                fields=["bank", "bank_contract_no"],
                condition=~Q(bank_contract_no="") & ~Q(state=ContractState.TERMINATED),
                name="one_live_contract_per_bank_contract_no",
            ),
            models.CheckConstraint(
                condition=Q(state=ContractState.TERMINATED, ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state=ContractState.TERMINATED) & Q(ended_at=None, end_reason=""),
                name="contract_ends_with_time_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=FORMAL) | Q(signed_at__isnull=False), name="formal_contract_was_signed"
            ),
            models.CheckConstraint(
                condition=~Q(state=ContractState.PROVISIONAL) | Q(expires_at__isnull=False),
                name="provisional_contract_expires",
            ),
            models.CheckConstraint(
                condition=~Q(user_type=UserType.POSTPAID)
                | Q(recharge_threshold_fen=None, recharge_amount_fen=None),
                name="postpaid_contract_has_no_recharge_terms",
            ),
            models.CheckConstraint(
                condition=~Q(user_type=UserType.PREPAID) | Q(auto_pay=False),
                name="prepaid_contract_has_no_auto_pay",
            ),
            models.CheckConstraint(
                condition=Q(recharge_threshold_fen=None) | Q(recharge_threshold_fen__gte=0),
                name="recharge_threshold_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(recharge_amount_fen=None) | Q(recharge_amount_fen__gt=0),
                name="recharge_amount_is_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["msisdn", "-id"], name="contract_by_msisdn"),
            models.Index(fields=["bank", "-id"], name="contract_by_bank"),
            models.Index(fields=["bank", "bank_contract_no"], name="contract_by_bank_no"),
            models.Index(fields=["bank", "signed_at"], name="contract_by_bank_signed"),
            models.Index(fields=["province", "-id"], name="contract_by_province"),
            models.Index(
                fields=["opened_at"], name="contract_asked_by_bank", condition=Q(channel__in=BANK_CHANNELS)
            ),
            models.Index(
                fields=["expires_at"], name="contract_expiring", condition=Q(state=ContractState.PROVISIONAL)
            ),
            models.Index(fields=["state", "-id"], name="contract_by_rare_state", condition=Q(state__in=RARE)),
            models.Index(fields=["account_index"], name="contract_by_account"),
            models.Index(fields=["identity_index"], name="contract_by_identity"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="hold_numbers",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=HOLD_NUMBERS,
            ),
            pgtrigger.Protect(name="contracts_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="terminated_is_final",
                field="state",
                transitions=[
                    ("PROVISIONAL", "ACTIVE"),
                    ("PROVISIONAL", "CONTESTED"),
                    ("PROVISIONAL", "TERMINATED"),
                    ("CONTESTED", "ACTIVE"),
                    ("CONTESTED", "TERMINATED"),
                    ("ACTIVE", "SUSPENDED"),
                    ("ACTIVE", "TERMINATED"),
                    ("SUSPENDED", "ACTIVE"),
                    ("SUSPENDED", "TERMINATED"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.contract_no

    @property
    def is_standing(self) -> bool:
        """Whether this contract holds its numbers."""
        return self.state in STANDING

    @property
    def was_formal(self) -> bool:
        """Whether the contract ever became formal, so that the other books know of it."""
        return self.signed_at is not None and self.state != ContractState.CONTESTED

    @transition(state, [ContractState.PROVISIONAL, ContractState.CONTESTED], ContractState.ACTIVE)
    def activate(self, *, signed_at: datetime) -> None:
        """The bank signed and nothing stands in the way: the contract becomes formal."""
        self.signed_at, self.expires_at = signed_at, None

    @transition(state, ContractState.PROVISIONAL, ContractState.CONTESTED)
    def contest(self, *, standing: "Contract | None") -> None:
        """The bank signed, but another contract stands: kept beside it until people decide."""
        self.contested_with, self.expires_at = standing, None

    @transition(state, ContractState.ACTIVE, ContractState.SUSPENDED)
    def suspend(self) -> None:
        """No debits until the doubt about the number is cleared; the number stays held."""

    @transition(state, ContractState.SUSPENDED, ContractState.ACTIVE)
    def resume(self) -> None:
        """The doubt is cleared."""

    @transition(
        state,
        [ContractState.PROVISIONAL, ContractState.CONTESTED, ContractState.ACTIVE, ContractState.SUSPENDED],
        ContractState.TERMINATED,
    )
    def terminate(self, *, reason: EndReason, now: datetime) -> None:
        """The end; what was signed stays on record and is never formal again."""
        self.end_reason, self.ended_at, self.expires_at = reason, now, None


class HeldNumber(models.Model):
    """A number held by a standing contract, as its primary or a secondary number; kept by trigger, never by hand.

    The unique number is the law that a primary can't be a secondary elsewhere, nor anything be signed twice.
    """

    msisdn = models.CharField(_("mobile number"), max_length=11)
    is_primary = models.BooleanField(_("primary"))
    contract = models.ForeignKey(
        Contract, models.CASCADE, related_name="held_numbers", verbose_name=_("contract")
    )

    class Meta:
        verbose_name = _("held number")
        verbose_name_plural = _("held numbers")
        constraints = [
            models.UniqueConstraint(fields=["msisdn"], name="one_standing_contract_holds_a_number")
        ]

    def __str__(self) -> str:
        return self.msisdn
