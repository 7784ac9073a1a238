"""What was agreed with a bank about a way of debiting, its calendar, and what follows each reason of failure."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.states import DebitWay, FollowUp
from unipay.msisdn import mask

DAYS = [5, 15, 25]
MEANT_BY_FILES = frozenset({"bank", "way", "settles_at_export", "allows_partial", "answers_failures_only"})
"""What a request file meant when it was written, and its return file is settled by."""

STAYS_WHILE_RUNS_ARE_OPEN = """
    IF EXISTS (
        SELECT FROM billing_debitrun run
        WHERE run.arrangement_id = NEW.id AND run.state NOT IN ('CLOSED', 'CANCELLED')
    ) THEN
        RAISE EXCEPTION 'a run of this arrangement is not over' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def default_days() -> list[int]:
    """The three days of the month on which banks debit where nothing else was agreed."""
    return list(DAYS)


class Arrangement(models.Model):
    """One way of debiting with one bank: its days, limits and manners (domain.md C3 to C6).

    `settles_at_export`: bills are settled when the request file is written, and failed lines reversed (C4).
    `allows_partial`: the bank may debit less than asked. `answers_failures_only`: its return files leave out what
    succeeded. `runs_by_itself`: the calendar starts its runs; else people do. `approve_above_fen`: runs that ask for
    more need a second person, 0 for all of them. `split_rows`: most lines of one request file. `days_to_answer`: how
    many days it has for its return file.
    """

    bank = models.ForeignKey("partners.Partner", models.PROTECT, related_name="+", verbose_name=_("bank"))
    way = models.CharField(_("way"), max_length=12, choices=DebitWay)
    is_active = models.BooleanField(pgettext_lazy("arrangement", "active"), default=True)
    runs_by_itself = models.BooleanField(_("runs by itself"), default=True)
    days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(31)]),
        verbose_name=_("days of the month"),
        default=default_days,
        help_text=_("A day that is a holiday moves to the next working day."),
    )
    settles_at_export = models.BooleanField(_("settles at export"), default=False)
    allows_partial = models.BooleanField(_("allows partial amounts"), default=True)
    answers_failures_only = models.BooleanField(_("returns failures only"), default=False)
    minimum_fen = models.BigIntegerField(_("least amount (fen)"), default=1)
    cap_fen = models.BigIntegerField(
        _("most per subscriber and month (fen)"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    max_attempts = models.PositiveSmallIntegerField(_("most attempts per bill"), default=6)
    split_rows = models.PositiveIntegerField(_("most lines of a request file"), default=500_000)
    approve_above_fen = models.BigIntegerField(_("needs approval above (fen)"), default=0)
    days_to_answer = models.PositiveSmallIntegerField(_("days to answer"), default=2)

    class Meta:
        verbose_name = _("debit arrangement")
        verbose_name_plural = _("debit arrangements")
        constraints = [
            models.UniqueConstraint(fields=["bank", "way"], name="one_arrangement_per_bank_and_way"),
            models.CheckConstraint(
                condition=Q(settles_at_export=False) | Q(allows_partial=False),
                name="settled_at_export_is_all_or_nothing",
            ),
            models.CheckConstraint(condition=Q(split_rows__gte=1), name="request_file_has_room"),
            models.CheckConstraint(condition=Q(minimum_fen__gte=1), name="least_amount_is_positive"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stays_while_runs_are_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*sorted(MEANT_BY_FILES)),
                func=STAYS_WHILE_RUNS_ARE_OPEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank.title} {self.get_way_display()}"


class DebitDate(models.Model):
    """One day on which an arrangement's run begins: planned by the calendar, moved or skipped by people.

    `planned_date`: what the calendar says; `date`: what holds, moved off holidays or by people. `run` once it began.
    """

    arrangement = models.ForeignKey(
        Arrangement, models.PROTECT, related_name="dates", verbose_name=_("arrangement")
    )
    planned_date = models.DateField(_("planned"))
    date = models.DateField(_("date"))
    is_skipped = models.BooleanField(_("skipped"), default=False)
    is_moved_by_hand = models.BooleanField(_("moved by hand"), default=False)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    run = models.OneToOneField(
        "billing.DebitRun",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="planned",
        verbose_name=_("run"),
    )

    class Meta:
        verbose_name = _("debit date")
        verbose_name_plural = _("debit dates")
        constraints = [
            models.UniqueConstraint(fields=["arrangement", "planned_date"], name="one_debit_date_per_plan"),
        ]
        indexes = [models.Index(fields=["date"], name="debit_date_by_date")]

    def __str__(self) -> str:
        return f"{self.arrangement} {self.date}"


class FailureRule(models.Model):
    """What follows when a debit fails for one of our reasons; a reason without a rule is presented again.

    `reason_code`: ours, as the result-code table maps a bank's codes to it.
    """

    reason_code = models.CharField(_("our reason"), max_length=64, unique=True)
    title = models.CharField(pgettext_lazy("reason", "title"), max_length=80)
    title_en = models.CharField(_("English title"), max_length=80)
    follow_up = models.CharField(_("what follows"), max_length=12, choices=FollowUp)

    class Meta:
        verbose_name = _("rule for failed debits")
        verbose_name_plural = _("rules for failed debits")
        ordering = ["reason_code"]

    def __str__(self) -> str:
        return self.reason_code


class DebitCap(models.Model):
    """The most that one subscriber wants debited in a month, over all ways."""

    msisdn = models.CharField(_("mobile number"), max_length=11, unique=True)
    monthly_fen = models.BigIntegerField(_("most a month (fen)"))
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("subscriber's cap")
        verbose_name_plural = _("subscribers' caps")
        constraints = [models.CheckConstraint(condition=Q(monthly_fen__gte=0), name="cap_is_not_negative")]

    def __str__(self) -> str:
        return mask(self.msisdn)
