"""What the lists of files can be narrowed by: the kind of file, and partners as this person may see them."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from unipay import clock
from unipay.backoffice.provinces import visible_provinces
from unipay.exchange.admin.fields import kind_title
from unipay.exchange.kinds import all_kinds


class KindFilter(admin.SimpleListFilter):
    """Files of one kind, by the names staff give the kinds."""

    title = _("kind of file")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the kinds."""
        return [(kind.name, kind_title(kind.name)) for kind in all_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what is of the kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class PartnerFilter(admin.RelatedFieldListFilter):
    """Partners this person may see, by kind and code."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the partners."""
        partners = field.get_choices(include_blank=False, ordering=("kind", "code"))
        visible = visible_provinces(request.user)
        return partners if visible is None else [each for each in partners if each[0] in visible]


class BusinessDateFilter(admin.SimpleListFilter):
    """Files of one business date, yesterday's and the day's before offered; any other can stand in the address."""

    title = _("business date")
    parameter_name = "date"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the last days, and the day that is asked for."""
        today = clock.business_date(clock.now())
        days = [f"{today - timedelta(days=back)}" for back in range(3)]
        asked = self.value()
        return [(day, day) for day in ([asked, *days] if asked and asked not in days else days)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what is of the day; none for what is no day."""
        if self.value() is None:
            return queryset
        try:
            return queryset.filter(business_date=clock.parse_business_date(self.value() or ""))
        except ValueError:
            return queryset.none()
