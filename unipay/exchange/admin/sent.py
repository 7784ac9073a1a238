"""Our files for partners: where each is on its way, taken out by hand where the partner has no line."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from unipay.backoffice.admin import WindowAdmin, partner_title, state_badge, yuan
from unipay.backoffice.admin.day_filter import DayFilter
from unipay.exchange.admin.fields import kind_title, layout_title
from unipay.exchange.admin.filters import BusinessDateFilter, KindFilter, PartnerFilter
from unipay.exchange.admin.received_page import Stop
from unipay.exchange.admin.sent_doors import SentDoors
from unipay.exchange.models import SentFile, SentState

STATE_COLOURS = {
    "READY": "info",
    "DELIVERED": "warning",
    "ACKNOWLEDGED": "success",
    "FAILED": "danger",
    "CANCELLED": "primary",
}


@admin.register(SentFile)
class SentFileAdmin(SentDoors, WindowAdmin):
    """The list of our files, and the page of one."""

    empty_text = gettext_lazy(
        "We have written no file yet. Correction files for provinces appear here once a run has found something."
    )
    list_display = (
        "written_at",
        partner_title("partner", description=gettext_lazy("to")),
        "kind_name",
        "name",
        "business_date",
        "state_badge",
        "row_count",
        "route",
        "last_error",
    )
    list_display_links = ("written_at", "name")
    list_filter = (
        ("partner", PartnerFilter),
        KindFilter,
        "state",
        BusinessDateFilter,
        DayFilter.on("written_at", gettext_lazy("day of writing")),
        "route",
    )
    list_select_related = ("partner",)
    search_by = (("subject", str),)
    search_help_text = gettext_lazy("Whole file number, file name, or what it is about (run:…)")
    province_field = "partner"
    state_badge = state_badge(STATE_COLOURS)

    @admin.display(description=gettext_lazy("kind of file"))
    def kind_name(self, file: SentFile) -> str:
        """Return what people call the kind."""
        return kind_title(file.kind)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find files by their number, their name, or what they are about."""
        term = search_term.strip()
        for field in ("file_no", "name", "subject") if term else ():
            found = queryset.filter(**{field: term})
            if found.exists():
                return found, False
        return (queryset.none() if term else queryset), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the file with its journey."""
        file: SentFile | None = self.get_object(request, unquote(object_id))
        shown = _shown(file) if file else {}
        self.change_form_template = "exchange/admin/sent.html"
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**shown, **(extra_context or {})}
        )
        return response


def _shown(file: SentFile) -> dict[str, Any]:
    return {
        "journey": _journey(file),
        "kind": kind_title(file.kind),
        "layout_title": layout_title(file.layout),
        "subject": file.subject.rpartition(":")[2],
        "total": yuan(file.total_fen),
    }


def _journey(file: SentFile) -> list[Stop]:
    """From being written to the partner's word."""
    is_ready = file.state == SentState.READY
    trouble = file.last_error if is_ready else ""
    stops = [
        Stop(pgettext("file", "written"), file.written_at),
        Stop(pgettext("file", "delivered"), file.delivered_at, is_now=is_ready, note=trouble),
    ]
    if file.state in (SentState.FAILED, SentState.CANCELLED):
        return [*stops, Stop(file.get_state_display(), file.settled_at, is_bad=True, note=file.last_error)]
    waits = file.state == SentState.DELIVERED
    note = _("waiting for the partner's word") if waits else ""
    return [*stops, Stop(pgettext("file", "acknowledged"), file.settled_at, is_now=waits, note=note)]
