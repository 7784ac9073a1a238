"""A mandate for collection or one-card: an account that may be debited for an agreement number or a mobile number."""

from datetime import datetime

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from billing.states import DebitWay, MandateState
from unipay.sealed_field import SealedTextField
from unipay.state_field import StateField


@pghistory.track(exclude=["account_number", "holder_name"])
class Mandate(models.Model):
    """One account at one bank for one agreement number (corporate) or one mobile number (one-card, domain.md C5).

    One account may have several agreement numbers, one agreement number several users; at most one active mandate per
    agreement or number and way. `mandate_no`: the bank's number of it.
    """

    bank = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("bank")
    )
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", verbose_name=_("province")
    )
    way = models.CharField(_("way"), max_length=12, choices=DebitWay)
    mandate_no = models.CharField(_("bank's mandate number"), max_length=64)
    agreement_no = models.CharField(_("agreement number"), max_length=32, blank=True)
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    account_number = SealedTextField(context="mandate.account", verbose_name=_("account"))
    account_index = models.CharField(_("account (blind index)"), max_length=64)
    account_mask = models.CharField(_("account"), max_length=32)
    holder_name = SealedTextField(context="mandate.holder", verbose_name=_("holder"))
    holder_mask = models.CharField(_("holder"), max_length=64)
    state = StateField(_("state"), default=MandateState.ACTIVE, choices=MandateState, protected=True)
    signed_at = models.DateTimeField(pgettext_lazy("time", "signed"))
    ended_at = models.DateTimeField(pgettext_lazy("time", "ended"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(
                condition=Q(agreement_no="") & ~Q(msisdn="") | Q(msisdn="") & ~Q(agreement_no=""),
                name="mandate_is_for_an_agreement_or_a_number",
            ),
            models.UniqueConstraint(
                fields=["way", "agreement_no"],
                condition=~Q(state=MandateState.ENDED) & ~Q(agreement_no=""),
                name="one_mandate_per_agreement",
            ),
            models.UniqueConstraint(
                fields=["way", "msisdn"],
                condition=~Q(state=MandateState.ENDED) & ~Q(msisdn=""),
                name="one_mandate_per_number",
            ),
            models.UniqueConstraint(
                fields=["bank", "way", "mandate_no"],
                condition=~Q(state=MandateState.ENDED),
                name="one_live_mandate_per_bank_no",
            ),
        ]
        indexes = [
            models.Index(fields=["bank", "-id"], name="mandate_by_bank"),
            models.Index(fields=["msisdn"], name="mandate_by_msisdn", condition=~Q(msisdn="")),
            models.Index(fields=["agreement_no"], name="mandate_by_agreement", condition=~Q(agreement_no="")),
        ]

    def __str__(self) -> str:
        return self.mandate_no

    @transition(state, MandateState.ACTIVE, MandateState.SUSPENDED)
    def suspend(self, *, remark: str) -> None:
        """No debits until the doubt is cleared."""
        self.remark = remark[:200]

    @transition(state, MandateState.SUSPENDED, MandateState.ACTIVE)
    def resume(self) -> None:
        """The doubt is cleared."""
        self.remark = ""

    @transition(state, [MandateState.ACTIVE, MandateState.SUSPENDED], MandateState.ENDED)
    def end(self, *, now: datetime) -> None:
        """The bank, the customer or staff ended it."""
        self.ended_at = now
