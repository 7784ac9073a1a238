"""Mandates for collection and one-card: entered by finance, suspended, resumed and ended by hand, always masked."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
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
from billing.admin.forms import RemarkForm
from billing.admin.mandate_form import MandateForm
from billing.admin.sheet import NOTHING, Button, Sheet, day, moment
from billing.admin.window import MoneyWindow
from billing.flows import mandate as flow
from billing.models import Mandate
from billing.states import MandateState
from unipay import clock, msisdn
from unipay.backoffice.admin import RevealMixin, state_badge
from unipay.backoffice.admin.confirmation import Preview, Question, confirmed_action
from unipay.backoffice.admin.outcomes import reason_of, report_outcomes
from unipay.backoffice.subscriber import Cell, Subscriber
from unipay.errors import Refusal, Text


@admin.register(Mandate)
class MandateAdmin(RevealMixin, MoneyWindow):
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

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave what is sealed sealed."""
        return super().get_queryset(request).defer("account_number", "holder_name")

    def get_urls(self) -> list[URLPattern]:
        """Put what may be done before the admin's own addresses."""
        site: Any = self.admin_site
        own = [path("enter/", site.admin_view(self.enter_view), name="billing_mandate_enter")]
        own += [
            path(f"<int:object_id>/{verb}/", site.admin_view(view), name=f"billing_mandate_{verb}")
            for verb, view in (
                ("suspend", self.suspend_view),
                ("resume", self.resume_view),
                ("end", self.end_view),
            )
        ]
        return own + super().get_urls()

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

    def suspend_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Debit nothing by it for a while."""

        def verb(row: Mandate, remark: str) -> object:
            return flow.suspend(row.pk, remark=remark)

        return self._ask(request, object_id, _SUSPEND, verb, _("suspended"))

    def resume_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Debit by it again."""

        def verb(row: Mandate, remark: str) -> object:
            return flow.resume(row.pk)

        return self._ask(request, object_id, _RESUME, verb, _("resumed"))

    def end_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """End it for ever."""

        def verb(row: Mandate, remark: str) -> object:
            return flow.end(row.pk, remark=remark, now=clock.now())

        return self._ask(request, object_id, _END, verb, _("ended"))

    def _ask(
        self,
        request: HttpRequest,
        object_id: int,
        question: Question,
        verb: Callable[[Mandate, str], object],
        done: Text,
    ) -> HttpResponse | None:
        if not request.user.has_perms(("billing.view_mandate", "billing.change_mandate")):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(pk=object_id)
        if not rows.exists():
            raise Http404

        def then(chosen: list[Any], said: dict[str, Any]) -> HttpResponse:
            return report_outcomes(
                self, request, chosen, verb=lambda each: verb(each, said["remark"]), done=done
            )

        return confirmed_action(self, request, rows, question=question, then=then)

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
    def at(verb: str) -> str:
        return reverse(f"admin:billing_mandate_{verb}", args=[mandate.pk])

    match mandate.state:
        case MandateState.ACTIVE:
            return [Button(_("Suspend …"), at("suspend")), Button(_("End …"), at("end"), is_dangerous=True)]
        case MandateState.SUSPENDED:
            return [Button(_("Resume …"), at("resume")), Button(_("End …"), at("end"), is_dangerous=True)]
    return []


def _if(state: str, effect: Text, refusal: Text) -> Callable[[Any], Preview]:
    return lambda row: Preview(effects=(effect,)) if row.state == state else Preview(refusal=refusal)


def _if_ended(row: Any) -> Preview:
    if row.state == MandateState.ENDED:
        return Preview(refusal=gettext_lazy("It has ended already."))
    return Preview(
        effects=(gettext_lazy("Nothing is debited by it any more; what stands in a file goes on."),)
    )


_SUSPEND = Question(
    title=gettext_lazy("Suspend this mandate?"),
    warning="",
    button=gettext_lazy("Suspend"),
    preview=_if(
        MandateState.ACTIVE,
        gettext_lazy("No run asks by it until somebody resumes it."),
        gettext_lazy("It is not active."),
    ),
    form_class=RemarkForm,
    is_dangerous=False,
)
_RESUME = Question(
    title=gettext_lazy("Resume this mandate?"),
    warning="",
    button=gettext_lazy("Resume"),
    preview=_if(
        MandateState.SUSPENDED,
        gettext_lazy("The next run asks by it again."),
        gettext_lazy("It is not suspended."),
    ),
    form_class=RemarkForm,
    is_dangerous=False,
)
_END = Question(
    title=gettext_lazy("End this mandate?"),
    warning=gettext_lazy("A mandate that has ended stays ended; a new one must be entered."),
    button=gettext_lazy("End it"),
    preview=_if_ended,
    form_class=RemarkForm,
)
