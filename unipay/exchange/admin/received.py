"""Files that partners sent: what became of each, what is wrong with it line by line, and what people decide."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from unipay.backoffice.admin import WindowAdmin, partner_title, state_badge
from unipay.backoffice.admin.day_filter import DayFilter
from unipay.exchange.admin.fields import kind_title
from unipay.exchange.admin.filters import BusinessDateFilter, KindFilter, PartnerFilter
from unipay.exchange.admin.received_doors import ReceivedDoors
from unipay.exchange.admin.received_page import ReceivedPage
from unipay.exchange.admin.upload import UploadDoors
from unipay.exchange.models import ReceivedFile

STATE_COLOURS = {
    "RECEIVED": "info",
    "CHECKED": "warning",
    "ACCEPTED": "success",
    "REFUSED": "danger",
    "QUARANTINED": "danger",
}


@admin.register(ReceivedFile)
class ReceivedFileAdmin(UploadDoors, ReceivedDoors, WindowAdmin):
    """The list of files partners sent, and the page of one."""

    empty_text = _(
        "No partner has sent a file yet. Upload one yourself, or add a directory in which we look for files."
    )
    list_display = (
        "received_at",
        partner_title("partner", description=_("from")),
        "kind_name",
        "name",
        "business_date",
        "state_badge",
        "lines",
        "faulty",
        "origin",
    )
    list_display_links = ("received_at", "name")
    list_filter = (
        ("partner", PartnerFilter),
        KindFilter,
        "state",
        BusinessDateFilter,
        DayFilter.on("received_at", _("day of receipt")),
        "origin",
    )
    list_select_related = ("partner",)
    search_by = (("file_no", str), ("name", str))
    search_help_text = _("Whole file number or file name")
    province_field = "partner"
    state_badge = state_badge(STATE_COLOURS)
    actions_list = ("go_and_upload",)

    @admin.display(description=_("kind of file"))
    def kind_name(self, file: ReceivedFile) -> str:
        """Return what people call the kind."""
        return kind_title(file.kind)

    @admin.display(description=pgettext_lazy("file", "lines"))
    def lines(self, file: ReceivedFile) -> str:
        """Return how many lines it has."""
        return "—" if file.line_count is None else f"{file.line_count:,}"

    @display(description=_("faulty lines"), label={"NONE": "", "SOME": "danger"})
    def faulty(self, file: ReceivedFile) -> tuple[str, str] | str:
        """Return how many lines are faulty."""
        return ("SOME", f"{file.faulty_count:,}") if file.faulty_count else "—"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a file by its number, else by its name."""
        term = search_term.strip()
        if not term:
            return queryset, False
        by_number = queryset.filter(file_no=term)
        return (by_number if by_number.exists() else queryset.filter(name=term)), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the file with its journey, its counts and its faults."""
        file: ReceivedFile | None = self.get_object(request, unquote(object_id))
        shown: dict[str, Any] = {}
        if file:
            shown = {"page": ReceivedPage(file, code=request.GET.get("code", ""))}
            shown |= self.what_may_be_done(request, file)
        self.change_form_template = "exchange/admin/received.html"
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**shown, **(extra_context or {})}
        )
        return response
