"""Mandates for collection and one-card: entered by finance, suspended, resumed and ended by hand, always masked."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from billing.admin.columns import (
    MANDATE_COLOURS,
    BankFilter,
    HomeFilter,
    agreement_number,
    bank_title,
    number_and_agreement,
    province_title,
)
from billing.admin.mandate_deeds import DEEDS
from billing.admin.mandate_form import MandateForm
from billing.admin.sheet import NOTHING, Button, Sheet, day, moment
from billing.admin.window import MoneyWindow
from billing.flows import mandate as flow
from billing.models import Mandate
from billing.states import MandateState
from unipay import clock, msisdn
from unipay.backoffice.admin import RevealMixin, state_badge
from unipay.backoffice.admin.deeds import DeedsMixin, address_of
from unipay.backoffice.admin.outcomes import reason_of
from unipay.backoffice.subscriber import Cell, Subscriber
from unipay.errors import Refusal


@admin.register(Mandate)
class MandateAdmin(DeedsMixin, RevealMixin, MoneyWindow):
    """The list of mandates, the page of one, and the page that enters one."""

    empty_text = gettext_lazy(
        "No mandate yet. Enter one, or take in a bank's file of kind bank_mandates: "
        "collection and one-card debit by them."
    )
    province_field = "province"
    list_display = (
        "mandate_no",
        bank_title,
        "way",
        "asked_of",
        "account_mask",
        "holder_mask",
        province_title,
        "state_badge",
    )
    list_display_links = ("mandate_no",)
    list_filter = ("way", "state", ("bank", BankFilter), ("province", HomeFilter))
    list_select_related = ("bank", "province")
    search_by = (("msisdn", msisdn.normalise), ("agreement_no", agreement_number))
    search_help_text = gettext_lazy("Whole mobile number or agreement number")
    reveals = revealed_in_files = ("account_number", "holder_name", "msisdn")
    actions_list = ("go_and_add",)
    state_badge = state_badge(MANDATE_COLOURS)
    deeds = DEEDS

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave what is sealed sealed."""
        return super().get_queryset(request).defer("account_number", "holder_name")

    def get_urls(self) -> list[URLPattern]:
        """Put the page that enters one before the admin's own addresses."""
        site: Any = self.admin_site
        enter = path("enter/", site.admin_view(self.enter_view), name="billing_mandate_enter")
        return [enter, *super().get_urls()]

    def has_enter_permission(self, request: HttpRequest) -> bool:
        """Whether the person may enter mandates."""
        return bool(request.user.has_perm("billing.add_mandate"))

    @action(
        description=gettext_lazy("Enter a mandate"), icon="add", url_path="go-and-add", permissions=["enter"]
    )
    def go_and_add(self, request: HttpRequest) -> HttpResponse:
        """Lead to the page that enters one."""
        return HttpResponseRedirect(reverse("admin:billing_mandate_enter"))

    def enter_view(self, request: HttpRequest) -> HttpResponse:
        """Take a new mandate."""
        if not self.has_enter_permission(request):
            raise PermissionDenied
        form = MandateForm(request.POST or None, person=request.user)
        if request.method == "POST" and form.is_valid():
            entered = self._entered(request, form)
            if entered is not None:
                return HttpResponseRedirect(reverse("admin:billing_mandate_change", args=[entered.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media + form.media,
            "title": _("Enter a mandate"),
            "form": form,
            "button": _("Enter the mandate"),
        }
        return TemplateResponse(request, "billing/form.html", context)

    def _entered(self, request: HttpRequest, form: MandateForm) -> Mandate | None:
        said = dict(form.cleaned_data)
        signed_at = clock.business_day_start(said.pop("signed_on"))
        try:
            entered = flow.add(flow.Particulars(**said, signed_at=signed_at), now=clock.now())
        except Refusal as refusal:
            form.add_error(None, reason_of(refusal))
            return None
        self.log_addition(request, entered, str(_("entered")))
        messages.success(request, _("The mandate %(number)s is entered.") % {"number": entered.mandate_no})
        return entered

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the mandate, masked."""
        number = Subscriber(row.msisdn) if row.msisdn else None
        return Sheet(
            name=f"{row.bank.title} · {row.get_way_display()}",
            badge=row.get_state_display(),
            colour=MANDATE_COLOURS[row.state],
            aside=row.mandate_no,
            facts=[
                (_("agreement number"), Cell(row.agreement_no or NOTHING)),
                (
                    _("mobile number"),
                    Cell(number.masked, address=number.address) if number else Cell(NOTHING),
                ),
                (_("account"), Cell(row.account_mask, row.holder_mask)),
                (_("province"), Cell(row.province.title)),
                (_("signed on"), Cell(day(clock.business_date(row.signed_at)))),
                (_("ended"), Cell(moment(row.ended_at))),
                (_("remark"), Cell(row.remark or NOTHING)),
            ],
            buttons=_buttons(row) if request.user.has_perm("billing.change_mandate") else (),
        )

    @admin.display(description=gettext_lazy("number or agreement"))
    def asked_of(self, mandate: Mandate) -> SafeString | str:
        """Return the number, masked, or the agreement of a corporate one."""
        return number_and_agreement(mandate)


def _buttons(mandate: Mandate) -> list[Button]:
    end = Button(_("End …"), address_of(mandate, "end"), is_dangerous=True)
    match mandate.state:
        case MandateState.ACTIVE:
            return [Button(_("Suspend …"), address_of(mandate, "suspend")), end]
        case MandateState.SUSPENDED:
            return [Button(_("Resume …"), address_of(mandate, "resume")), end]
    return []
