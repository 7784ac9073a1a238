"""The pages of two-factor login: give the code, set the app up, make new backup codes."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from unipay import clock
from unipay.backoffice import two_factor
from unipay.backoffice.account_forms import CodeForm, PasswordAgainForm
from unipay.backoffice.lockout import locked_out
from unipay.backoffice.person import person_of
from unipay.backoffice.standing import standing_of


def verify(request: HttpRequest, *, site: Any) -> HttpResponse:
    """Ask for the code after the password, and lead on to where the person was going."""
    if person_of(request).is_verified() or not standing_of(person_of(request)).has_second_factor:
        return HttpResponseRedirect(_next(request))
    if two_factor.is_locked_out(request):
        return locked_out(request)
    form, wait = CodeForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        wait = two_factor.seconds_to_wait(person_of(request), code)
        if not wait and two_factor.verify(request, code, now=clock.now()):
            return HttpResponseRedirect(_next(request))
        if not wait:
            form.add_error("code", _("The code is wrong, used or too old. Wait for the next one."))
            wait = two_factor.seconds_to_wait(person_of(request), code)
    context = {"form": form, "wait": wait, "next": _next(request), "title": _("Verification code")}
    return TemplateResponse(request, "backoffice/verify.html", {**site.each_context(request), **context})


def enrol(request: HttpRequest, *, site: Any) -> HttpResponse:
    """Show the QR code of a new app, and take the app into use once it shows the right code."""
    has_one = standing_of(person_of(request)).has_second_factor
    app = two_factor.waiting_authenticator(request)
    if app is None and has_one:
        return _new_phone(request, site)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = two_factor.confirm(request, form.cleaned_data["code"], now=clock.now())
        if codes is not None:
            return _codes_page(request, codes, site)
        form.add_error("code", _("That is not the code the app shows for this key. Try the next one."))
    app = app or two_factor.new_authenticator(request)
    context = {
        "form": form,
        "qr_code": two_factor.qr_code(app),
        "secret": app.secret,
        "is_required": settings.UNIPAY_REQUIRE_TWO_FACTOR and not has_one,
        "next": _next(request),
        "title": _("Set up two-factor login"),
    }
    return TemplateResponse(request, "backoffice/enrol.html", {**site.each_context(request), **context})


def _new_phone(request: HttpRequest, site: Any) -> HttpResponse:
    """Ask for the password before a key is shown that may take the place of the one in use."""
    form = PasswordAgainForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        two_factor.new_authenticator(request)
        return HttpResponseRedirect(reverse("admin:enrol"))
    context = {"form": form, "title": _("Change phone"), "button": _("Show a new key")}
    context |= {"intro": _("The phone you have now goes on working until the new one shows its first code.")}
    return TemplateResponse(request, "backoffice/ask_again.html", {**site.each_context(request), **context})


def backup_codes(request: HttpRequest, *, site: Any) -> HttpResponse:
    """Make a new sheet of backup codes after the password was given again."""
    if not standing_of(person_of(request)).has_second_factor:
        return HttpResponseRedirect(reverse("admin:enrol"))
    form = PasswordAgainForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = two_factor.new_backup_codes(person_of(request), now=clock.now())
        messages.success(request, _("The former codes are of no use any more."))
        return _codes_page(request, codes, site)
    context = {"form": form, "title": _("New backup codes")}
    context |= {"button": _("Make new codes"), "intro": _("The codes you have now stop working at once.")}
    return TemplateResponse(request, "backoffice/ask_again.html", {**site.each_context(request), **context})


def _codes_page(request: HttpRequest, codes: list[str], site: Any) -> HttpResponse:
    context = {"codes": codes, "next": _next(request), "title": _("Your backup codes")}
    return TemplateResponse(
        request, "backoffice/backup_codes.html", {**site.each_context(request), **context}
    )


def _next(request: HttpRequest) -> str:
    """Where the person was going, if that is within the back office."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("admin:index")
