"""Which files must come when, and whether they did."""

from datetime import datetime

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from unipay.state_field import StateField


class Rhythm(models.TextChoices):
    """For which business dates a file must come."""

    DAILY = "DAILY", _("every day")
    WORKING_DAYS = "WORKING_DAYS", _("every working day")
    MONTHLY = "MONTHLY", _("once a month")


@pghistory.track()
class FileExpectation(models.Model):
    """A partner owes us a file of a kind in a rhythm.

    `day_of_month` (monthly): the business date, -1 for the last day. The file is due `due_days` days after its business
    date (working days, where `skips_holidays`) at `due_time`, Asia/Shanghai. Nothing is expected before `starts_on`.
    """

    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", verbose_name=_("partner")
    )
    kind = models.CharField(_("kind of file"), max_length=64)
    rhythm = models.CharField(_("rhythm"), max_length=16, choices=Rhythm, default=Rhythm.DAILY)
    day_of_month = models.SmallIntegerField(_("day of the month"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(_("due days later"), default=1)
    skips_holidays = models.BooleanField(_("due on working days only"), default=False)
    due_time = models.TimeField(_("due at"))
    starts_on = models.DateField(_("first business date"))
    is_active = models.BooleanField(pgettext_lazy("exchange", "active"), default=True)

    class Meta:
        verbose_name = _("file expectation")
        verbose_name_plural = _("file expectations")
        constraints = [
            models.UniqueConstraint(fields=["partner", "kind"], name="one_expectation_per_kind"),
            models.CheckConstraint(
                condition=Q(rhythm=Rhythm.MONTHLY, day_of_month__isnull=False)
                & (Q(day_of_month=-1) | Q(day_of_month__range=(1, 28)))
                | ~Q(rhythm=Rhythm.MONTHLY) & Q(day_of_month=None),
                name="monthly_expectation_names_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.kind}"


class ExpectedState(models.TextChoices):
    """EXPECTED until the file is accepted (ARRIVED, or LATE when past due); MISSING past due; WAIVED by people."""

    EXPECTED = "EXPECTED", _("expected")
    MISSING = "MISSING", _("missing")
    ARRIVED = "ARRIVED", _("arrived in time")
    LATE = "LATE", _("arrived late")
    UNDECLARED = "UNDECLARED", _("empty, but not declared empty")
    WAIVED = "WAIVED", _("waived")


class ExpectedFile(models.Model):
    """One file that must come: partner, kind, business date, and until when."""

    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("partner")
    )
    kind = models.CharField(_("kind of file"), max_length=64)
    business_date = models.DateField(_("business date"))
    due_at = models.DateTimeField(_("due"))
    state = StateField(_("state"), default=ExpectedState.EXPECTED, choices=ExpectedState, protected=True)
    file = models.ForeignKey(
        "exchange.ReceivedFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    alarmed_at = models.DateTimeField(_("alarm raised"), null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("waived by"),
    )
    remark = models.CharField(_("remark"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("expected file")
        verbose_name_plural = _("expected files")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "kind", "business_date"], name="one_expected_file_per_day"
            ),
            models.CheckConstraint(
                condition=~Q(state=ExpectedState.WAIVED) | ~Q(remark=""), name="waived_file_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["business_date", "partner"], name="expected_by_day"),
            models.Index(
                fields=["due_at"],
                name="expected_open",
                condition=Q(state__in=[ExpectedState.EXPECTED, ExpectedState.MISSING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.business_date}"

    @transition(state, ExpectedState.EXPECTED, ExpectedState.MISSING)
    def miss(self, *, now: datetime) -> None:
        """Its time is over: an alarm is raised, once."""
        self.alarmed_at = now

    @transition(
        state,
        [ExpectedState.EXPECTED, ExpectedState.MISSING, ExpectedState.UNDECLARED],
        ExpectedState.ARRIVED,
    )
    def arrive(self, *, file_id: int) -> None:
        """It came in time, or was replaced in time."""
        self.file_id = file_id

    @transition(
        state, [ExpectedState.EXPECTED, ExpectedState.MISSING, ExpectedState.UNDECLARED], ExpectedState.LATE
    )
    def arrive_late(self, *, file_id: int) -> None:
        """It came after its time."""
        self.file_id = file_id

    @transition(state, [ExpectedState.EXPECTED, ExpectedState.MISSING], ExpectedState.UNDECLARED)
    def arrive_empty(self, *, file_id: int, now: datetime) -> None:
        """A file without a line came that does not say that it has none: an alarm, as nobody knows what it means."""
        self.file_id, self.alarmed_at = file_id, now

    @transition(state, [ExpectedState.EXPECTED, ExpectedState.MISSING], ExpectedState.WAIVED)
    def waive(self, *, by_id: int, remark: str) -> None:
        """People say that it need not come."""
        self.waived_by_id, self.remark = by_id, remark
