"""What the list of discrepancies can be narrowed by: the run first, as everything else is looked up within it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reconciliation import needs
from reconciliation.models import Run
from reconciliation.states import Difference, DiscrepancyState, Shield, Treatment
from unipay import clock
from unipay.backoffice.provinces import visible_provinces
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

NO_PROVINCE = "none"


class RunFilter(admin.SimpleListFilter):
    """What one run found in its present round, or in the one that is asked for; shown only where a run is asked for."""

    title = gettext_lazy("run")
    parameter_name = "run"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self._round = request.GET.get(RoundFilter.parameter_name, "")
        super().__init__(request, params, model, model_admin)

    @cached_property
    def run(self) -> Run | None:
        """The run that is asked for."""
        return run_named(self.value() or "")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the run that is asked for."""
        return [(self.run.run_no, f"{self.run.partner.title} {self.run.business_date}")] if self.run else []

    def has_output(self) -> bool:
        """A number that is no run's finds nothing, and must not find everything."""
        return self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what the run found."""
        if self.value() is None:
            return queryset
        if self.run is None:
            return queryset.none()
        asked = int(self._round) if self._round.isdecimal() and len(self._round) < 5 else self.run.round
        return queryset.filter(run=self.run, round=asked)


class RoundFilter(admin.SimpleListFilter):
    """The rounds of a run that was opened again."""

    title = gettext_lazy("round")
    parameter_name = "round"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the rounds of the run that is asked for, if there are several."""
        run = run_named(request.GET.get(RunFilter.parameter_name, ""))
        rounds = range(1, run.round + 1) if run and run.round > 1 else ()
        return [(str(each), str(each)) for each in rounds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The filter of the run sees to it."""
        return queryset


class _WordFilter(admin.SimpleListFilter):
    """One of the words of a column."""

    words: Any = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the words with their titles."""
        return list(self.words.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows with the word; none for a word there is not."""
        if self.value() is None:
            return queryset
        if self.value() not in self.words.values:
            return queryset.none()
        return queryset.filter(**{str(self.parameter_name): self.value()})


class DifferenceFilter(_WordFilter):
    """How the books differ."""

    title = gettext_lazy("difference")
    parameter_name = "difference"
    words = Difference


class StateFilter(_WordFilter):
    """What became of it."""

    title = gettext_lazy("state")
    parameter_name = "state"
    words = DiscrepancyState


class TreatmentFilter(_WordFilter):
    """What is done about it."""

    title = gettext_lazy("treatment")
    parameter_name = "treatment"
    words = Treatment


class ShieldFilter(_WordFilter):
    """Why it was carried."""

    title = gettext_lazy("why carried")
    parameter_name = "shield"
    words = Shield


class ProvinceFilter(admin.SimpleListFilter):
    """The home of the number, among those the person may see."""

    title = gettext_lazy("province")
    parameter_name = "province"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the provinces, and that there may be none."""
        visible = visible_provinces(request.user)
        provinces = Partner.objects.filter(kind=PartnerKind.PROVINCE).order_by("code")
        titled = [(str(each.pk), each.title) for each in provinces if visible is None or each.pk in visible]
        return titled if visible is not None else [*titled, (NO_PROVINCE, _("no province"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the province's rows."""
        asked = self.value()
        if asked is None:
            return queryset
        if asked == NO_PROVINCE:
            return queryset.filter(province=None)
        return queryset.filter(province=asked) if asked.isdecimal() else queryset.none()


class NeedsFilter(admin.SimpleListFilter):
    """What still has to come to an end, over all runs."""

    title = gettext_lazy("needs somebody")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what may be needed."""
        return [("unanswered", _("sent out, not answered")), ("carried", _("carried, not decided yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows."""
        chosen = {"unanswered": needs.unanswered, "carried": needs.carried}.get(self.value() or "")
        return chosen(queryset) if chosen else queryset


class ComparedFilter(admin.SimpleListFilter):
    """What the runs compared on one day found: their index answers, as the day of each row has none."""

    title = gettext_lazy("found on")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return today and yesterday."""
        today = clock.business_date(clock.now())
        return [(f"{today}", _("today")), (f"{today - timedelta(days=1)}", _("yesterday"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Offer them, and the day that was asked for where it is another."""
        yield from super().choices(changelist)
        day = self._asked_for()
        if day and f"{day}" not in dict(self.lookup_choices):
            query = changelist.get_query_string({self.parameter_name: f"{day}"})
            yield {"selected": True, "query_string": query, "display": f"{day}"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what they found; none for what is no day."""
        if self.value() is None:
            return queryset
        day = self._asked_for()
        if day is None:
            return queryset.none()
        begins, ends = clock.business_day_start(day), clock.business_day_start(day + timedelta(days=1))
        compared = Run.objects.filter(matched_at__gte=begins, matched_at__lt=ends)
        return queryset.filter(run__in=list(compared.values_list("pk", flat=True)))

    def _asked_for(self) -> date | None:
        try:
            day = clock.parse_business_date(self.value() or "")
        except ValueError:
            return None
        return day if date.min < day < date.max else None


def run_named(run_no: str) -> Run | None:
    """Return the run of that number, with its partner."""
    return Run.objects.filter(run_no=run_no).select_related("partner").first() if run_no else None
