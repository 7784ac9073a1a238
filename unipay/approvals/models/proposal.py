"""What one person proposes and another approves or refuses."""

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from unipay.state_field import StateField


class ProposalState(models.TextChoices):
    """PENDING until somebody else decides; everything else is final."""

    PENDING = "PENDING", pgettext_lazy("proposal", "waiting for approval")
    APPROVED = "APPROVED", pgettext_lazy("proposal", "approved")
    REFUSED = "REFUSED", pgettext_lazy("proposal", "refused")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("proposal", "withdrawn")
    EXPIRED = "EXPIRED", pgettext_lazy("proposal", "expired")
    STALE = "STALE", pgettext_lazy("proposal", "overtaken by events")


_CHECKED = (ProposalState.APPROVED, ProposalState.REFUSED)


@pghistory.track()
class Proposal(models.Model):
    """One thing somebody wants to be done to one `subject` ("case:M-…"), as the subject was at `subject_version`.

    `what` is for the kind alone; `action` and `reason` are the words the rules look at, `amount_fen` too. The database
    keeps maker and checker apart, and one proposal waiting per subject.
    """

    proposal_no = models.CharField(_("proposal number"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=64)
    subject = models.CharField(_("about"), max_length=80)
    subject_version = models.CharField(_("version of what it is about"), max_length=120)
    action = models.CharField(_("what is proposed"), max_length=64)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    amount_fen = models.BigIntegerField(_("amount (fen)"), null=True, blank=True)
    what = models.JSONField(_("particulars"), default=dict)
    province = models.ForeignKey(
        "partners.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("province")
    )
    state = StateField(_("state"), default=ProposalState.PENDING, choices=ProposalState, protected=True)
    remark = models.TextField(_("remark"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    made_at = models.DateTimeField(pgettext_lazy("time", "proposed"))
    expires_at = models.DateTimeField(_("valid until"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    check_remark = models.TextField(_("checker's remark"), blank=True)
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        permissions = [("check_proposal", _("Can approve or refuse proposals of others"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("made_by")), name="maker_is_not_checker"
            ),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state=ProposalState.PENDING),
                name="one_proposal_waits_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_CHECKED, checked_by__isnull=False) & ~Q(check_remark="")
                | ~Q(state__in=_CHECKED) & Q(checked_by=None, check_remark=""),
                name="proposal_is_checked_with_a_remark",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.PENDING, settled_at=None)
                | ~Q(state=ProposalState.PENDING) & Q(settled_at__isnull=False),
                name="proposal_is_settled_unless_pending",
            ),
            models.CheckConstraint(condition=~Q(remark=""), name="proposal_has_a_remark"),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="proposal_waiting", condition=Q(state=ProposalState.PENDING)
            ),
            models.Index(fields=["subject", "-id"], name="proposal_by_subject"),
            models.Index(fields=["state", "-id"], name="proposal_by_state"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="settled_is_final",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ProposalState.PENDING),
            ),
            pgtrigger.Protect(name="proposals_are_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.proposal_no

    @transition(state, ProposalState.PENDING, ProposalState.APPROVED)
    def approve(self, *, by_id: int, remark: str, now: datetime) -> None:
        """A second person agrees: it is carried out in the same transaction."""
        self.checked_by_id, self.check_remark, self.settled_at = by_id, remark, now

    @transition(state, ProposalState.PENDING, ProposalState.REFUSED)
    def refuse(self, *, by_id: int, remark: str, now: datetime) -> None:
        """A second person does not agree."""
        self.checked_by_id, self.check_remark, self.settled_at = by_id, remark, now

    @transition(state, ProposalState.PENDING, ProposalState.WITHDRAWN)
    def withdraw(self, *, now: datetime) -> None:
        """Its maker takes it back."""
        self.settled_at = now

    @transition(state, ProposalState.PENDING, ProposalState.EXPIRED)
    def expire(self, *, now: datetime) -> None:
        """Nobody checked it in time."""
        self.settled_at = now

    @transition(state, ProposalState.PENDING, ProposalState.STALE)
    def overtake(self, *, now: datetime) -> None:
        """What it is about has changed since: nobody can approve what the maker did not see."""
        self.settled_at = now
