"""A province's pages: its book, its SMS, the notices it got, and the events of its numbers (domain.md A5)."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from unipay.errors import TransportFailed, Unanswered
from unipay.sandbox import province
from unipay.sandbox.bank import refusal_text
from unipay.sandbox.forms import FileForm, NumberEventForm
from unipay.sandbox.models import SandboxContract, SandboxKey, SandboxMessage, SandboxSms
from unipay.sandbox.states import Role

_ROWS_SHOWN = 50


@require_GET
def provinces(request: HttpRequest) -> HttpResponse:
    """Show all provinces."""
    return render(
        request, "sandbox/provinces.html", {"provinces": SandboxKey.objects.filter(role=Role.PROVINCE)}
    )


@require_GET
def book(request: HttpRequest, code: str) -> HttpResponse:
    """Show one province's book, SMS, and the messages exchanged with Unipay."""
    context = {
        "province": get_object_or_404(SandboxKey, partner_code=code, role=Role.PROVINCE),
        "form": NumberEventForm(initial=request.GET.dict()),
        "file_form": FileForm(),
        "events": province.NUMBER_EVENTS,
        "rows": SandboxContract.objects.filter(partner_code=code, role=Role.PROVINCE)[:_ROWS_SHOWN],
        "sms": SandboxSms.objects.filter(partner_code=code)[:_ROWS_SHOWN],
        "notices": SandboxMessage.objects.filter(partner_code=code)[:_ROWS_SHOWN],
    }
    return render(request, "sandbox/province.html", context)


@require_POST
def announce(request: HttpRequest, code: str) -> HttpResponse:
    """Let the province announce an event of one number to Unipay."""
    get_object_or_404(SandboxKey, partner_code=code, role=Role.PROVINCE)
    form = NumberEventForm(request.POST)
    if form.is_valid():
        flash.info(request, _announced(code, form))
    else:
        flash.error(request, _("Not a mobile number or not an event."))
    return redirect("sandbox:province", code=code)


def _announced(code: str, form: NumberEventForm) -> str:
    wanted = form.cleaned_data
    try:
        reply = province.announce_number_event(code, wanted["event"], msisdn=wanted["msisdn"])
    except (TransportFailed, Unanswered):
        return _("Unipay does not answer. Is it running?")
    if not reply.is_ok:
        return refusal_text(reply)
    ended = ", ".join(reply.body.get("terminated") or []) or "-"
    return _("Unipay ended these contracts: %(ended)s") % {"ended": ended}
