"""Debit runs to look at: which bank is asked for how much, how far each is, and the page of one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.admin.calendar.view import calendar_view
from billing.admin.columns import RUN_COLOURS, amount, count, our_number
from billing.admin.run.actions import DEEDS
from billing.admin.run.filters import DateFilter, NeedsFilter
from billing.admin.run.opening import open_view
from billing.admin.run.page import DebitRunPage
from billing.admin.window import MoneyWindow
from billing.models import DebitRun
from unipay import clock
from unipay.backoffice.admin import state_badge
from unipay.backoffice.admin.deeds import DeedsMixin


@admin.register(DebitRun)
class DebitRunAdmin(DeedsMixin, MoneyWindow):
    """The list of runs, and the page of one with its charts."""

    empty_text = _(
        "No run yet. The calendar opens one on every debit date of an arrangement; you can open one by hand, too."
    )
    list_display = (
        "debit_date",
        "bank",
        "way",
        "state_badge",
        count("item_count", description=_("debits")),
        amount("asked_fen", description=pgettext_lazy("money", "asked for")),
        count("excluded_count", description=_("bills left out")),
        "held",
        "run_no",
    )
    list_display_links = ("debit_date", "run_no")
    of_all_provinces = ("item_count", "asked_fen", "excluded_count")
    list_filter = (
        NeedsFilter,
        "state",
        ("arrangement", admin.RelatedOnlyFieldListFilter),
        DateFilter,
    )
    list_select_related = ("arrangement__bank",)
    search_by = (("run_no", our_number),)
    search_help_text = _("Whole run number")
    ordering = ("-debit_date", "-id")
    list_before_template = "billing/runs_above.html"
    change_form_template = "billing/run.html"
    state_badge = state_badge(RUN_COLOURS)
    deeds = DEEDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[DebitRun]:
        """Fetch what pages and lists name along with the run."""
        runs: QuerySet[DebitRun] = super().get_queryset(request)
        return runs.select_related("arrangement__bank", "opened_by", "approved_by")

    def get_urls(self) -> list[URLPattern]:
        """Put the calendar and the opening of a run before the admin's own addresses."""
        site: Any = self.admin_site
        own = [
            path("calendar/", site.admin_view(self.calendar_view), name="billing_debitrun_calendar"),
            path("open/", site.admin_view(self.open_view), name="billing_debitrun_open"),
        ]
        return own + super().get_urls()

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        """Show every bank's debit dates of a month."""
        return calendar_view(self, request)

    def open_view(self, request: HttpRequest) -> HttpResponse:
        """Show what a run would do, and open it."""
        return open_view(self, request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Let the list know whether the person may open a run."""
        context = {"may_open": request.user.has_perm("billing.open_debitrun"), **(extra_context or {})}
        shown: HttpResponse = super().changelist_view(request, context)
        return shown

    def shown(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the run read once, for the head and the charts."""
        page = DebitRunPage(row, request.user, clock.now())
        return {"sheet": page.sheet, "page": page, "waiting": page.waiting}

    @admin.display(description=_("bank"))
    def bank(self, run: DebitRun) -> str:
        """Return who is asked."""
        return run.arrangement.bank.title

    @admin.display(description=_("way"))
    def way(self, run: DebitRun) -> str:
        """Return how it is debited."""
        return run.arrangement.get_way_display()

    @admin.display(description=_("held up"))
    def held(self, run: DebitRun) -> SafeString | str:
        """Return whether it was stopped, or failed."""
        if run.last_error:
            return format_html('<span class="sheet-trouble">{}</span>', _("failed, is tried again"))
        return format_html('<span class="sheet-trouble">{}</span>', _("stopped")) if run.is_stopped else "—"
