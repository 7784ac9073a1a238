"""Manual cases: what only people may decide, the evidence of both parties, and what a decision obliges us to."""

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from signing.states import OVER, UNDECIDED, CaseReason, CaseState, Decision, Severity
from unipay.state_field import StateField


@pghistory.track()
class ManualCase(models.Model):
    """One question for people. `cause` names what brought it about: one open case per cause.

    `about` names what it is about where that is no contract ("recharge:…"); a case about a whole file has neither
    number nor province.
    """

    case_no = models.CharField(_("case number"), max_length=64, unique=True)
    cause = models.CharField(_("cause"), max_length=120)
    reason = models.CharField(_("reason"), max_length=24, choices=CaseReason)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity, default=Severity.NORMAL)
    state = StateField(_("state"), default=CaseState.OPEN, choices=CaseState, protected=True)
    about = models.CharField(pgettext_lazy("case", "about"), max_length=80, blank=True)
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    province = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("province"),
    )
    standing = models.ForeignKey(
        "signing.Contract",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_as_standing",
        verbose_name=_("standing contract"),
    )
    contested = models.ForeignKey(
        "signing.Contract",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_as_contested",
        verbose_name=_("contested contract"),
    )
    opened_at = models.DateTimeField(pgettext_lazy("time", "opened"))
    due_at = models.DateTimeField(_("due"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    decision = models.CharField(_("decision"), max_length=16, choices=Decision, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    decided_at = models.DateTimeField(pgettext_lazy("time", "decided"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("time", "closed"), null=True, blank=True)
    came_back = models.CharField(_("why it came back"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("manual case")
        verbose_name_plural = _("manual cases")
        permissions = [
            ("decide_manualcase", _("Can decide manual cases")),
            ("check_manualcase", _("Can approve or refuse decisions of others")),
            ("assign_manualcase", _("Can give manual cases to others")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], condition=~Q(state__in=OVER), name="one_open_case_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*UNDECIDED, CaseState.WITHDRAWN], decision="")
                | Q(state__in=[CaseState.DECIDED, CaseState.CLOSED], decided_at__isnull=False)
                & ~Q(decision=""),
                name="case_is_decided_unless_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, closed_at__isnull=False) | ~Q(state__in=OVER) & Q(closed_at=None),
                name="case_closes_with_a_time",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("decided_by")),
                name="case_is_approved_by_somebody_else",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="case_by_due"),
            models.Index(fields=["msisdn", "-id"], name="case_by_msisdn"),
            models.Index(fields=["about"], name="case_by_about", condition=~Q(about="")),
            models.Index(fields=["owner", "due_at"], name="case_by_owner", condition=Q(state__in=UNDECIDED)),
            models.Index(
                fields=["province", "due_at"], name="case_by_province", condition=Q(state__in=UNDECIDED)
            ),
        ]

    def __str__(self) -> str:
        return self.case_no

    @property
    def subject(self) -> str:
        """What proposals and messages call this case."""
        return f"case:{self.case_no}"

    @transition(state, CaseState.OPEN, CaseState.PROPOSED)
    def propose(self, *, by_id: int) -> None:
        """Somebody proposed a decision that a second person must approve; what was nobody's becomes that person's."""
        self.owner_id = self.owner_id or by_id

    @transition(state, CaseState.PROPOSED, CaseState.OPEN)
    def let_go(self, *, why: str) -> None:
        """The proposal was refused (`why` says for what), withdrawn, or came to nothing: as open as before."""
        self.came_back = why[:400] or self.came_back

    @transition(state, list(UNDECIDED), CaseState.WITHDRAWN)
    def withdraw(self, *, remark: str, now: datetime) -> None:
        """There is nothing left to decide."""
        self.remark, self.closed_at = remark, now

    @transition(state, list(UNDECIDED), CaseState.DECIDED)
    def decide(
        self,
        *,
        decision: Decision,
        remark: str,
        decided_by_id: int | None,
        approved_by_id: int | None = None,
        now: datetime,
    ) -> None:
        """People have decided; what it obliges us to is on its way."""
        self.decision, self.remark, self.decided_at = decision, remark, now
        self.decided_by_id, self.approved_by_id = decided_by_id, approved_by_id

    @transition(state, CaseState.DECIDED, CaseState.CLOSED)
    def close(self, *, now: datetime) -> None:
        """Every obligation was acknowledged."""
        self.closed_at = now

    @transition(state, CaseState.DECIDED, CaseState.OPEN)
    def reopen(self, *, why: str) -> None:
        """An obligation could not be met: people must look again."""
        self.decision, self.decided_by_id, self.approved_by_id, self.decided_at = "", None, None, None
        self.came_back = why[:400]


class CaseEvidence(models.Model):
    """What a party told us, when, and with which key. Append-only, by trigger; shown side by side."""

    case = models.ForeignKey(ManualCase, models.PROTECT, related_name="evidence", verbose_name=_("case"))
    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("from")
    )
    request_no = models.CharField(_("request number"), max_length=64, blank=True)
    key_id = models.CharField(_("signed with key"), max_length=32, blank=True)
    facts = models.JSONField(_("facts"))
    received_at = models.DateTimeField(pgettext_lazy("time", "received"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.request_no}"


class CaseObligation(models.Model):
    """A message that a decision obliges us to get acknowledged before the case may close."""

    case = models.ForeignKey(ManualCase, models.PROTECT, related_name="obligations", verbose_name=_("case"))
    message = models.OneToOneField(
        "messaging.OutboundMessage", models.PROTECT, related_name="+", verbose_name=_("message")
    )
    met_at = models.DateTimeField(_("met"), null=True, blank=True)

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")

    def __str__(self) -> str:
        return f"{self.case_id} -> {self.message_id}"
