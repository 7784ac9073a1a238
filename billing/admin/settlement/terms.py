"""How each bank code settles with us, and the report of what each is to pay."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action

from billing.admin.columns import bank_title, right
from billing.admin.forms import YuanField
from billing.admin.settlement.report import REPORT_RIGHTS, report_view
from billing.admin.sheet import NOTHING
from billing.models import SettlementTerms
from unipay.backoffice.admin import HistoryMixin, yuan
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The terms in words and yuan."""

    fee_floor_fen = YuanField(label=_("least fee (yuan)"), initial=0)
    fee_cap_fen = YuanField(label=_("most fee (yuan)"), required=False, help_text=_("Empty: no limit."))

    class Meta:
        model = SettlementTerms
        fields = (
            "bank",
            "settles_with",
            "settles_after_days",
            "fee_basis_points",
            "fee_floor_fen",
            "fee_cap_fen",
            "reversal_until",
        )
        help_texts = {"fee_basis_points": _("60 means 0.60 percent of each amount.")}


@admin.register(SettlementTerms)
class SettlementTermsAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The terms of each code, and the way to the report."""

    form = TermsForm
    empty_text = _(
        "No bank code has terms yet: it settles for itself, on the next working day, without a fee."
    )
    list_display = (bank_title, "legal_bank", "settled_with", "settles_after_days", "share", "least", "most")
    list_select_related = ("bank__legal_bank", "settles_with")
    ordering = ("bank__code",)
    sortable_by = ()
    actions_list = ("go_to_report",)

    class Media:
        """The looks of money."""

        css = {"all": ("backoffice/sheet.css", "billing/billing.css")}

    def get_urls(self) -> list[URLPattern]:
        """Put the report before the admin's own addresses."""
        view = self.admin_site.admin_view(self.report_view)
        return [path("report/", view, name="billing_settlementterms_report"), *super().get_urls()]

    def report_view(self, request: HttpRequest) -> HttpResponse:
        """Show what each bank is to pay, or take it out as a workbook."""
        return report_view(self, request)

    @action(
        description=_("Settlement report"),
        icon="receipt_long",
        url_path="go-to-report",
        permissions=["report"],
    )
    def go_to_report(self, request: HttpRequest) -> HttpResponse:
        """Lead to the report."""
        return HttpResponseRedirect(reverse("admin:billing_settlementterms_report"))

    def has_report_permission(self, request: HttpRequest) -> bool:
        """Whether the person may see what banks are to pay."""
        return bool(request.user.has_perms(REPORT_RIGHTS))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reports of the past need them."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer banks only."""
        if db_field.name in ("bank", "settles_with"):
            banks: QuerySet[Partner] = Partner.objects.filter(kind=PartnerKind.BANK).order_by("code")
            kwargs["queryset"] = banks
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("legal bank"))
    def legal_bank(self, terms: SettlementTerms) -> str:
        """Return the bank in law."""
        legal = terms.bank.legal_bank
        return legal.name if legal else NOTHING

    @admin.display(description=_("settled with"))
    def settled_with(self, terms: SettlementTerms) -> str:
        """Return whose account the bank pays into."""
        return (terms.settles_with or terms.bank).title

    @admin.display(description=pgettext_lazy("settlement", "fee"))
    def share(self, terms: SettlementTerms) -> SafeString:
        """Return the fee in percent."""
        whole, part = divmod(terms.fee_basis_points, 100)
        return right(f"{whole}.{part:02d} %")

    @admin.display(description=_("least fee"))
    def least(self, terms: SettlementTerms) -> SafeString:
        """Return the least fee."""
        return right(yuan(terms.fee_floor_fen))

    @admin.display(description=_("most fee"))
    def most(self, terms: SettlementTerms) -> SafeString:
        """Return the most there is to pay."""
        return right(yuan(terms.fee_cap_fen))
