"""What was agreed with banks about debiting."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

from billing.admin.columns import bank_title, right
from billing.admin.forms import YuanField
from billing.flows import debit_calendar
from billing.models import Arrangement
from billing.models.arrangement import MEANT_BY_FILES
from billing.states import RUN_OVER
from unipay import clock
from unipay.backoffice.admin import HistoryMixin, yuan
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


class ArrangementForm(forms.ModelForm):  # type: ignore[type-arg]
    """An arrangement in words and yuan."""

    minimum_fen = YuanField(
        label=gettext_lazy("least amount (yuan)"),
        initial=1,
        help_text=gettext_lazy("Less than this is left out until more is due."),
    )
    cap_fen = YuanField(
        label=gettext_lazy("most per subscriber and month (yuan)"),
        required=False,
        help_text=gettext_lazy("Empty: no limit."),
    )
    approve_above_fen = YuanField(
        label=gettext_lazy("needs approval above (yuan)"),
        initial=0,
        help_text=gettext_lazy("0: every run needs a second person."),
    )

    class Meta:
        model = Arrangement
        widgets: ClassVar[dict[str, Any]] = {"days": TextInput}
        fields = (
            "bank",
            "way",
            "is_active",
            "runs_by_itself",
            "days",
            "settles_at_export",
            "allows_partial",
            "answers_failures_only",
            "minimum_fen",
            "cap_fen",
            "approve_above_fen",
            "max_attempts",
            "split_rows",
            "days_to_answer",
        )

    def clean(self) -> dict[str, Any]:
        """What the files of an open run meant stays until the run is over; settled at export is all or nothing."""
        said = super().clean() or {}
        if said.get("settles_at_export") and said.get("allows_partial"):
            self.add_error(
                "allows_partial",
                _("A bill that is settled at export is paid in full or not at all: switch this off."),
            )
        is_open = self.instance.pk and self.instance.runs.exclude(state__in=RUN_OVER).exists()
        if is_open and MEANT_BY_FILES & set(self.changed_data):
            raise forms.ValidationError(
                _("A run of it is not over; how it is settled can change after that.")
            )
        return said


@admin.register(Arrangement)
class ArrangementAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The arrangements; the calendar follows them."""

    form = ArrangementForm
    empty_text = gettext_lazy(
        "No bank debits anything yet. Enter what was agreed with one; the calendar plans its dates by itself."
    )
    list_display = (
        bank_title,
        "way",
        "on_days",
        "is_active",
        "runs_by_itself",
        "settles_at_export",
        "approval",
    )
    list_select_related = ("bank",)
    list_filter = ("way", "is_active")
    ordering = ("bank__code", "way")
    sortable_by = ()

    class Media:
        """The looks of money."""

        css = {"all": ("backoffice/sheet.css",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Runs speak of it; it is made inactive."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Runs of the past were of this bank and way."""
        return ("bank", "way") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep it, and plan its dates at once: whoever enters it looks at the calendar next."""
        super().save_model(request, obj, form, change)
        debit_calendar.plan(now=clock.now())

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer banks only."""
        if db_field.name == "bank":
            banks: QuerySet[Partner] = Partner.objects.filter(kind=PartnerKind.BANK).order_by("code")
            kwargs["queryset"] = banks
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("days of the month"))
    def on_days(self, arrangement: Arrangement) -> str:
        """Return the days."""
        return ", ".join(map(str, sorted(arrangement.days)))

    @admin.display(description=gettext_lazy("needs approval above"))
    def approval(self, arrangement: Arrangement) -> SafeString:
        """Return the amount."""
        return right(yuan(arrangement.approve_above_fen))
