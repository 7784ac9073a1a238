"""A signing session: the hall sends a subscriber through our page to a bank's signing page (domain.md A1)."""

from datetime import datetime

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from signing.states import SessionState
from unipay.state_field import StateField

LIVE = (SessionState.OPENED, SessionState.AT_BANK)


@pghistory.track(exclude=["link_token"])
class SigningSession(models.Model):
    """One attempt of one subscriber to sign over the carrier channel.

    `link_token` is what the subscriber's link carries: unguessable, and worthless once the session ended.
    """

    session_no = models.CharField(_("session number"), max_length=64, unique=True)
    link_token = models.CharField(_("link token"), max_length=64, unique=True)
    hall = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("hall")
    )
    bank = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("bank"),
    )
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("province")
    )
    msisdn = models.CharField(_("primary number"), max_length=11)
    secondary_msisdns = ArrayField(
        models.CharField(max_length=11), verbose_name=_("secondary numbers"), default=list, blank=True
    )
    offer = models.JSONField(_("what the province allowed"), null=True, blank=True)
    return_url = models.URLField(_("return address"), max_length=500)
    language = models.CharField(_("language"), max_length=8, blank=True)
    state = StateField(_("state"), default=SessionState.OPENED, choices=SessionState, protected=True)
    contract = models.ForeignKey(
        "signing.Contract",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("contract"),
    )
    failure_code = models.CharField(_("failure code"), max_length=64, blank=True)
    opened_at = models.DateTimeField(pgettext_lazy("time", "opened"))
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(pgettext_lazy("time", "ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("signing session")
        verbose_name_plural = _("signing sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at=None) | ~Q(state__in=LIVE) & Q(ended_at__isnull=False),
                name="session_ends_with_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[SessionState.OPENED, SessionState.FAILED, SessionState.EXPIRED])
                | Q(bank__isnull=False, consented_at__isnull=False),
                name="session_at_bank_has_bank_and_consent",
            ),
            models.CheckConstraint(
                condition=~Q(state=SessionState.COMPLETED) | Q(contract__isnull=False),
                name="completed_session_has_a_contract",
            ),
        ]
        indexes = [
            models.Index(fields=["msisdn", "-id"], name="session_by_msisdn"),
            models.Index(fields=["opened_at"], name="session_by_opening"),
            models.Index(fields=["expires_at"], name="session_expiring", condition=Q(state__in=LIVE)),
        ]

    def __str__(self) -> str:
        return self.session_no

    @property
    def is_live(self) -> bool:
        """Whether the session can still lead to a contract without anybody asking why so late."""
        return self.state in LIVE

    @transition(state, [SessionState.OPENED, SessionState.AT_BANK], SessionState.AT_BANK)
    def hand_over(self, *, bank_id: int, now: datetime) -> None:
        """The subscriber consented and is sent to the bank's page."""
        self.bank_id, self.consented_at = bank_id, now

    @transition(state, SessionState.AT_BANK, SessionState.COMPLETED)
    def complete(self, *, contract_id: int, now: datetime) -> None:
        """The bank signed."""
        self.contract_id, self.ended_at = contract_id, now

    @transition(state, [SessionState.OPENED, SessionState.AT_BANK], SessionState.FAILED)
    def fail(self, *, failure_code: str, now: datetime) -> None:
        """The bank, or we, said no."""
        self.failure_code, self.ended_at = failure_code, now

    @transition(state, [SessionState.OPENED, SessionState.AT_BANK], SessionState.EXPIRED)
    def expire(self, *, now: datetime) -> None:
        """Nobody came back in time."""
        self.ended_at = now
