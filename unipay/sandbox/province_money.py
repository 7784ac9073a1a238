"""A simulated province's money: it credits recharges, says what became of them, and takes credits back, each once
(domain.md C2, C11)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from unipay import clock
from unipay.money import format_yuan
from unipay.sandbox.conduct import Said
from unipay.sandbox.models import SandboxBill, SandboxCredit, SandboxSms
from unipay.sandbox.scenarios import CREDIT, Effect, Scenario, scenario_in
from unipay.sandbox.states import CreditState

UNKNOWN = "5002"

Line = dict[str, Any]

_SMS_CREDITED = "【中国移动】您的号码{msisdn}已缴费{yuan}元。"
_SMS_TAKEN_BACK = "【中国移动】您的号码{msisdn}的{yuan}元缴费已冲正。"
_LEFT_OUT = (Effect.CREDITED_UNTOLD, Effect.NEVER_CREDITED, Effect.CREDITED_SECOND_TIME)


def land(code: str, asked: dict[str, Any]) -> Said:
    """Credit every recharge of the call; what its number is reserved for is left out of the answer, or refused."""
    answers = [_land(code, landing) for landing in asked["landings"]]
    return Said(body={"result_code": "0000", "results": [each for each in answers if each is not None]})


def tell(code: str, asked: dict[str, Any]) -> Said:
    """Say what became of each recharge that is asked about."""
    rows = SandboxCredit.objects.filter(partner_code=code, recharge_no__in=asked["recharge_nos"])
    known = {row.recharge_no: row for row in rows.exclude(state=CreditState.ASKED)}
    results = [_told(known[no]) if no in known else _not_found(no) for no in asked["recharge_nos"]]
    return Said(body={"result_code": "0000", "results": results})


@transaction.atomic
def take_back(code: str, asked: dict[str, Any]) -> Said:
    """Take one credit back; what was never credited is unknown and never will be, what is back already stays so."""
    row, _is_new = SandboxCredit.objects.select_for_update().get_or_create(
        recharge_no=asked["recharge_no"],
        defaults=_first_heard(code, {"source": "", "bank_code": "", "bills": [], **asked}, now=clock.now()),
    )
    before = row.state
    if before == CreditState.TAKEN_BACK:
        return Said()
    row.state, row.back_no = CreditState.TAKEN_BACK, asked["back_no"]
    row.save(update_fields=["state", "back_no"])
    if before != CreditState.CREDITED:
        return Said(body={"result_code": UNKNOWN})
    _pay(row, sign=-1)
    _send_sms(row, _SMS_TAKEN_BACK)
    return Said()


def credited_fen(code: str) -> int:
    """What the province has got by now, in fen."""
    rows = SandboxCredit.objects.filter(partner_code=code, state=CreditState.CREDITED)
    return sum(rows.values_list("amount_fen", flat=True))


@transaction.atomic
def _land(code: str, landing: Line) -> Line | None:
    row, is_new = SandboxCredit.objects.select_for_update().get_or_create(
        recharge_no=landing["recharge_no"],
        defaults=_first_heard(code, landing, now=clock.now()),
    )
    scenario = scenario_in(CREDIT, msisdn=row.msisdn or row.agreement_no)
    if row.state == CreditState.ASKED:
        _decide(row, scenario, is_new=is_new)
    if scenario is not None and scenario.effect in _LEFT_OUT and not _is_told_now(scenario, is_new=is_new):
        return None
    return _told(row)


def _first_heard(code: str, landing: Line, *, now: datetime) -> dict[str, Any]:
    return {
        "partner_code": code,
        "msisdn": landing.get("msisdn") or "",
        "agreement_no": landing.get("agreement_no") or "",
        "amount_fen": landing["amount_fen"],
        "source": landing["source"],
        "bank_code": landing["bank_code"],
        "bills": landing["bills"],
        "state": CreditState.ASKED,
        "asked_at": now,
    }


def _decide(row: SandboxCredit, scenario: Scenario | None, *, is_new: bool) -> None:
    """Credit or refuse what waits, as the number's scenario has it."""
    effect = scenario.effect if scenario else None
    if effect is Effect.NEVER_CREDITED or (effect is Effect.CREDITED_SECOND_TIME and is_new):
        return
    if scenario is not None and scenario.result_code:
        # A code nobody mapped says nothing: the row stays as it is, and a query finds nothing.
        if effect is not Effect.UNMAPPED:
            row.state = CreditState.REFUSED
        row.reason_code = scenario.result_code
        row.save(update_fields=["state", "reason_code"])
        return
    row.state = CreditState.CREDITED
    row.save(update_fields=["state"])
    _pay(row, sign=1)
    _send_sms(row, _SMS_CREDITED)


def _is_told_now(scenario: Scenario, *, is_new: bool) -> bool:
    return scenario.effect is Effect.CREDITED_SECOND_TIME and not is_new


def _told(row: SandboxCredit) -> Line:
    if row.state == CreditState.ASKED:
        return {"recharge_no": row.recharge_no, "result": "REFUSED", "reason_code": row.reason_code}
    said = {"recharge_no": row.recharge_no, "result": str(row.state)}
    return {**said, "reason_code": row.reason_code} if row.reason_code else said


def _not_found(recharge_no: str) -> Line:
    return {"recharge_no": recharge_no, "result": "NOT_FOUND"}


def _pay(row: SandboxCredit, *, sign: int) -> None:
    """Note on the province's bills what a credit pays, or no longer pays."""
    for share in _shares(row):
        bills = SandboxBill.objects.filter(
            partner_code=row.partner_code, province_bill_no=share["province_bill_no"]
        )
        bills.update(paid_fen=F("paid_fen") + sign * share["amount_fen"])


def _shares(row: SandboxCredit) -> Iterable[Line]:
    return row.bills if isinstance(row.bills, list) else ()


def _send_sms(row: SandboxCredit, text: str) -> None:
    if row.msisdn:
        SandboxSms.objects.create(
            partner_code=row.partner_code,
            msisdn=row.msisdn,
            text=text.format(msisdn=row.msisdn, yuan=format_yuan(row.amount_fen)),
            sent_at=clock.now(),
        )
