"""A recharge: money taken at a bank, to be credited at a province (domain.md C2, C11)."""

from datetime import datetime

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from billing.states import RECHARGE_OVER, RechargeSource, RechargeState, WayBack
from unipay.state_field import StateField


@pghistory.track(
    pghistory.UpdateEvent("state_changed", condition=pghistory.AnyChange("state")),
    fields=["id", "recharge_no", "state", "landing_error"],
    model_name="RechargeEvent",
)
class Recharge(models.Model):
    """One amount taken by one bank for one number (or agreement), in two legs.

    `request_no`: the bank's own reference, "" for what came of a debit (`item`). `recharge_no` is our reference for
    the landing at the province, `back_no` for taking it back, `way_back` what follows that. `*_entry`: the ledger
    entries it made. `landing_error`: why the province did not take it yet. `next_landing_at`: when the sweep looks at
    it again; a paid one that was never asked of the province, or finally refused there, has none. `refund_by`: the last
    day by which it is credited, or goes back.
    """

    recharge_no = models.CharField(_("recharge number"), max_length=64, unique=True)
    source = models.CharField(_("source"), max_length=16, choices=RechargeSource)
    bank = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("bank")
    )
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("province")
    )
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    agreement_no = models.CharField(_("agreement number"), max_length=32, blank=True)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    request_no = models.CharField(_("bank's request number"), max_length=64, blank=True)
    bank_transaction_no = models.CharField(_("bank's transaction number"), max_length=64, blank=True)
    item = models.OneToOneField(
        "billing.DebitItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recharge",
        verbose_name=_("debit item"),
    )
    business_date = models.DateField(_("business date"))
    paid_at = models.DateTimeField(pgettext_lazy("time", "paid"))
    state = StateField(_("state"), default=RechargeState.PAID, choices=RechargeState, protected=True)
    landed_at = models.DateTimeField(pgettext_lazy("time", "credited"), null=True, blank=True)
    landing_attempts = models.PositiveSmallIntegerField(_("attempts to credit"), default=0)
    landing_error = models.CharField(_("why it is not credited"), max_length=200, blank=True)
    next_landing_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    refund_by = models.DateField(_("credited or given back by"), null=True, blank=True)
    back_no = models.CharField(_("reversal or refund number"), max_length=64, blank=True)
    way_back = models.CharField(_("way back"), max_length=8, choices=WayBack, blank=True)
    back_reason = models.CharField(_("why it goes back"), max_length=200, blank=True)
    back_asked_at = models.DateTimeField(_("asked back"), null=True, blank=True)
    over_at = models.DateTimeField(_("gone back"), null=True, blank=True)
    paid_entry = models.OneToOneField(
        "billing.JournalEntry", models.PROTECT, related_name="+", verbose_name=_("entry of the payment")
    )
    landed_entry = models.OneToOneField(
        "billing.JournalEntry",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entry of the credit"),
    )

    class Meta:
        verbose_name = _("recharge")
        verbose_name_plural = _("recharges")
        permissions = [
            ("land_recharge", _("Can try again to credit a recharge")),
            ("refund_recharge", _("Can propose to give a recharge back")),
            ("check_recharge", _("Can approve that a recharge is given back")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "request_no"], condition=~Q(request_no=""), name="one_recharge_per_request"
            ),
            models.UniqueConstraint(
                fields=["bank", "bank_transaction_no"],
                condition=~Q(bank_transaction_no="") & ~Q(request_no=""),
                name="one_recharge_per_bank_transaction",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="recharge_is_for_something"),
            models.CheckConstraint(
                condition=~Q(msisdn="") | ~Q(agreement_no=""), name="recharge_is_for_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state=RechargeState.LANDED)
                | Q(landed_at__isnull=False, landed_entry__isnull=False),
                name="credited_recharge_has_its_entry",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RECHARGE_OVER, over_at__isnull=False)
                | ~Q(state__in=RECHARGE_OVER) & Q(over_at=None),
                name="recharge_gone_back_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RechargeState.PAID, RechargeState.LANDED]) | ~Q(back_reason=""),
                name="recharge_going_back_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["msisdn", "-id"], name="recharge_by_msisdn"),
            models.Index(fields=["bank", "business_date", "-id"], name="recharge_by_bank_day"),
            models.Index(fields=["province", "-id"], name="recharge_by_province"),
            models.Index(
                fields=["next_landing_at", "id"],
                name="recharge_to_land",
                condition=Q(state__in=[RechargeState.PAID, RechargeState.TAKING_BACK]),
            ),
            models.Index(
                fields=["state", "-id"],
                name="recharge_exceptions",
                condition=~Q(state=RechargeState.LANDED),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="recharges_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="what_went_back_is_final",
                field="state",
                transitions=[
                    ("PAID", "LANDED"),
                    ("PAID", "TAKING_BACK"),
                    ("PAID", "REVERSED"),
                    ("PAID", "REFUND_OWED"),
                    ("LANDED", "TAKING_BACK"),
                    ("TAKING_BACK", "LANDED"),
                    ("TAKING_BACK", "REVERSED"),
                    ("TAKING_BACK", "REFUND_OWED"),
                    ("REFUND_OWED", "REFUNDED"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.recharge_no

    @property
    def subject(self) -> str:
        """What entries, messages, cases and proposals call it."""
        return f"recharge:{self.recharge_no}"

    @transition(state, RechargeState.PAID, RechargeState.LANDED)
    def land(self, *, now: datetime) -> None:
        """The province has credited it."""
        self.landed_at, self.landing_error, self.next_landing_at = now, "", None

    @transition(state, [RechargeState.PAID, RechargeState.LANDED], RechargeState.TAKING_BACK)
    def take_back(self, *, back_no: str, way_back: WayBack, reason: str, now: datetime) -> None:
        """The province is asked to take the credit back, or never to give it where nobody knows whether it did."""
        self.back_no, self.way_back, self.back_reason = back_no, str(way_back), reason[:200]
        self.back_asked_at, self.next_landing_at = now, now

    @transition(state, RechargeState.TAKING_BACK, RechargeState.LANDED)
    def stay_landed(self, *, why: str, now: datetime) -> None:
        """The province won't take it back: it stays credited."""
        self.landing_error, self.next_landing_at = why[:200], None
        self.landed_at = self.landed_at or now
        self.back_no, self.way_back, self.back_reason, self.back_asked_at = "", "", "", None

    @transition(state, [RechargeState.PAID, RechargeState.TAKING_BACK], RechargeState.REVERSED)
    def reverse(self, *, reason: str, now: datetime) -> None:
        """As if it had never been: on its own business day, or a debit settled at export that failed."""
        self.back_reason, self.over_at, self.next_landing_at = reason[:200], now, None

    @transition(state, [RechargeState.PAID, RechargeState.TAKING_BACK], RechargeState.REFUND_OWED)
    def owe_refund(self, *, reason: str) -> None:
        """The bank is to give the money back, from the next business day on."""
        self.back_reason, self.next_landing_at = reason[:200], None

    @transition(state, RechargeState.REFUND_OWED, RechargeState.REFUNDED)
    def refund(self, *, now: datetime) -> None:
        """The bank gave the money back."""
        self.over_at = now
