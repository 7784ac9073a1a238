"""Opening a run by hand: first the page that says who would be asked for how much, and who is left out and why."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from billing import early_run
from billing.admin.forms import DayInput
from billing.flows import debit_run, select_bills
from billing.flows.select_bills import WhatIf
from billing.models import Arrangement, DebitRun
from billing.states import Exclusion
from unipay import clock, msisdn
from unipay.backoffice.admin.outcomes import reason_of
from unipay.backoffice.paging import ImpatientQuery, patience
from unipay.backoffice.provinces import visible_provinces
from unipay.errors import Refusal
from unipay.partners.models import Partner

SECONDS = 60.0


class OpenForm(forms.Form):
    """Which arrangement, and which day."""

    arrangement = forms.ModelChoiceField(
        Arrangement.objects.filter(is_active=True).select_related("bank").order_by("bank__code", "way"),
        label=gettext_lazy("arrangement"),
        widget=UnfoldAdminSelectWidget,
    )
    debit_date = forms.DateField(label=gettext_lazy("debit date"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["arrangement"]
        choice.label_from_instance = lambda each: f"{each.bank.title} · {each.get_way_display()}"


def open_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Ask which run, show what it would do, and open it on a second press."""
    if not request.user.has_perms(("billing.view_debitrun", "billing.open_debitrun")):
        raise PermissionDenied
    today = clock.business_date(clock.now())
    given = request.POST or (request.GET if "arrangement" in request.GET else None)
    form = OpenForm(given, initial={"debit_date": today})
    found, is_late = _what_if(form)
    if request.method == "POST" and form.is_valid():
        run = _opened(request, form)
        if run is not None:
            model_admin.log_addition(request, run, str(_("opened by hand")))
            return HttpResponseRedirect(reverse("admin:billing_debitrun_change", args=[run.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media + form.media,
        "title": _("What a run would do"),
        "form": form,
        "found": found,
        "is_late": is_late,
        "excluded": _excluded(found),
        "provinces": _provinces(found),
        "samples": _samples(request, found),
        "needs_approval": found is not None and found.asked_fen > found.arrangement.approve_above_fen,
        "warnings": early_run.if_opened(early_run.of_what_if(found, today=today)) if found else (),
    }
    return TemplateResponse(request, "billing/open_run.html", context)


def what_if_of(arrangement: Arrangement, debit_date: date) -> str:
    """Return the address of the page for this arrangement and day."""
    return f"{reverse('admin:billing_debitrun_open')}?arrangement={arrangement.pk}&debit_date={debit_date}"


def _what_if(form: OpenForm) -> tuple[WhatIf | None, bool]:
    if not form.is_bound or not form.is_valid():
        return None, False
    said = form.cleaned_data
    try:
        with patience(seconds=SECONDS):
            return select_bills.what_if(said["arrangement"], said["debit_date"]), False
    except ImpatientQuery:
        return None, True


def _opened(request: HttpRequest, form: OpenForm) -> DebitRun | None:
    said = form.cleaned_data
    try:
        run = debit_run.open_run(
            said["arrangement"], said["debit_date"], by_id=request.user.pk, now=clock.now()
        )
    except Refusal as refusal:
        form.add_error(None, reason_of(refusal))
        return None
    messages.success(request, _("The run %(number)s is opened.") % {"number": run.run_no})
    return run


def _excluded(found: WhatIf | None) -> list[tuple[Any, int, int]]:
    if found is None:
        return []
    return [(Exclusion(part.name).label, part.count, part.amount_fen) for part in found.excluded]


def _provinces(found: WhatIf | None) -> list[tuple[str, int, int]]:
    if found is None:
        return []
    titles = {
        each.code: each.title for each in Partner.objects.filter(code__in=[p.name for p in found.provinces])
    }
    return [(titles.get(part.name, part.name), part.count, part.amount_fen) for part in found.provinces]


def _samples(request: HttpRequest, found: WhatIf | None) -> list[tuple[Any, str, str, int]]:
    """Some of what is left out, masked; whoever sees only some provinces sees none, as they may be anybody's."""
    if found is None or visible_provinces(request.user) is not None:
        return []
    return [
        (Exclusion(each.reason).label, each.bill_no, _asked_of(each.asked_of), each.open_fen)
        for each in found.samples
    ]


def _asked_of(term: str) -> str:
    try:
        return msisdn.mask(msisdn.validate(term))
    except ValueError:
        return term
