"""A simulated province's files: its own book for Unipay, and what it does with Unipay's correction file, also wrongly
(domain.md B, steps 3 to 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from reconciliation.kinds import CORRECTION_RESULT, PROVINCE_CORRECTION, PROVINCE_FULL, PROVINCE_INCREMENT
from unipay import clock
from unipay.sandbox import client, file_lines, file_wire, messages
from unipay.sandbox.models import SandboxContract, SandboxMessage
from unipay.sandbox.scenarios import CORRECT_CONTRACTS, Effect, Scenario, scenario_in
from unipay.sandbox.states import BookState, Role, Verdict

KINDS = {"increment": PROVINCE_INCREMENT, "full": PROVINCE_FULL}
UNREADABLE = "The file can't be read."
_HELD = (BookState.SIGNED, BookState.SUSPENDED)

Line = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """What a province did with one correction file: lines received, answers given, and Unipay's reply."""

    file_no: str
    lines: int
    answers: int
    reply: client.Reply


def send(code: str, period: str, *, business_date: date, now: datetime) -> client.Reply:
    """Write the province's file of the day, "increment" or "full", and hand it over."""
    kind = KINDS[period]
    said = lines(code, period, business_date=business_date)
    content = file_lines.written(code, kind, said, business_date=business_date, now=now)
    return _hand_over(code, kind, content, business_date, now)


def lines(code: str, period: str, *, business_date: date) -> list[Line]:
    """Return the lines of the file as the province's book has them."""
    rows = SandboxContract.objects.filter(partner_code=code, role=Role.PROVINCE).order_by("id")
    if period == "full":
        return [_line(row) for row in rows.filter(state__in=_HELD).iterator()]
    return [line for row in rows.iterator() for line in _of_day(row, business_date)]


def answer_corrections(code: str, *, now: datetime, is_cut_short: bool = False) -> list[Answered]:
    """Fetch every correction file that waits, apply it to the book, and answer it; `is_cut_short`: the answer lacks its
    end."""
    return [_answer(code, file, now, is_cut_short) for file in file_wire.waiting(code, PROVINCE_CORRECTION)]


def refuse_corrections(code: str) -> list[client.Reply]:
    """Say of every correction file that waits that it can't be read."""
    waiting = file_wire.waiting(code, PROVINCE_CORRECTION)
    return [file_wire.acknowledge(code, file, refusal=UNREADABLE) for file in waiting]


def _answer(code: str, file: dict[str, Any], now: datetime, is_cut_short: bool) -> Answered:
    day = date.fromisoformat(file["business_date"])
    ordered = file_lines.read(code, PROVINCE_CORRECTION, file_wire.fetch(code, file), business_date=day)
    file_wire.acknowledge(code, file)
    answers = [answer for line in ordered for answer in _apply(code, line)]
    content = file_lines.written(code, CORRECTION_RESULT, answers, business_date=day, now=now)
    if is_cut_short:
        content = content[: len(content) * 2 // 3]
    reply = _hand_over(code, CORRECTION_RESULT, content, day, now)
    return Answered(str(file["file_no"]), len(ordered), len(answers), reply)


def _apply(code: str, line: dict[str, str]) -> Iterator[Line]:
    """Do what a line says, and answer it, as the number's scenario has it."""
    scenario = scenario_in(CORRECT_CONTRACTS, msisdn=line["msisdn"])
    done = {"run_no": line["run_no"], "order_no": line["order_no"], "result": "DONE"}
    if scenario is None:
        _correct(code, line)
        yield done
    elif scenario.effect is Effect.REFUSED:
        yield _refusal(done, scenario)
    elif scenario.effect is Effect.ANSWERED_SECOND_TIME and not _seen_before(code, line):
        return
    else:
        _correct(code, line)
        yield done
        if scenario.effect is Effect.ANNOUNCED_TWICE:
            yield done
        elif scenario.effect is Effect.ANSWERED_BOTH_WAYS:
            yield _refusal(done, scenario)


def _refusal(done: Line, scenario: Scenario) -> Line:
    code = scenario.result_code or "4000"
    return {**done, "result": "REFUSED", "reason_code": code, "reason_text": scenario.title_zh}


def _seen_before(code: str, line: dict[str, str]) -> bool:
    order = f"{line['run_no']}/{line['order_no']}"
    seen = SandboxMessage.objects.filter(
        partner_code=code, operation=CORRECT_CONTRACTS, request_no=order
    ).exists()
    content = {"request_no": order, "msisdn": line["msisdn"]}
    messages.note_received(code, CORRECT_CONTRACTS, content=content, verdict=Verdict.GENUINE, is_repeat=seen)
    return seen


@transaction.atomic
def _correct(code: str, line: dict[str, str]) -> None:
    """Add, update or delete: what is there under the contract's number, else what holds the mobile number."""
    rows = SandboxContract.objects.select_for_update().filter(partner_code=code, role=Role.PROVINCE)
    row = rows.filter(contract_no=line["contract_no"]).first()
    if row is None and line["action"] == "UPDATE":
        row = rows.filter(msisdn=line["msisdn"], state__in=_HELD).first()
    if line["action"] == "DELETE":
        if row is not None:
            row.state = BookState.TERMINATED
            row.save(update_fields=["state", "updated_at"])
        return
    row = row or SandboxContract(partner_code=code, role=Role.PROVINCE)
    _take_over(row, line)
    row.save()


def _take_over(row: SandboxContract, line: dict[str, str]) -> None:
    row.state = BookState.SIGNED
    row.contract_no, row.msisdn = line["contract_no"], line["msisdn"]
    row.secondary_msisdns = [number for number in line["secondary_msisdns"].split(",") if number]
    row.bank_code, row.bank_contract_no = line["bank_code"], line["bank_contract_no"]
    row.account_mask = line["account_mask"]
    fen = {name: line[name] for name in ("recharge_threshold_fen", "recharge_amount_fen") if line[name]}
    row.terms = {**{name: int(text) for name, text in fen.items()}, "auto_pay": line["auto_pay"] == "Y"}
    row.signed_at = datetime.fromisoformat(line["signed_at"]) if line["signed_at"] else None


def _of_day(row: SandboxContract, day: date) -> Iterator[Line]:
    """What the province's book says happened to a contract that day."""
    if row.state not in (*_HELD, BookState.TERMINATED) or clock.business_date(row.updated_at) != day:
        return
    is_new = clock.business_date(row.created_at) == day
    change = "TERMINATED" if row.state == BookState.TERMINATED else "SIGNED" if is_new else "AMENDED"
    yield {**_line(row), "change": change, "occurred_at": row.updated_at}


def _line(row: SandboxContract) -> Line:
    return {
        "contract_no": row.contract_no,
        "msisdn": row.msisdn,
        "secondary_msisdns": sorted(row.secondary_msisdns),
        "bank_code": row.bank_code,
        "account_mask": row.account_mask,
        "recharge_threshold_fen": row.terms.get("recharge_threshold_fen"),
        "recharge_amount_fen": row.terms.get("recharge_amount_fen"),
        "auto_pay": bool(row.terms.get("auto_pay")),
    }


def _hand_over(code: str, kind: str, content: bytes, day: date, now: datetime) -> client.Reply:
    name = f"{kind}_{code}_{day:%Y%m%d}_{now:%H%M%S%f}.txt"
    return file_wire.send(code, kind=kind, name=name, business_date=day.isoformat(), content=content)
