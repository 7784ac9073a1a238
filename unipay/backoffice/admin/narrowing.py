"""What narrows a list before anybody filters it: the provinces of the person, and a number that is not to be read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from unipay import msisdn
from unipay.backoffice import subscriber
from unipay.backoffice.provinces import visible_provinces


def within_provinces(rows: QuerySet[Any], user: Any, province_field: str) -> QuerySet[Any]:
    """Return the rows this person may see, by the way from the row to its province."""
    visible = visible_provinces(user)
    return rows if visible is None else rows.filter(**{f"{province_field}__in": sorted(visible)})


class ProvinceBoundMixin:
    """Lists, pages, actions and files hold only what is of the person's provinces.

    `province_field` is the way from the row to its province ("province", "contract__province"); empty: of no province.
    """

    province_field = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out what is of other provinces than the person's."""
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return within_provinces(rows, request.user, self.province_field) if self.province_field else rows


class NumberFilter(admin.SimpleListFilter):
    """The rows of one mobile number, which stands sealed in the address; shown only where one was asked for."""

    title = _("mobile number")
    parameter_name = "number"

    @staticmethod
    def field_of(model_admin: Any) -> str:
        """Return the field by which the list is searched for a number, "" when it is not."""
        return next((field for field, read in model_admin.search_by if read is msisdn.normalise), "")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the number that is asked for, masked."""
        self.field = self.field_of(model_admin)
        self.number = self._asked_for()
        return [(self.value() or "", msisdn.mask(self.number))] if self.number else []

    def has_output(self) -> bool:
        """A seal that is not ours finds nothing, and must not find everything."""
        return self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the number; none for a seal that is not ours."""
        if self.value() is None:
            return queryset
        return queryset.filter(**{self.field: self.number}) if self.number else queryset.none()

    def _asked_for(self) -> str:
        try:
            return subscriber.unseal(self.value() or "")
        except ValueError:
            return ""
