"""The files of the simulated banks and provinces: pages' buttons to send them, and to answer correction files
(domain.md B)."""

from collections.abc import Callable

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unipay import clock
from unipay.errors import TransportFailed, Unanswered
from unipay.sandbox import bank_files, client, province_files
from unipay.sandbox.bank import refusal_text
from unipay.sandbox.file_lines import NoLayout
from unipay.sandbox.forms import FileForm, MsisdnForm
from unipay.sandbox.models import SandboxKey
from unipay.sandbox.province_files import Answered
from unipay.sandbox.states import Role


@require_POST
def bank_file(request: HttpRequest, code: str) -> HttpResponse:
    """Let the bank send its file of a day."""
    _key(code, Role.BANK)
    form = FileForm(request.POST)
    if form.is_valid():
        period, day = form.cleaned_data["period"], form.cleaned_data["business_date"]
        _try(request, lambda: [bank_files.send(code, period, business_date=day, now=clock.now())])
    return redirect("sandbox:bank_book", code=code)


@require_POST
def bank_sign_unasked(request: HttpRequest, code: str) -> HttpResponse:
    """Let the bank sign a number without asking or telling Unipay."""
    _key(code, Role.BANK)
    form = MsisdnForm(request.POST)
    if not form.is_valid():
        flash.error(request, _("A mobile number is eleven digits beginning with 13 to 19."))
        return redirect("sandbox:bank_book", code=code)
    row = bank_files.sign_unasked(code, form.cleaned_data["msisdn"], now=clock.now())
    return redirect("sandbox:bank_contract", code=code, pk=row.pk)


@require_POST
def province_file(request: HttpRequest, code: str) -> HttpResponse:
    """Let the province send its file of a day."""
    _key(code, Role.PROVINCE)
    form = FileForm(request.POST)
    if form.is_valid():
        period, day = form.cleaned_data["period"], form.cleaned_data["business_date"]
        _try(request, lambda: [province_files.send(code, period, business_date=day, now=clock.now())])
    return redirect("sandbox:province", code=code)


@require_POST
def province_corrections(request: HttpRequest, code: str) -> HttpResponse:
    """Let the province fetch its correction files and answer them: rightly, cut short, or by refusing them."""
    _key(code, Role.PROVINCE)
    if "refuse" in request.POST:
        _try(request, lambda: province_files.refuse_corrections(code))
    else:
        _try(request, lambda: _replies(request, code, is_cut_short="cut_short" in request.POST))
    return redirect("sandbox:province", code=code)


def _replies(request: HttpRequest, code: str, *, is_cut_short: bool) -> list[client.Reply]:
    answered = province_files.answer_corrections(code, now=clock.now(), is_cut_short=is_cut_short)
    for each in answered:
        flash.info(request, _told(each))
    return [each.reply for each in answered]


def _told(answered: Answered) -> str:
    return _("%(file)s: %(lines)s lines received, %(answers)s answers given") % {
        "file": answered.file_no,
        "lines": answered.lines,
        "answers": answered.answers,
    }


def _try(request: HttpRequest, act: Callable[[], list[client.Reply]]) -> None:
    try:
        replies = act()
    except (TransportFailed, Unanswered):
        flash.error(request, _("Unipay does not answer. Is it running?"))
        return
    except NoLayout as missing:
        flash.error(request, _("Unipay has no layout for this file: %(file)s") % {"file": missing})
        return
    for reply in replies:
        if reply.is_ok:
            said = {"file": reply.body.get("file_no", ""), "state": reply.body.get("state", "")}
            flash.info(request, _("Unipay has the file: %(file)s %(state)s") % said)
        else:
            flash.error(request, refusal_text(reply))
    if not replies:
        flash.info(request, _("There is nothing to answer."))


def _key(code: str, role: Role) -> SandboxKey:
    found: SandboxKey = get_object_or_404(SandboxKey, partner_code=code, role=role)
    return found
