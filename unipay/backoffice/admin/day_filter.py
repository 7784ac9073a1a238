"""Lists of one business day, which the figures of the overview lead to."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from unipay import clock
from unipay.errors import Text


class DayFilter(admin.SimpleListFilter):
    """One day of `field`, today and yesterday offered; any other can stand in the address."""

    field = ""
    parameter_name = "day"

    @classmethod
    def on(cls, field: str, title: Text) -> type["DayFilter"]:
        """Return the filter for a column of moments."""
        return type("DayFilter", (cls,), {"field": field, "title": title})

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
        """Return the rows of the day; none for what is no day."""
        if self.value() is None:
            return queryset
        day = self._asked_for()
        if day is None:
            return queryset.none()
        begins, ends = clock.business_day_start(day), clock.business_day_start(day + timedelta(days=1))
        return queryset.filter(**{f"{self.field}__gte": begins, f"{self.field}__lt": ends})

    def _asked_for(self) -> date | None:
        try:
            day = clock.parse_business_date(self.value() or "")
        except ValueError:
            return None
        # At both ends of the calendar there is no midnight of Shanghai.
        return day if date.min < day < date.max else None
