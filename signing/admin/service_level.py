"""How soon cases of each kind are due: data that supervisors keep."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from signing.models import CaseServiceLevel
from unipay.backoffice.admin import HistoryMixin


@admin.register(CaseServiceLevel)
class CaseServiceLevelAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """Severity and time allowed for each reason; cases that are open keep the time they were given."""

    list_display = ("reason", "severity", "hours")
    ordering = ("reason",)
