"""What the list of recharges can be narrowed by beside its columns, which the overview leads to."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import Recharge
from billing.states import RechargeState
from unipay import clock

NOT_CREDITED = Q(state__in=[RechargeState.PAID, RechargeState.TAKING_BACK, RechargeState.REFUND_OWED])
"""Money that was taken and is neither credited nor back."""


class NeedsFilter(admin.SimpleListFilter):
    """Recharges that somebody may have to look at."""

    title = _("needs somebody")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what a recharge may need."""
        return [
            ("credit", _("taken, neither credited nor given back")),
            ("trouble", _("not credited, and the province said why")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the recharges."""
        match self.value():
            case "credit":
                return queryset.filter(NOT_CREDITED)
            case "trouble":
                return queryset.filter(NOT_CREDITED).exclude(landing_error="")
        return queryset


class DayFilter(admin.SimpleListFilter):
    """Recharges of one business date; today and yesterday offered, any other can stand in the address."""

    title = _("business date")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two newest days, and the one that was asked for."""
        today = clock.business_date(clock.now())
        asked = self._asked_for()
        days = {today, today - timedelta(days=1), *([asked] if asked else [])}
        return [(f"{each}", f"{each}") for each in sorted(days, reverse=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the recharges of the day; none for what is no day."""
        if self.value() is None:
            return queryset
        asked = self._asked_for()
        return queryset.filter(business_date=asked) if asked else queryset.none()

    def _asked_for(self) -> date | None:
        try:
            return clock.parse_business_date(str(self.used_parameters.get(self.parameter_name) or ""))
        except ValueError:
            return None


def not_credited(rows: QuerySet[Recharge]) -> QuerySet[Recharge]:
    """Return those of the rows that were taken and are neither credited nor back."""
    return rows.filter(NOT_CREDITED)
