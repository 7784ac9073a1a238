"""What follows each reason of a failed debit, and what subscribers want to be debited at most."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.admin.columns import right
from billing.admin.forms import YuanField
from billing.models import DebitCap, FailureRule
from unipay import msisdn
from unipay.backoffice.admin import FastListMixin, HistoryMixin, masked_number, yuan


@admin.register(FailureRule)
class FailureRuleAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The rules; which of the banks' codes means which reason stands in the table of result codes."""

    empty_text = _("Without a rule, what failed is presented again next time.")
    list_display = ("reason_code", "title", "title_en", "follow_up")
    list_display_links = ("reason_code",)
    sortable_by = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A reason that is known keeps its name: items and result codes speak of it."""
        return ("reason_code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Items speak of the reasons."""
        return False


class CapForm(forms.ModelForm):  # type: ignore[type-arg]
    """A number, and the most a month in yuan."""

    msisdn = forms.CharField(label=_("mobile number"), max_length=20, widget=UnfoldAdminTextInputWidget)
    monthly_fen = YuanField(label=_("most a month (yuan)"))

    class Meta:
        model = DebitCap
        fields = ("msisdn", "monthly_fen", "remark")

    def clean_msisdn(self) -> str:
        """A whole number, however it is typed."""
        try:
            return msisdn.normalise(self.cleaned_data["msisdn"])
        except ValueError as error:
            raise forms.ValidationError(_("This is not a mobile number.")) from error


@admin.register(DebitCap)
class DebitCapAdmin(HistoryMixin, FastListMixin, ModelAdmin):  # type: ignore[misc]
    """The caps, found by whole number."""

    form = CapForm
    empty_text = _("No subscriber wants a limit. Enter one when somebody asks for it; runs keep to it.")
    list_display = (masked_number, "most", "remark")
    search_by = (("msisdn", msisdn.normalise),)
    search_help_text = _("Whole mobile number")

    class Media:
        """The looks of money."""

        css = {"all": ("backoffice/sheet.css",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A cap stays with its number."""
        return ("number",) if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Mask the number once it is known."""
        return ("number", "monthly_fen", "remark") if obj else ("msisdn", "monthly_fen", "remark")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A cap that is no longer wanted is set high; its history stays."""
        return False

    @admin.display(description=_("mobile number"))
    def number(self, cap: DebitCap) -> str:
        """Return the number, masked."""
        return msisdn.mask(cap.msisdn)

    @admin.display(description=_("most a month"))
    def most(self, cap: DebitCap) -> SafeString:
        """Return the amount."""
        return right(yuan(cap.monthly_fen))
