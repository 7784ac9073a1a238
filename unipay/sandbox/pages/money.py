"""The simulated banks' and provinces' pages of money: recharges at the counter, request files, mandates, bills
(domain.md C)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.kinds import BANK_MANDATES
from billing.models import Arrangement
from unipay import clock
from unipay.errors import TransportFailed, Unanswered
from unipay.sandbox import bank_debits, bank_mandates, bank_money, client, province_bills
from unipay.sandbox.arrangements import HAND_BANKS
from unipay.sandbox.bank import refusal_text
from unipay.sandbox.file_lines import NoLayout
from unipay.sandbox.models import (
    SandboxBill,
    SandboxCredit,
    SandboxKey,
    SandboxMandate,
    SandboxPayment,
)
from unipay.sandbox.money_forms import BillForm, MandateForm, RechargeForm, RequestForm
from unipay.sandbox.roster import BANKS, SimulatedBank
from unipay.sandbox.states import Role

_ROWS_SHOWN = 100


@require_GET
def bank_book(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a bank took, its mandates, and the forms for more."""
    simulated = _bank(code)
    ways = _ways(code)
    return render(
        request,
        "sandbox/bank_money.html",
        {
            "bank": simulated,
            "banks": BANKS,
            "recharge_form": RechargeForm(initial=request.GET.dict()),
            "request_form": RequestForm(ways=ways) if ways else None,
            "mandate_form": None if simulated.signs else MandateForm(),
            "ways": ways,
            "is_by_hand": code in HAND_BANKS,
            "payments": SandboxPayment.objects.filter(partner_code=code)[:_ROWS_SHOWN],
            "mandates": SandboxMandate.objects.filter(partner_code=code)[:_ROWS_SHOWN],
            "taken_fen": bank_money.taken_fen(code),
        },
    )


@require_POST
def recharge(request: HttpRequest, code: str) -> HttpResponse:
    """Take money at the bank's counter."""
    simulated, form = _bank(code), RechargeForm(request.POST)
    if not form.is_valid():
        return _faulty(request, form, "sandbox:bank_money", code)
    wanted = form.cleaned_data

    def act() -> list[client.Reply]:
        _row, reply = bank_money.recharge(
            simulated.code,
            wanted["msisdn"],
            amount_fen=wanted["amount_fen"],
            source=wanted["source"],
            agreement_no=wanted["agreement_no"],
        )
        return [reply]

    _try(request, act)
    return redirect("sandbox:bank_money", code=code)


@require_POST
def payment_act(request: HttpRequest, code: str, pk: int, action: str) -> HttpResponse:
    """Undo a recharge of today, have an earlier one refunded, ask how it stands, or send it once more."""
    row = get_object_or_404(SandboxPayment, pk=pk, partner_code=code, batch_no="")
    acts: dict[str, Callable[[], client.Reply]] = {
        "reverse": lambda: bank_money.reverse(row),
        "refund": lambda: bank_money.ask_refund(row),
        "look": lambda: bank_money.look(row),
        "again": lambda: bank_money.tell(row),
    }
    if action not in acts:
        raise Http404
    _try(request, lambda: [acts[action]()])
    return redirect("sandbox:bank_money", code=code)


@require_POST
def requests(request: HttpRequest, code: str, way: str, action: str) -> HttpResponse:
    """Let the bank fetch its request files and answer them, refuse them, or answer a batch a second time."""
    _bank(code)
    if way not in dict(_ways(code)):
        raise Http404
    now = clock.now()
    acts: dict[str, Callable[[], list[client.Reply]]] = {
        "answer": lambda: _answered(request, bank_debits.answer_waiting(code, way, now=now)),
        "refuse": lambda: bank_debits.refuse_waiting(code, way),
        "again": lambda: [bank_debits.answer_again(code, way, request.POST.get("batch_no", ""), now=now)],
    }
    if action not in acts:
        raise Http404
    _try(request, acts[action])
    return redirect("sandbox:bank_money", code=code)


@require_POST
def by_hand(request: HttpRequest, code: str) -> HttpResponse:
    """Take a request file that somebody brought, and give the return file back for download."""
    form = RequestForm(request.POST, request.FILES, ways=_ways(code))
    if not form.is_valid():
        return _faulty(request, form, "sandbox:bank_money", code)
    way, now = form.cleaned_data["way"], clock.now()
    day = form.cleaned_data["business_date"]
    try:
        content = bank_debits.answer_by_hand(
            code, way, form.cleaned_data["file"].read(), business_date=day, now=now
        )
    except (NoLayout, ValueError, KeyError) as error:
        flash.error(request, _("The bank can't read this file: %(why)s") % {"why": error})
        return redirect("sandbox:bank_money", code=code)
    return _file(f"{way.lower()}_return_{code}", content, now)


@require_POST
def mandates(request: HttpRequest, code: str, action: str) -> HttpResponse:
    """Sign a mandate, end one, or tell Unipay of what it does not know yet."""
    _bank(code)
    if action == "send" and code in HAND_BANKS:
        return _mandates_by_hand(code)
    if action == "send":
        _try(request, lambda: [reply for reply in [bank_mandates.send(code, now=clock.now())] if reply])
    elif action == "end":
        bank_mandates.end(get_object_or_404(SandboxMandate, pk=request.POST.get("pk"), partner_code=code))
    elif action == "sign":
        form = MandateForm(request.POST)
        if not form.is_valid():
            return _faulty(request, form, "sandbox:bank_money", code)
        bank_mandates.sign(code, now=clock.now(), **form.cleaned_data)
    else:
        raise Http404
    return redirect("sandbox:bank_money", code=code)


def _mandates_by_hand(code: str) -> HttpResponse:
    """A bank without a line gives its file of mandates to staff, who upload it."""
    now = clock.now()
    content = bank_mandates.written(code, now=now)
    return (
        _file(f"{BANK_MANDATES}_{code}", content, now)
        if content
        else redirect("sandbox:bank_money", code=code)
    )


@require_GET
def province_book(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a province billed and credited."""
    context = {
        "province": _province(code),
        "bill_form": BillForm(initial=request.GET.dict()),
        "bills": SandboxBill.objects.filter(partner_code=code)[:_ROWS_SHOWN],
        "credits": SandboxCredit.objects.filter(partner_code=code)[:_ROWS_SHOWN],
    }
    return render(request, "sandbox/province_money.html", context)


@require_POST
def bill(request: HttpRequest, code: str) -> HttpResponse:
    """Let the province bill one number, or everybody who has a contract or mandate."""
    _province(code)
    if "month" in request.POST:
        _try(request, lambda: province_bills.bill_everybody(code, now=clock.now()))
        return redirect("sandbox:province_money", code=code)
    form = BillForm(request.POST)
    if not form.is_valid():
        return _faulty(request, form, "sandbox:province_money", code)
    _try(request, lambda: [province_bills.bill(code, now=clock.now(), **form.cleaned_data)[1]])
    return redirect("sandbox:province_money", code=code)


@require_POST
def bill_act(request: HttpRequest, code: str, pk: int, action: str) -> HttpResponse:
    """Amend a bill to half of what it was, or cancel it."""
    row = get_object_or_404(SandboxBill, pk=pk, partner_code=code)
    acts: dict[str, Callable[[], client.Reply]] = {
        "halve": lambda: province_bills.amend(row, amount_fen=max(row.amount_fen // 2, 1)),
        "cancel": lambda: province_bills.cancel(row),
    }
    if action not in acts:
        raise Http404
    _try(request, lambda: [acts[action]()])
    return redirect("sandbox:province_money", code=code)


def _file(name: str, content: bytes, now: datetime) -> HttpResponse:
    """For somebody to take along."""
    whole_name = f"{name}_{clock.business_date(now):%Y%m%d}_{now:%H%M%S%f}.txt"
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{whole_name}"'},
    )


def _answered(request: HttpRequest, answers: list[bank_debits.Answered]) -> list[client.Reply]:
    for each in answers:
        told = {"file": each.name, "lines": each.lines, "answers": each.answers}
        flash.info(request, _("%(file)s: %(lines)s lines received, %(answers)s answers given") % told)
    return [each.reply for each in answers]


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
        state = reply.body.get("state") or ""
        note = _("Unipay answered %(status)s %(state)s") % {"status": reply.status, "state": state}
        flash.info(request, f"{note} {'' if reply.is_ok else refusal_text(reply)}")
    if not replies:
        flash.info(request, _("There is nothing to answer."))


def _faulty(request: HttpRequest, form: Any, page: str, code: str) -> HttpResponse:
    flash.error(request, " · ".join(f"{name}: {' '.join(texts)}" for name, texts in form.errors.items()))
    return redirect(page, code=code)


def _ways(code: str) -> list[tuple[str, str]]:
    """The ways in which the bank debits, with their titles."""
    rows = Arrangement.objects.filter(bank__code=code).order_by("id")
    return [(row.way, row.get_way_display()) for row in rows]


def _bank(code: str) -> SimulatedBank:
    for simulated in BANKS:
        if simulated.code == code:
            return simulated
    raise Http404


def _province(code: str) -> SandboxKey:
    found: SandboxKey = get_object_or_404(SandboxKey, partner_code=code, role=Role.PROVINCE)
    return found
