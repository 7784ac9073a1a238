"""Discrepancies to look at: within a run by difference, state and province, or all of one number."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from reconciliation.admin.columns import DISCREPANCY_COLOURS, NOTHING, province_title
from reconciliation.admin.discrepancy import filters
from reconciliation.admin.discrepancy.actions import SetAside
from reconciliation.admin.discrepancy.page import DiscrepancyPage
from reconciliation.admin.discrepancy.sides import differing
from reconciliation.models import Discrepancy
from unipay import check_digit, msisdn
from unipay.backoffice.admin import RevealMixin, WindowAdmin, masked_number, state_badge


def _contract_number(term: str) -> str:
    return check_digit.validate(term, "C")


@admin.register(Discrepancy)
class DiscrepancyAdmin(SetAside, RevealMixin, WindowAdmin):
    """The list of discrepancies, and the page of one with both sides."""

    province_field = "province"
    list_display = (
        "what",
        masked_number,
        "bank_contract_no",
        province_title,
        "attributes_in_words",
        "treatment",
        "state_badge",
        "line_no",
        "run_in_words",
    )
    list_display_links = ("what",)
    list_filter = (
        filters.RunFilter,
        filters.RoundFilter,
        filters.NeedsFilter,
        filters.ComparedFilter,
        filters.DifferenceFilter,
        filters.StateFilter,
        filters.ProvinceFilter,
        filters.TreatmentFilter,
        filters.ShieldFilter,
    )
    search_by = (("msisdn", msisdn.normalise), ("contract__contract_no", _contract_number))
    search_help_text = _("Whole mobile number or contract number")
    change_form_template = "reconciliation/discrepancy.html"
    list_before_template = "reconciliation/discrepancies_above.html"
    actions = ("hold_back", "ignore")
    reveals = revealed_in_files = ("msisdn",)
    state_badge = state_badge(DISCREPANCY_COLOURS)

    class Media:
        """The looks of discrepancies."""

        css = {"all": ("backoffice/sheet.css", "reconciliation/reconciliation.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discrepancy]:
        """Leave what is sealed sealed."""
        rows: QuerySet[Discrepancy] = super().get_queryset(request)
        return rows.select_related("run__partner", "province").defer("their_secrets")

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Within a run as its indexes have them, which is the order of the file; else the newest first."""
        if "run" not in request.GET:
            return ("-id",)
        return ("id",) if {"difference", "state"} & set(request.GET) else ("difference", "id")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show above the list what run it is of."""
        run = filters.run_named(request.GET.get("run", ""))
        may_see = run is not None and request.user.has_perm("reconciliation.view_run")
        context = {"run": run, "may_see_run": may_see, **(extra_context or {})}
        answered: HttpResponse = super().changelist_view(request, context)
        return answered

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the discrepancy."""
        row: Discrepancy | None = self.get_object(request, unquote(object_id))
        if row is not None:
            page = DiscrepancyPage(row, request.user)
            title = str(row.get_difference_display())
            extra_context = {"page": page, "title": title, "subtitle": None, **(extra_context or {})}
        shown: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return shown

    @admin.display(description=_("difference"))
    def what(self, row: Discrepancy) -> str:
        """Return how the books differ."""
        return str(row.get_difference_display())

    @admin.display(description=_("what differs"))
    def attributes_in_words(self, row: Discrepancy) -> str:
        """Return which particulars differ."""
        return differing(row) or NOTHING

    @admin.display(description=_("run"))
    def run_in_words(self, row: Discrepancy) -> SafeString:
        """Return whose book and of which day."""
        return format_html("{}<br>{}", row.run.partner.title, f"{row.run.business_date}")
