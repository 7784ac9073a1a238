"""The days finance has found even with each bank, and the page that confirms another one."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from billing.admin.columns import BankFilter, amount, bank_title
from billing.admin.forms import DayForm
from billing.admin.sheet import NOTHING, Sheet, moment, money
from billing.admin.window import MoneyWindow
from billing.flows import reconciled_day
from billing.models import ReconciledDay
from unipay import clock
from unipay.backoffice.admin.outcomes import reason_of
from unipay.backoffice.subscriber import Cell
from unipay.errors import Refusal


@admin.register(ReconciledDay)
class ReconciledDayAdmin(MoneyWindow):
    """The list of days, and the page that confirms one."""

    empty_text = gettext_lazy(
        "No day is confirmed yet. Compare a bank's statement with our figures and confirm the day: "
        "refunds of its payments are possible from then on."
    )
    list_display = (
        "business_date",
        bank_title,
        amount("amount_fen", description=gettext_lazy("amount found even")),
        "confirmed_by",
        "confirmed_at",
        "remark",
    )
    list_display_links = ("business_date",)
    list_filter = (("bank", BankFilter),)
    list_select_related = ("bank", "confirmed_by")
    ordering = ("-business_date", "-id")
    actions_list = ("go_and_confirm",)

    def get_urls(self) -> list[URLPattern]:
        """Put the page that confirms before the admin's own addresses."""
        view = self.admin_site.admin_view(self.confirm_view)
        return [path("confirm/", view, name="billing_reconciledday_confirm"), *super().get_urls()]

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        """Whether the person may confirm days."""
        return bool(request.user.has_perm("billing.confirm_reconciledday"))

    @action(
        description=gettext_lazy("Confirm a day"),
        icon="event_available",
        url_path="go-and-confirm",
        permissions=["confirm"],
    )
    def go_and_confirm(self, request: HttpRequest) -> HttpResponse:
        """Lead to the page that confirms."""
        return HttpResponseRedirect(reverse("admin:billing_reconciledday_confirm"))

    def confirm_view(self, request: HttpRequest) -> HttpResponse:
        """Show what our books say of the day, and take the bank's amount."""
        if not self.has_view_permission(request) or not self.has_confirm_permission(request):
            raise PermissionDenied
        yesterday = clock.business_date(clock.now()) - timedelta(days=1)
        asked = {"business_date": yesterday, **request.GET.dict()}
        form = DayForm(request.POST or None, initial=asked)
        chosen = _chosen(form, asked)
        if request.method == "POST" and form.is_valid() and self._confirmed(request, form):
            return HttpResponseRedirect(reverse("admin:billing_reconciledday_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media + form.media,
            "title": _("Confirm that a bank's day is even"),
            "form": form,
            "chosen": chosen,
            **(_found(chosen) if chosen else {}),
        }
        return TemplateResponse(request, "billing/confirm_day.html", context)

    def _confirmed(self, request: HttpRequest, form: DayForm) -> bool:
        said = form.cleaned_data
        try:
            day = reconciled_day.confirm(
                said["bank"],
                said["business_date"],
                amount_fen=said["amount_fen"],
                remark=said["remark"],
                by_id=request.user.pk,
                now=clock.now(),
            )
        except Refusal as refusal:
            form.add_error(None, reason_of(refusal))
            return False
        self.log_addition(request, day, str(_("confirmed")))
        messages.success(
            request,
            _("%(day)s is confirmed: refunds of its payments are possible from now on.") % {"day": day},
        )
        return True

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        """Return the day as it was confirmed."""
        return Sheet(
            name=f"{row.bank.title} {row.business_date:%Y-%m-%d}",
            sentence=_("Refunds of this day's payments are possible since then."),
            facts=[
                (_("amount found even"), money(row.amount_fen)),
                (_("confirmed by"), Cell(str(row.confirmed_by or NOTHING))),
                (_("confirmed at"), Cell(moment(row.confirmed_at))),
                (_("remark"), Cell(row.remark or NOTHING)),
            ],
        )


def _chosen(form: DayForm, asked: dict[str, Any]) -> dict[str, Any] | None:
    """Return the bank and the day that are asked for, once both are known."""
    chosen = DayForm(form.data if form.is_bound else asked)
    chosen.fields["amount_fen"].required = False
    return (
        {name: chosen.cleaned_data[name] for name in ("bank", "business_date")} if chosen.is_valid() else None
    )


def _found(chosen: dict[str, Any]) -> dict[str, Any]:
    """Return what our books say of the day, and who has confirmed it already, if anybody has."""
    confirmed = ReconciledDay.objects.filter(**chosen).select_related("confirmed_by").first()
    return {"ours": reconciled_day.figures(**chosen), "confirmed": confirmed}
