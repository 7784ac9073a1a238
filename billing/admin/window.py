"""The window on a table of money: a list, and a page of one row laid out as a sheet."""

from collections.abc import Collection
from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from billing.admin.sheet import Sheet
from unipay.backoffice.admin import WindowAdmin
from unipay.backoffice.provinces import visible_provinces


class MoneyWindow(WindowAdmin):
    """Facts of money to look at; `sheet` says what the page of one shows. `of_all_provinces`: the columns that add up
    every province, left out for whoever is posted to some."""

    of_all_provinces: Collection[str] = ()

    change_form_template = "billing/sheet.html"

    class Media:
        """The looks of money."""

        css = {"all": ("backoffice/sheet.css", "billing/billing.css")}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leave out sums that are not the person's."""
        columns = list(super().get_list_display(request))
        if visible_provinces(request.user) is None:
            return columns
        return [each for each in columns if getattr(each, "__name__", each) not in self.of_all_provinces]

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return what the page of the row shows."""
        raise NotImplementedError

    def shown(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the page's template gets."""
        return {"sheet": self.sheet(request, row)}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the row."""
        row: Model | None = self.get_object(request, unquote(object_id))
        if row is not None and self.has_view_permission(request, row):
            extra_context = {
                **self.shown(request, row),
                "title": str(row),
                "subtitle": None,
                **(extra_context or {}),
            }
        shown: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return shown
