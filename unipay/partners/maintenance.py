"""Maintenance windows: how each stands to a moment, which of a partner's meet, and what a new one is offered as."""

from datetime import datetime, timedelta

from django.db.models import Case, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay import clock
from unipay.partners.models import MaintenanceWindow, Partner

SOON = timedelta(days=7)
_USUAL_LENGTH = timedelta(hours=4)


class Standing(TextChoices):
    """How a window stands to this moment."""

    NOW = "NOW", _("closed now")
    SOON = "SOON", _("within 7 days")
    LATER = "LATER", pgettext_lazy("window", "later")
    PAST = "PAST", pgettext_lazy("window", "past")


def by_standing(windows: QuerySet[MaintenanceWindow], now: datetime) -> QuerySet[MaintenanceWindow]:
    """Return the windows with their `standing`: what is closed now first, then what comes next, the past last."""
    standing = Case(
        When(period__endswith__lte=now, then=Value(Standing.PAST.value)),
        When(period__startswith__lte=now, then=Value(Standing.NOW.value)),
        When(period__startswith__lte=now + SOON, then=Value(Standing.SOON.value)),
        default=Value(Standing.LATER.value),
    )
    is_past = Case(When(period__endswith__lte=now, then=1), default=0)
    return windows.annotate(standing=standing, is_past=is_past).order_by(
        "is_past", "period__startswith", "id"
    )


def overlapping(
    partner: Partner | None, starts_at: datetime, ends_at: datetime, *, without: int | None = None
) -> MaintenanceWindow | None:
    """Return a window of the partner that meets this time, or None; `without` is the one being changed."""
    windows = MaintenanceWindow.objects.filter(partner=partner, period__overlap=(starts_at, ends_at))
    others = windows if without is None else windows.exclude(pk=without)
    return others.order_by("period").first()


def usual(now: datetime) -> tuple[datetime, datetime]:
    """Return what a new window is offered as: the coming night, midnight to four in Asia/Shanghai."""
    midnight = clock.business_day_start(clock.business_date(now) + timedelta(days=1))
    return midnight, midnight + _USUAL_LENGTH
