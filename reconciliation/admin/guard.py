"""How much of a book one file may end before people must look, and how long a province may leave us unanswered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from reconciliation.models import Guard
from reconciliation.outlook import percent
from unipay.backoffice.admin import HistoryMixin
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


class GuardForm(forms.ModelForm):  # type: ignore[type-arg]
    """A guard in thousandths, explained."""

    class Meta:
        model = Guard
        fields = ("partner", "shrink_permille", "resend_hours", "remark")
        help_texts = {
            "partner": _("Empty: all that have no guard of their own."),
            "shrink_permille": _("10 means 1 %: a file that would end more of the book stops for approval."),
            "resend_hours": _("Corrections a province has not answered by then are sent once more."),
        }


@admin.register(Guard)
class GuardAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The guards; where none speaks, 1 % and 24 hours hold."""

    form = GuardForm
    list_display = ("whose", "share", "hours", "remark")
    list_display_links = ("whose",)
    list_select_related = ("partner",)
    ordering = ("partner__kind", "partner__code")
    list_before_template = "reconciliation/guards_above.html"
    empty_text = _("No guard is kept: what is said above holds for every partner.")

    class Media:
        """The looks of the note."""

        css = {"all": ("backoffice/sheet.css",)}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer those whose books are compared; none means all others."""
        if db_field.name == "partner":
            kinds = (PartnerKind.BANK, PartnerKind.PROVINCE)
            kwargs |= {"queryset": Partner.objects.filter(kind__in=kinds).order_by("kind", "code")}
            kwargs |= {"empty_label": _("all that have no guard of their own")}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("partner"))
    def whose(self, guard: Guard) -> str:
        """Return whose book it guards."""
        return str(guard.partner.title) if guard.partner else str(_("all that have no guard of their own"))

    @admin.display(description=_("may end"))
    def share(self, guard: Guard) -> str:
        """Return the share in percent."""
        return percent(guard.shrink_permille, 1000)

    @admin.display(description=_("sent again after (hours)"))
    def hours(self, guard: Guard) -> int:
        """Return the hours."""
        return guard.resend_hours
