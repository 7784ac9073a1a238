"""The hall's pages: start a signing, and see what came of it (domain.md A1 steps 1 to 3 and 8)."""

from collections.abc import Callable
from typing import TypeVar, cast

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _

from unipay.errors import TransportFailed, Unanswered
from unipay.sandbox import hall
from unipay.sandbox.bank import refusal_text
from unipay.sandbox.forms import HallForm
from unipay.sandbox.models import SandboxSession
from unipay.sandbox.province import refusal_at_hall

_SESSIONS_SHOWN = 20

View = TypeVar("View", bound=Callable[..., HttpResponse])


def goes_on_to_unipay(view: View) -> View:
    """Let a page's form lead on to Unipay's page: browsers hold form-action against redirects too."""
    policy = {"form-action": [settings.UNIPAY_PUBLIC_URL, settings.UNIPAY_SANDBOX_URL]}
    return cast(View, csp_update(policy)(view))


@goes_on_to_unipay
def start_signing(request: HttpRequest) -> HttpResponse:
    """Take a number, ask the province, open a session at Unipay and send the browser there."""
    form = HallForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        redirect_url, problem = _open(form)
        if redirect_url:
            return HttpResponseRedirect(redirect_url)
        form.add_error(None, problem)
    context = {"form": form, "sessions": SandboxSession.objects.all()[:_SESSIONS_SHOWN]}
    return render(request, "sandbox/hall.html", context)


def outcome(request: HttpRequest, request_no: str) -> HttpResponse:
    """Show what the hall was told, and what Unipay says when asked."""
    session = get_object_or_404(SandboxSession, request_no=request_no)
    context = {
        "session": session,
        "asked": hall.ask_unipay(session),
        "by_unipay": session.told_by == hall.UNIPAY,
    }
    return render(request, "sandbox/hall_outcome.html", context)


def _open(form: HallForm) -> tuple[str, str]:
    """Return the address to go on to, or why there is none."""
    wanted = form.cleaned_data
    refused = refusal_at_hall(wanted["msisdn"])
    if refused is not None:
        return "", refused.title(translation.get_language() or "")
    try:
        session, reply = hall.open_session(
            wanted["msisdn"],
            bank_code=wanted["bank_code"],
            secondary_msisdns=wanted["secondary_msisdns"],
            language=translation.get_language() or "",
        )
    except (TransportFailed, Unanswered):
        return "", _("Unipay does not answer. Is it running?")
    return session.redirect_url, "" if reply.is_ok else refusal_text(reply)
