"""Maintenance windows of all partners: what is closed now, soon, later, and was."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from unipay import clock
from unipay.backoffice.admin import partner_title
from unipay.partners import maintenance
from unipay.partners.admin.window_forms import PartnerWindowForm
from unipay.partners.maintenance import Standing
from unipay.partners.models import MaintenanceWindow


class StandingFilter(admin.SimpleListFilter):
    """How windows stand to this moment."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return now, soon, later, past."""
        return list(Standing.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the windows that stand so."""
        return queryset.filter(standing=self.value()) if self.value() else queryset


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(ModelAdmin):  # type: ignore[misc]
    """Windows may be changed until they are over."""

    form = PartnerWindowForm
    fields = ("partner", "starts_at", "ends_at", "remark")
    list_display = (
        partner_title("partner", description=_("partner")),
        "standing_badge",
        "starts",
        "ends",
        "length",
        "remark",
    )
    list_filter = (StandingFilter, "partner")
    list_select_related = ("partner",)
    search_fields = ("partner__code", "partner__name", "remark")
    search_help_text = _("Code or name of the partner, or a word of the remark")
    sortable_by = ()
    empty_text = _("No partner is closed, now or later. Add a window before a partner's next maintenance.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MaintenanceWindow]:
        """What is closed now comes first, then what will be, then the past."""
        return maintenance.by_standing(MaintenanceWindow.objects.all(), clock.now())

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Keep the order of the moment."""
        return ("is_past", "period__startswith", "id")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What is over is history."""
        return bool(super().has_change_permission(request, obj)) and not _is_over(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What is over is history."""
        return bool(super().has_delete_permission(request, obj)) and not _is_over(obj)

    @display(
        description=_("when"),
        label={"NOW": "danger", "SOON": "warning", "LATER": "info", "PAST": "primary"},
    )
    def standing_badge(self, window: Any) -> tuple[str, str]:
        """Return now, soon, later or past."""
        return window.standing, str(Standing(window.standing).label)

    @admin.display(description=_("starts"))
    def starts(self, window: MaintenanceWindow) -> str:
        """Return the first minute."""
        return f"{localtime(window.period.lower):%Y-%m-%d %H:%M}"

    @admin.display(description=_("ends"))
    def ends(self, window: MaintenanceWindow) -> str:
        """Return the minute business is taken again."""
        return f"{localtime(window.period.upper):%Y-%m-%d %H:%M}"

    @admin.display(description=_("length"))
    def length(self, window: MaintenanceWindow) -> str:
        """Return hours and minutes."""
        minutes = round((window.period.upper - window.period.lower).total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"


def _is_over(window: Model | None) -> bool:
    return isinstance(window, MaintenanceWindow) and window.period.upper <= clock.now()
