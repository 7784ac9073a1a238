"""A partner, the legal bank behind its code, its rights and the hours it is closed."""

from datetime import datetime

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from unipay.partners.kinds import PartnerKind, PartnerStatus
from unipay.partners.operations import operation_title
from unipay.state_field import StateField

CODE = RegexValidator(
    r"\A[A-Z][A-Z0-9_]{1,31}\Z", _("Capital letters, digits and underscores, 2 to 32 of them.")
)


class LegalBank(models.Model):
    """The bank in law, behind one or several partner codes that may be settled differently (seed 001)."""

    code = models.CharField(_("code"), max_length=32, unique=True, validators=[CODE])
    name = models.CharField(pgettext_lazy("partner", "name"), max_length=80)

    class Meta:
        verbose_name = _("legal bank")
        verbose_name_plural = _("legal banks")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@pghistory.track()
class Partner(models.Model):
    """Somebody we exchange messages with, under a code of its own.

    `notifies_hall`: this bank tells the hall the outcome itself; otherwise we do (domain.md A1).
    `confirms_by_notice`: this bank wants a notice beside our answer when a contract became formal.
    `serves`: the one province a hall or agent works for; empty means the whole country.
    """

    code = models.CharField(_("code"), max_length=32, unique=True, validators=[CODE])
    kind = models.CharField(_("kind"), max_length=16, choices=PartnerKind)
    name = models.CharField(pgettext_lazy("partner", "name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    status = StateField(_("status"), default=PartnerStatus.OPEN, choices=PartnerStatus, protected=True)
    legal_bank = models.ForeignKey(
        LegalBank,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="partners",
        verbose_name=_("legal bank"),
    )
    is_virtual = models.BooleanField(_("virtual: a code that is no bank"), default=False)
    serves = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="served_by",
        verbose_name=_("province served"),
    )
    notifies_hall = models.BooleanField(_("notifies the hall itself"), default=True)
    confirms_by_notice = models.BooleanField(_("wants a notice of each contract"), default=False)
    base_url = models.URLField(
        _("base address"), blank=True, help_text=_("Our calls append their path to it.")
    )
    signing_page_url = models.URLField(_("signing page"), blank=True)
    connect_timeout_ms = models.PositiveIntegerField(_("connect time-out (ms)"), default=2000)
    read_timeout_ms = models.PositiveIntegerField(_("read time-out (ms)"), default=5000)
    rate_limit_per_minute = models.PositiveIntegerField(_("requests a minute"), default=6000)
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), auto_now_add=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["kind", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=PartnerKind.values), name="partner_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=PartnerStatus.values), name="partner_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=PartnerKind.BANK) | models.Q(legal_bank=None, is_virtual=False),
                name="only_banks_have_a_legal_bank",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        """The name in the language of the moment."""
        is_english = (get_language() or "").startswith("en")
        return self.name_en if is_english and self.name_en else self.name

    @transition(status, [PartnerStatus.OPEN, PartnerStatus.CLOSED], PartnerStatus.SUSPENDED)
    def suspend(self) -> None:
        """Stop dealing with the partner at all: nothing is accepted from it."""

    @transition(status, PartnerStatus.OPEN, PartnerStatus.CLOSED)
    def close(self) -> None:
        """Take no new business; what stands may still be ended."""

    @transition(status, [PartnerStatus.CLOSED, PartnerStatus.SUSPENDED], PartnerStatus.OPEN)
    def reopen(self) -> None:
        """Deal with the partner again."""

    def closed_until(self, now: datetime) -> datetime | None:
        """The end of the maintenance window that `now` falls into, if it falls into one."""
        window = self.maintenance_windows.filter(period__contains=now).first()
        return window.period.upper if window else None


class PartnerPermission(models.Model):
    """The right of one partner to one operation."""

    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="permissions", verbose_name=_("partner")
    )
    operation = models.CharField(_("operation"), max_length=64)

    class Meta:
        verbose_name = pgettext_lazy("partner", "permission")
        verbose_name_plural = pgettext_lazy("partner", "permissions")
        constraints = [
            models.UniqueConstraint(fields=["partner", "operation"], name="one_permission_per_operation")
        ]

    def __str__(self) -> str:
        return operation_title(self.operation)


class MaintenanceWindow(models.Model):
    """A period in which a partner takes no new business: new signings are refused, terminations are not.

    Windows of one partner never overlap.
    """

    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="maintenance_windows", verbose_name=_("partner")
    )
    period = DateTimeRangeField(_("period"))
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("maintenance window")
        verbose_name_plural = _("maintenance windows")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__upper_inf=False),
                name="maintenance_window_ends",
            ),
            # A range of one number, as plain numbers could only be compared here with an extension (btree_gist).
            ExclusionConstraint(
                name="one_maintenance_window_at_a_time",
                expressions=[
                    (
                        models.Func(
                            "partner_id",
                            "partner_id",
                            models.Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        starts_at, ends_at = (localtime(end) for end in (self.period.lower, self.period.upper))
        return f"{self.partner.title} {starts_at:%Y-%m-%d %H:%M} – {ends_at:%Y-%m-%d %H:%M}"
