"""Which files partners owe us, said in plain words beside the fields."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from unipay import clock
from unipay.backoffice.admin import HistoryMixin, partner_title
from unipay.backoffice.admin.narrowing import ProvinceBoundMixin
from unipay.exchange.admin.choices import incoming_kinds, partners_for
from unipay.exchange.admin.fields import kind_title
from unipay.exchange.admin.filters import KindFilter, PartnerFilter
from unipay.exchange.admin.rhythm_words import in_words
from unipay.exchange.flows import expect
from unipay.exchange.models import FileExpectation, Rhythm

_MOST_DAY = 28


class ExpectationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A partner, a kind of file, a rhythm and a time."""

    kind = forms.ChoiceField(
        label=gettext_lazy("kind of file"), choices=incoming_kinds, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = FileExpectation
        fields = (
            "partner",
            "kind",
            "rhythm",
            "day_of_month",
            "due_days",
            "skips_holidays",
            "due_time",
            "starts_on",
            "is_active",
        )
        help_texts = {
            "day_of_month": gettext_lazy("1 to 28, or -1 for the last day of the month."),
            "due_days": gettext_lazy("How many days after its business date the file is due."),
            "due_time": gettext_lazy("Beijing time."),
        }

    def clean(self) -> dict[str, Any]:
        """A month has a day; other rhythms have none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("rhythm") != Rhythm.MONTHLY:
            cleaned["day_of_month"] = self.instance.day_of_month = None
            return cleaned
        day = cleaned.get("day_of_month")
        if day is None or not (day == -1 or 1 <= day <= _MOST_DAY):
            self.add_error("day_of_month", _("1 to 28, or -1 for the last day of the month."))
        return cleaned


@admin.register(FileExpectation)
class FileExpectationAdmin(HistoryMixin, ProvinceBoundMixin, ModelAdmin):  # type: ignore[misc]
    """What must come when; changed at any time, and never deleted, as what was missing must stay explained."""

    form = ExpectationForm
    list_display = (
        partner_title("partner", description=gettext_lazy("partner")),
        "kind_name",
        "summary",
        "starts_on",
        "is_active",
    )
    list_filter = (("partner", PartnerFilter), KindFilter, "rhythm", "is_active")
    list_select_related = ("partner",)
    ordering = ("partner__kind", "partner__code", "kind")
    sortable_by = ()
    province_field = "partner"
    conditional_fields = {"day_of_month": "typeof rhythm == 'undefined' || rhythm == 'MONTHLY'"}
    empty_text = gettext_lazy(
        "Nobody is expected to send anything: no file can be missed. Say which file must come when."
    )
    readonly_fields = ("summary",)
    fieldsets = (
        (None, {"fields": ("summary", ("partner", "kind"), "is_active")}),
        (
            gettext_lazy("When it must come"),
            {
                "fields": (
                    ("rhythm", "day_of_month"),
                    ("due_days", "skips_holidays"),
                    ("due_time", "starts_on"),
                )
            },
        ),
    )

    @admin.display(description=gettext_lazy("in words"))
    def summary(self, expectation: FileExpectation) -> str:
        """Return when the file is due, as people say it."""
        return in_words(expectation) if expectation.pk else "—"

    @admin.display(description=gettext_lazy("kind of file"))
    def kind_name(self, expectation: FileExpectation) -> str:
        """Return what people call the kind."""
        return kind_title(expectation.kind)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the partners this person may see."""
        if db_field.name == "partner":
            kwargs["queryset"] = partners_for(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: FileExpectation, form: Any, change: bool) -> None:
        """Let what must come in the next weeks follow at once."""
        super().save_model(request, obj, form, change)
        expect.make_ahead(now=clock.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted: what is not wanted any more is made inactive."""
        return False
