"""What came of what must come: a list, a calendar, and people who say that a file need not come."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from unipay import clock
from unipay.backoffice.admin import (
    Preview,
    Question,
    WindowAdmin,
    confirmed_action,
    partner_title,
    report_outcomes,
    state_badge,
)
from unipay.exchange.admin import month
from unipay.exchange.admin.fields import kind_title
from unipay.exchange.admin.filters import BusinessDateFilter, KindFilter, PartnerFilter
from unipay.exchange.admin.received_previews import RemarkForm
from unipay.exchange.flows import expect
from unipay.exchange.models import ExpectedFile, ExpectedState

STATE_COLOURS = {
    "EXPECTED": "",
    "MISSING": "danger",
    "ARRIVED": "success",
    "LATE": "warning",
    "UNDECLARED": "warning",
    "WAIVED": "primary",
}


@admin.register(ExpectedFile)
class ExpectedFileAdmin(WindowAdmin):
    """Expected files, newest business date first."""

    empty_text = gettext_lazy("Nothing is expected yet: say first which files partners owe us.")
    list_display = (
        "business_date",
        partner_title("partner", description=gettext_lazy("partner")),
        "kind_name",
        "due_at",
        "state_badge",
        "file_link",
        "remark",
    )
    list_filter = ("state", ("partner", PartnerFilter), KindFilter, BusinessDateFilter)
    list_select_related = ("partner", "file")
    ordering = ("-business_date", "partner__code", "kind")
    province_field = "partner"
    actions = ("waive",)
    actions_list = ("go_to_month",)
    actions_detail = ("waive_one",)
    state_badge = state_badge(STATE_COLOURS)
    fields = (
        ("partner", "kind_name"),
        ("business_date", "due_at"),
        ("state", "file_link"),
        ("alarmed_at", "waived_by"),
        "remark",
    )
    readonly_fields = ("kind_name", "file_link")

    def get_urls(self) -> list[URLPattern]:
        """Put the calendar before the admin's addresses."""
        view = self.admin_site.admin_view(self.month_view)
        return [path("month/", view, name="exchange_expectedfile_month"), *super().get_urls()]

    @action(
        description=gettext_lazy("Calendar"),
        icon="calendar_month",
        url_path="go-to-month",
        permissions=["view"],
    )
    def go_to_month(self, request: HttpRequest) -> HttpResponse:
        """Lead to the calendar."""
        return HttpResponseRedirect(reverse("admin:exchange_expectedfile_month"))

    def month_view(self, request: HttpRequest) -> HttpResponse:
        """Show a month: partner by day."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = clock.business_date(clock.now())
        first = month.first_of(request.GET.get("month", ""), today=today)
        rows = self.get_queryset(request).select_related("partner")
        rows = rows.filter(business_date__year=first.year, business_date__month=first.month)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Expected files by day"),
            "month": month.drawn(rows, first=first, today=today),
        }
        return TemplateResponse(request, "exchange/admin/month.html", context)

    @admin.action(description=gettext_lazy("Waive: it need not come"), permissions=["operate"])
    def waive(self, request: HttpRequest, queryset: QuerySet[ExpectedFile]) -> HttpResponse | None:
        """Say that the chosen files need not come, and why."""

        def then(rows: list[ExpectedFile], given: dict[str, Any]) -> HttpResponse:
            said = {"by_id": request.user.pk, "remark": given["remark"]}
            return report_outcomes(
                self, request, rows, verb=lambda row: expect.waive(row, **said), done=_("waived")
            )

        rows = queryset.select_related("partner").order_by("business_date")
        return confirmed_action(self, request, rows, question=WAIVING, then=then)

    @action(description=gettext_lazy("Waive"), icon="event_busy", url_path="waive", permissions=["waive"])
    def waive_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Say that this file need not come, and why."""
        expected = get_object_or_404(self.get_queryset(request), pk=object_id)
        return self.waive(request, self.get_queryset(request).filter(pk=expected.pk))

    def has_waive_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What has not come can be waived."""
        if not self.has_operate_permission(request):
            return False
        if object_id is None or not str(object_id).isdecimal():
            return object_id is None
        waits = (ExpectedState.EXPECTED, ExpectedState.MISSING)
        return ExpectedFile.objects.filter(pk=object_id, state__in=waits).exists()

    @admin.display(description=gettext_lazy("kind of file"))
    def kind_name(self, expected: ExpectedFile) -> str:
        """Return what people call the kind."""
        return kind_title(expected.kind)

    @admin.display(description=gettext_lazy("file"))
    def file_link(self, expected: ExpectedFile) -> SafeString | str:
        """Return the way to the file that came."""
        if expected.file is None:
            return "—"
        address = reverse("admin:exchange_receivedfile_change", args=[expected.file_id])
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, expected.file.name
        )


def _waived(expected: ExpectedFile) -> Preview:
    if expected.state not in (ExpectedState.EXPECTED, ExpectedState.MISSING):
        return Preview(refusal=_("The file has come, or was waived before."))
    words = {"partner": expected.partner.title, "day": expected.business_date}
    return Preview(
        (
            _("Nobody waits any more for the file of %(partner)s for %(day)s, and no alarm sounds.") % words,
            _("Should it come all the same, it is read as usual."),
        )
    )


WAIVING = Question(
    title=gettext_lazy("Need these files not come?"),
    warning=gettext_lazy(
        "Without the file nothing is compared for that day: the next full file finds what differs."
    ),
    button=gettext_lazy("Waive"),
    preview=_waived,
    form_class=RemarkForm,
    is_dangerous=False,
)
