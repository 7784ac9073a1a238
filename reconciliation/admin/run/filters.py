"""What the list of runs can be narrowed by beside its columns, which the overview and the month lead to."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reconciliation import needs
from reconciliation.states import OVER, RunState
from unipay import clock


class NeedsFilter(admin.SimpleListFilter):
    """Runs that somebody should look at."""

    title = _("needs somebody")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what a run may need."""
        return [
            ("approval", _("waits for approval")),
            ("stuck", _("stuck")),
            ("answer", _("waits for a province's answer")),
            ("turn", _("waits for its turn")),
            ("unfinished", _("not over")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the runs."""
        match self.value():
            case "approval":
                return queryset.filter(state=RunState.AWAITING_APPROVAL)
            case "stuck":
                return needs.stuck(queryset, now=clock.now())
            case "answer":
                return queryset.filter(state=RunState.EXPORTED)
            case "turn":
                return queryset.filter(state=RunState.OPENED).exclude(waits_for="")
            case "unfinished":
                return queryset.exclude(state__in=OVER)
        return queryset


class BusinessDateFilter(admin.SimpleListFilter):
    """Runs of one business date; yesterday and the day before offered, any other can stand in the address."""

    title = _("business date")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two newest days there can be, and the one that was asked for."""
        today = clock.business_date(clock.now())
        days = {f"{today - timedelta(days=ago)}" for ago in (1, 2)} | {self._asked_for()} - {""}
        return [(day, day) for day in sorted(days, reverse=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the runs of the day; none for what is no day."""
        if self.value() is None:
            return queryset
        day = self._asked_for()
        return queryset.filter(business_date=day) if day else queryset.none()

    def _asked_for(self) -> str:
        try:
            return f"{clock.parse_business_date(str(self.used_parameters.get(self.parameter_name) or ''))}"
        except ValueError:
            return ""
