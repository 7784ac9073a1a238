"""What differs between two books, both sides as they were, and what was done about it."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reconciliation.states import Difference, DiscrepancyState, Period, Shield, Treatment


class Discrepancy(models.Model):
    """One difference of one run.

    `ours` and `theirs`: both sides as JSON with the names of `reconciliation/match_specification.py`, personal data
    masked; None where a side has nothing. `their_secrets`: the account number, holder and identity number of the
    file's line, each sealed as the contract's columns are ({"account_number": "k1:…"}), for the correction alone.
    `line_no`: the line of the run's file. `seen_version`: the contract's version that was compared.
    `attributes`: which of them differ. `order_no`: the line of the province's correction file,
    counting from 1 in a run. `round`: the run's when it was found. `taken_up_by`: the later run that decided what was
    carried, whether or not it still differed then (`carried_to`).
    State is text, not an FSM field: a run changes millions at a time, in SQL.
    """

    run = models.ForeignKey(
        "reconciliation.Run",
        models.PROTECT,
        related_name="discrepancies",
        db_index=False,
        verbose_name=_("run"),
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    difference = models.CharField(_("difference"), max_length=20, choices=Difference)
    attributes = ArrayField(
        models.CharField(max_length=32), verbose_name=_("what differs"), default=list, blank=True
    )
    line_no = models.BigIntegerField(pgettext_lazy("file", "line"), null=True, blank=True)
    contract = models.ForeignKey(
        "signing.Contract",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("contract"),
    )
    seen_version = models.PositiveIntegerField(_("version compared"), null=True, blank=True)
    province = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("province"),
    )
    msisdn = models.CharField(_("mobile number"), max_length=11, blank=True)
    bank_contract_no = models.CharField(_("bank's contract number"), max_length=64, blank=True)
    ours = models.JSONField(_("our side"), null=True, blank=True)
    theirs = models.JSONField(_("their side"), null=True, blank=True)
    their_secrets = models.JSONField(_("sealed particulars"), null=True, blank=True)
    treatment = models.CharField(_("treatment"), max_length=12, choices=Treatment, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=DiscrepancyState, default=DiscrepancyState.OPEN
    )
    shield = models.CharField(_("why carried"), max_length=20, choices=Shield, blank=True)
    remark = models.CharField(_("remark"), max_length=400, blank=True)
    case = models.ForeignKey(
        "signing.ManualCase",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("manual case"),
    )
    carried_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name=_("carried from"),
    )
    taken_up_by = models.ForeignKey(
        "reconciliation.Run",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_up",
        verbose_name=_("taken up by"),
    )
    order_no = models.BigIntegerField(_("line of the correction file"), null=True, blank=True)
    exports = models.PositiveSmallIntegerField(_("times sent"), default=0)
    exported_at = models.DateTimeField(pgettext_lazy("time", "sent"), null=True, blank=True)
    answer_code = models.CharField(_("answer"), max_length=32, blank=True)
    answer_text = models.CharField(_("answer in words"), max_length=200, blank=True)
    found_at = models.DateTimeField(pgettext_lazy("time", "found"))
    settled_at = models.DateTimeField(pgettext_lazy("time", "settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")
        constraints = [
            models.CheckConstraint(
                condition=Q(ours__isnull=False) | Q(theirs__isnull=False), name="discrepancy_has_a_side"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[DiscrepancyState.OPEN, DiscrepancyState.EXPORTED], settled_at=None)
                | ~Q(state__in=[DiscrepancyState.OPEN, DiscrepancyState.EXPORTED])
                & Q(settled_at__isnull=False),
                name="discrepancy_is_settled_with_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=DiscrepancyState.CASE) | Q(case__isnull=False),
                name="case_discrepancy_has_its_case",
            ),
            models.CheckConstraint(
                condition=~Q(state=DiscrepancyState.CARRIED) | ~Q(shield=""),
                name="carried_discrepancy_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state=DiscrepancyState.IGNORED) | ~Q(remark=""),
                name="ignored_discrepancy_says_why",
            ),
            models.UniqueConstraint(
                fields=["run", "order_no"], condition=Q(order_no__isnull=False), name="one_order_per_line"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "round", "difference", "id"], name="discrepancy_by_difference"),
            models.Index(fields=["run", "round", "state", "id"], name="discrepancy_by_state"),
            models.Index(fields=["msisdn", "-id"], name="discrepancy_by_msisdn"),
            models.Index(
                fields=["contract", "-id"],
                name="discrepancy_by_contract",
                condition=Q(contract__isnull=False),
            ),
            models.Index(fields=["case"], name="discrepancy_by_case", condition=Q(case__isnull=False)),
            models.Index(
                fields=["run"],
                name="discrepancy_to_take_up",
                condition=Q(state=DiscrepancyState.CARRIED, taken_up_by=None),
            ),
            models.Index(
                fields=["exported_at", "id"],
                name="discrepancy_unanswered",
                condition=Q(state=DiscrepancyState.EXPORTED),
            ),
        ]

    def __str__(self) -> str:
        return self.bank_contract_no or f"{self.run_id}/{self.pk}"


@pghistory.track()
class TreatmentRule(models.Model):
    """What is done about a difference, where it is not what domain.md B says.

    `partner` None: every partner that has no rule of its own; `period` empty: increments and fulls alike.
    """

    partner = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner"),
    )
    period = models.CharField(
        pgettext_lazy("reconciliation", "period"),
        max_length=12,
        blank=True,
        choices=Period,
    )
    difference = models.CharField(_("difference"), max_length=20, choices=Difference)
    treatment = models.CharField(_("treatment"), max_length=12, choices=Treatment)
    remark = models.CharField(_("why"), max_length=400)

    class Meta:
        verbose_name = _("treatment rule")
        verbose_name_plural = _("treatment rules")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "period", "difference"],
                nulls_distinct=False,
                name="one_treatment_per_difference",
            )
        ]

    def __str__(self) -> str:
        return f"{self.difference} -> {self.treatment}"


@pghistory.track()
class Guard(models.Model):
    """How much of our book one file may end before people must look; `partner` None: for all others.

    `shrink_permille`: of our standing contracts with the partner, in thousandths; without any rule 10 (1 %).
    `resend_hours`: after how long a province's unanswered corrections are sent again; without any rule 24.
    """

    partner = models.OneToOneField(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner"),
    )
    shrink_permille = models.PositiveSmallIntegerField(_("may end, in thousandths"), default=10)
    resend_hours = models.PositiveSmallIntegerField(_("sent again after (hours)"), default=24)
    remark = models.CharField(_("why"), max_length=400)

    class Meta:
        verbose_name = _("guard")
        verbose_name_plural = _("guards")
        constraints = [
            models.UniqueConstraint(fields=["partner"], nulls_distinct=False, name="one_guard_per_partner"),
            models.CheckConstraint(condition=Q(shrink_permille__lte=1000), name="guard_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id or '*'} {self.shrink_permille} ‰"
