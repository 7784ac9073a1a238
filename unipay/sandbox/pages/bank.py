"""A bank's pages: its signing page for subscribers sent by Unipay, its counter, and its book of contracts
(domain.md A1 step 4, A2, A3)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from unipay.errors import TransportFailed, Unanswered
from unipay.sandbox import bank, bank_signing, client, seals
from unipay.sandbox.forms import CounterForm, FileForm, MsisdnForm, SigningForm, TerminationForm, TermsForm
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.pages.hall import goes_on_to_unipay
from unipay.sandbox.roster import BANKS, SimulatedBank
from unipay.sandbox.states import BookState, Role, Verdict

_ROWS_SHOWN = 100
_SIGNATURE_FIELDS = ("timestamp", "nonce", "key", "signature")
_NOT_SIGNED_OVER = {*_SIGNATURE_FIELDS, "csrfmiddlewaretoken"}


@csrf_exempt
@require_POST
def receive_hand_over(request: HttpRequest, code: str) -> HttpResponse:
    """Receive a subscriber from Unipay's page; the form must bear Unipay's signature."""
    simulated = _bank(code)
    fields = {name: value for name, value in request.POST.items() if name not in _NOT_SIGNED_OVER}
    timestamp, nonce, key_id, signature = (str(request.POST.get(name, "")) for name in _SIGNATURE_FIELDS)
    verdict = seals.verdict(
        key_id=key_id, timestamp=timestamp, nonce=nonce, signature=signature, body=seals.canonical(fields)
    )
    if verdict is not Verdict.GENUINE or not {"session_no", "msisdn"} <= set(fields):
        return HttpResponseForbidden(render(request, "sandbox/refused.html", {"verdict": verdict}).content)
    row = bank.take_hand_over(simulated.code, {name: str(value) for name, value in fields.items()})
    return redirect("sandbox:bank_signing", code=code, pk=row.pk)


@goes_on_to_unipay
def signing_page(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show the number and the terms; sign, or fail the account check, and send the browser back."""
    simulated, row = _bank(code), _row(code, pk)
    form = SigningForm(request.POST or None, contract=row)
    if request.method == "POST" and row.state == BookState.OPENED:
        if "fail" in request.POST:
            _try(request, lambda: bank_signing.fail_account_check(row))
            return _back(row)
        if form.is_valid():
            form.fill(row)
            row.terms = form.terms()
            sign = bank_signing.sign_overtaken if "overtaken" in request.POST else bank_signing.sign
            _try(request, lambda: sign(row))
            return _back(row)
    return render(request, "sandbox/bank_signing.html", {"bank": simulated, "row": row, "form": form})


@require_GET
def book(request: HttpRequest, code: str) -> HttpResponse:
    """Show the bank's counter and its book."""
    rows = SandboxContract.objects.filter(partner_code=code, role=Role.BANK)
    wanted = request.GET.get("msisdn", "").strip()
    context = {
        "bank": _bank(code),
        "banks": BANKS,
        "form": CounterForm(initial=request.GET.dict()),
        "file_form": FileForm(),
        "unasked_form": MsisdnForm(),
        "rows": (rows.filter(msisdn=wanted[:11]) if wanted else rows)[:_ROWS_SHOWN],
    }
    return render(request, "sandbox/bank_book.html", context)


@require_POST
def counter(request: HttpRequest, code: str) -> HttpResponse:
    """Ask Unipay whether the customer at the counter may sign."""
    simulated, form = _bank(code), CounterForm(request.POST)
    if not form.is_valid():
        shown = {"bank": simulated, "banks": BANKS, "form": form, "file_form": FileForm()}
        return render(request, "sandbox/bank_book.html", {**shown, "unasked_form": MsisdnForm()})
    wanted = form.cleaned_data
    try:
        row, _reply = bank.ask_to_sign(
            simulated.code,
            wanted["msisdn"],
            channel=wanted["channel"],
            secondary_msisdns=wanted["secondary_msisdns"],
        )
    except (TransportFailed, Unanswered):
        flash.error(request, _("Unipay does not answer. Is it running?"))
        return redirect("sandbox:bank_book", code=code)
    return redirect("sandbox:bank_contract", code=code, pk=row.pk)


@require_GET
def contract(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show one row of the bank's book with what can be done about it."""
    row = _row(code, pk)
    context = {
        "bank": _bank(code),
        "row": row,
        "signing_form": SigningForm(contract=row),
        "terms_form": TermsForm(contract=row),
        "termination_form": TerminationForm(),
        "other_banks": [other for other in BANKS if other.code != code],
    }
    return render(request, "sandbox/bank_contract.html", context)


@require_POST
def act(request: HttpRequest, code: str, pk: int, action: str) -> HttpResponse:
    """Carry out one action of the bank's clerk on a row: sign, fail, announce, amend or terminate."""
    row = _row(code, pk)
    if action not in _ACTIONS:
        raise Http404
    wrong = _ACTIONS[action](request, row)
    if wrong:
        flash.error(request, wrong)
    return redirect("sandbox:bank_contract", code=code, pk=pk)


def _sign(request: HttpRequest, row: SandboxContract) -> str:
    form = SigningForm(request.POST, contract=row)
    if not form.is_valid():
        return _faults(form.errors)
    form.fill(row)
    row.terms = form.terms()
    return _try(request, lambda: bank_signing.sign(row))


def _amend(request: HttpRequest, row: SandboxContract) -> str:
    form = TermsForm(request.POST, contract=row)
    if not form.is_valid():
        return _faults(form.errors)
    return _try(request, lambda: [bank.amend(row, form.terms())])


def _terminate(request: HttpRequest, row: SandboxContract) -> str:
    form = TerminationForm(request.POST)
    if not form.is_valid():
        return _faults(form.errors)
    return _try(request, lambda: [bank.terminate(row, reason=form.cleaned_data["reason"])])


_ACTIONS: dict[str, Callable[[HttpRequest, SandboxContract], str]] = {
    "sign": _sign,
    "fail": lambda request, row: _try(request, lambda: bank_signing.fail_account_check(row)),
    "defy": lambda request, row: _try(request, lambda: bank_signing.sign_despite_refusal(row)),
    "announce": lambda request, row: _try(request, lambda: bank_signing.announce_now(row)),
    "amend": _amend,
    "terminate": _terminate,
}


def _try(request: HttpRequest, ask: Callable[[], list[client.Reply]]) -> str:
    """Ask Unipay and show each answer; return what went wrong, "" if nothing did."""
    try:
        replies = ask()
    except (TransportFailed, Unanswered):
        return _("Unipay does not answer. Is it running?")
    for reply in replies:
        state = reply.body.get("state") or ""
        note = _("Unipay answered %(status)s %(state)s") % {"status": reply.status, "state": state}
        flash.info(request, f"{note} {'' if reply.is_ok else bank.refusal_text(reply)}")
    if not replies:
        flash.info(request, _("The bank keeps this to itself: nothing was announced."))
    return ""


def _faults(errors: Any) -> str:
    return " · ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())


def _back(row: SandboxContract) -> HttpResponse:
    if row.return_url:
        return HttpResponseRedirect(row.return_url)
    return redirect("sandbox:bank_contract", code=row.partner_code, pk=row.pk)


def _bank(code: str) -> SimulatedBank:
    for simulated in BANKS:
        if simulated.code == code:
            return simulated
    raise Http404


def _row(code: str, pk: int) -> SandboxContract:
    return get_object_or_404(SandboxContract, pk=pk, partner_code=code, role=Role.BANK)
