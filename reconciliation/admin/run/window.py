"""Runs to look at: what they compare, how far they are, what they wait for; and the page of one."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from reconciliation.admin.columns import NOTHING, RUN_COLOURS, BookFilter, count, run_number
from reconciliation.admin.month.view import month_view
from reconciliation.admin.run.actions import DEEDS
from reconciliation.admin.run.filters import BusinessDateFilter, NeedsFilter
from reconciliation.admin.run.page import RunPage
from reconciliation.models import Run
from reconciliation.outlook import percent
from unipay import clock
from unipay.backoffice.admin import WindowAdmin, partner_title, state_badge
from unipay.backoffice.admin.deeds import DeedsMixin


@admin.register(Run)
class RunAdmin(DeedsMixin, WindowAdmin):
    """The list of runs, and the page of one with its charts."""

    province_field = "partner"
    list_display = (
        "business_date",
        partner_title("partner", description=_("partner")),
        "what",
        "state_badge",
        "waiting",
        "theirs",
        "even",
        "differing",
        "run_no",
    )
    list_display_links = ("business_date", "run_no")
    list_filter = (
        NeedsFilter,
        ("partner", BookFilter),
        "side",
        "period",
        BusinessDateFilter,
        "state",
        "waits_for",
        "is_current",
    )
    list_select_related = ("partner", "file")
    search_by = (("run_no", run_number),)
    search_help_text = _("Whole run number")
    list_before_template = "reconciliation/runs_above.html"
    change_form_template = "reconciliation/run.html"
    state_badge = state_badge(RUN_COLOURS)
    deeds = DEEDS

    class Media:
        """The looks of runs."""

        css = {"all": ("backoffice/sheet.css", "reconciliation/reconciliation.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        """Fetch what pages and lists name along with the run."""
        runs: QuerySet[Run] = super().get_queryset(request)
        return runs.select_related("partner", "file", "released_by", "approved_by")

    def get_urls(self) -> list[URLPattern]:
        """Put the month before the admin's own addresses."""
        month = path("month/", self.admin_site.admin_view(self.month_view), name="reconciliation_run_month")
        return [month, *super().get_urls()]

    def month_view(self, request: HttpRequest) -> HttpResponse:
        """Show every book's days of a month."""
        return month_view(self, request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the run."""
        run: Run | None = self.get_object(request, unquote(object_id))
        if run is not None:
            page = RunPage(run, request.user, clock.now())
            extra_context = {"page": page, "title": run.run_no, "subtitle": None, **(extra_context or {})}
        shown: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return shown

    @admin.display(description=_("what is compared"))
    def what(self, run: Run) -> SafeString:
        """Return the side above the period."""
        return format_html("{}<br>{}", run.get_side_display(), run.get_period_display())

    @admin.display(description=_("waits for"))
    def waiting(self, run: Run) -> SafeString | str:
        """Return what it waits for, or what went wrong."""
        if run.last_error:
            return format_html('<span class="sheet-trouble">{}</span>', _("failed, is tried again"))
        return run.get_waits_for_display() or NOTHING

    @admin.display(description=_("contracts there"))
    def theirs(self, run: Run) -> str:
        """Return how many contracts the partner's book has."""
        return count(run.their_count)

    @admin.display(description=_("even"))
    def even(self, run: Run) -> str:
        """Return how much of our side agrees."""
        return NOTHING if run.even_count is None else percent(run.even_count, run.our_count or 0)

    @admin.display(description=_("discrepancies"))
    def differing(self, run: Run) -> str:
        """Return how many discrepancies there are."""
        return count(run.discrepancy_count)
