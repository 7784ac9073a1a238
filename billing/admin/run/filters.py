"""What the list of debit runs can be narrowed by beside its columns, which the overview and the calendar lead to."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import DebitBatch, DebitRun
from billing.states import BATCH_AWAITS, RUN_OVER, RunState
from unipay import clock

IN_WORK = ~Q(state__in=RUN_OVER)
HELD = Q(is_stopped=True) | ~Q(last_error="")


class NeedsFilter(admin.SimpleListFilter):
    """Runs that somebody should look at."""

    title = _("needs somebody")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what a run may need."""
        return [
            ("approval", _("waits for approval")),
            ("overdue", _("the bank's answer is overdue")),
            ("held", _("stopped or failed")),
            ("unfinished", _("not over")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the runs."""
        match self.value():
            case "approval":
                return queryset.filter(state=RunState.AWAITING_APPROVAL)
            case "overdue":
                return queryset.filter(IN_WORK, pk__in=overdue_batches().values("run"))
            case "held":
                return queryset.filter(IN_WORK).filter(HELD)
            case "unfinished":
                return queryset.filter(IN_WORK)
        return queryset


class DateFilter(admin.SimpleListFilter):
    """Runs of one debit date, which stands in the address; shown only where one is asked for."""

    title = _("debit date")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the day that is asked for."""
        asked = self._asked_for()
        return [(f"{asked}", f"{asked}")] if asked else []

    def has_output(self) -> bool:
        """What is no day finds nothing, and must not find everything."""
        return self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the runs of the day; none for what is no day."""
        if self.value() is None:
            return queryset
        asked = self._asked_for()
        return queryset.filter(debit_date=asked) if asked else queryset.none()

    def _asked_for(self) -> date | None:
        try:
            return clock.parse_business_date(str(self.used_parameters.get(self.parameter_name) or ""))
        except ValueError:
            return None


def overdue_batches() -> QuerySet[DebitBatch]:
    """Return the batches whose answer is overdue, of runs that are not over."""
    unfinished = DebitRun.objects.filter(IN_WORK).values("pk")
    waiting = DebitBatch.objects.filter(run__in=unfinished, state__in=BATCH_AWAITS)
    return waiting.filter(answer_due_at__lt=clock.now())
