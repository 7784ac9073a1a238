"""The window on a table of money: a list, and a page of one row laid out as a sheet."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from billing.admin.sheet import Sheet
from unipay.backoffice.admin import WindowAdmin


class MoneyWindow(WindowAdmin):
    """Facts of money to look at; `sheet` says what the page of one shows."""

    change_form_template = "billing/sheet.html"

    class Media:
        """The looks of money."""

        css = {"all": ("backoffice/sheet.css", "billing/billing.css")}

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
