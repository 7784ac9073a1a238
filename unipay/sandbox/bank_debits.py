"""A simulated bank's debits: it takes Unipay's request files, debits its own accounts, and answers with return files,
also wrongly (domain.md C3 to C6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from billing.kinds import REQUESTS, RETURNS
from billing.models import DebitBatch
from unipay import clock
from unipay.sandbox import client, file_lines, file_roads
from unipay.sandbox.accounts import CORPORATE_OPENING_FEN, OPENING_FEN, account_of, take
from unipay.sandbox.bank_money import new_transaction_no
from unipay.sandbox.models import SandboxAccount, SandboxPayment
from unipay.sandbox.money_scenarios import MONEY_SCENARIOS
from unipay.sandbox.roster import bank
from unipay.sandbox.scenarios import DEBIT, Effect, Scenario, scenario_in
from unipay.sandbox.states import PaymentState

TAKEN, NOT_ENOUGH = "0000", "1001"
UNREADABLE = "The file can't be read."
_MORE_FEN = 100
SECOND_AFTER = timedelta(minutes=10)
"""How long a bank takes to find what its first return file left out, or told wrongly."""
_FORGOTTEN_AFTER = timedelta(days=1)
_TOLD_LATER = (Effect.ANSWERED_LATER, Effect.UNDONE_LATER, Effect.DONE_LATER)

Line = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """What a bank did with one request file: lines received, answers given, and Unipay's reply to the return file."""

    name: str
    lines: int
    answers: int
    reply: client.Reply


def answer_waiting(code: str, way: str, *, now: datetime) -> list[Answered]:
    """Fetch every request file that waits, debit the accounts, and hand the return files over."""
    return [_answer(code, way, fetched, now) for fetched in file_roads.waiting(code, REQUESTS[way])]


def refuse_waiting(code: str, way: str) -> list[client.Reply]:
    """Say of every request file that waits that it can't be read: nothing is debited."""
    waiting = file_roads.waiting(code, REQUESTS[way])
    replies = [file_roads.acknowledge(code, fetched, refusal=UNREADABLE) for fetched in waiting]
    return [reply for reply in replies if reply is not None]


def answer_by_hand(code: str, way: str, content: bytes, *, business_date: date, now: datetime) -> bytes:
    """Return the return file to a request file that somebody brought by hand."""
    asked = file_lines.read(code, REQUESTS[way], content, business_date=business_date, now=now)
    returned = _return_file(code, way, debit(code, asked, now=now), now=now)
    _note_told(code, {line["batch_no"] for line in asked})
    return returned


def answer_again(code: str, way: str, batch_no: str, *, now: datetime) -> client.Reply:
    """Hand a second return file of a batch over: the same again, and what some numbers are reserved for."""
    content = return_again(code, way, batch_no, now=now)
    return _handed_over(code, way, content, {batch_no}, now=now)


def answer_the_rest(code: str, way: str, *, now: datetime) -> list[client.Reply]:
    """Hand over what a bank still owes some while after it debited: first return files that a crash kept back, and
    second ones where a number is reserved for them."""
    debited = SandboxPayment.objects.filter(
        partner_code=code,
        batch_no__in=DebitBatch.objects.filter(
            run__arrangement__bank__code=code, run__arrangement__way=way
        ).values("batch_no"),
        taken_at__range=(now - _FORGOTTEN_AFTER, now - SECOND_AFTER),
    )
    untold = _batches(debited.filter(said=0))
    first = [_answer_first(code, way, batch_no, now) for batch_no in untold]
    second = _batches(debited.filter(_is_told_later(), said=1))
    return first + [answer_again(code, way, batch_no, now=now) for batch_no in second]


def return_again(code: str, way: str, batch_no: str, *, now: datetime) -> bytes:
    """Return the second return file of a batch."""
    payments = SandboxPayment.objects.filter(partner_code=code, batch_no=batch_no).order_by("id")
    return _return_file(code, way, [line for row in payments for line in _said_later(row)], now=now)


@transaction.atomic
def debit(code: str, asked: list[dict[str, str]], *, now: datetime) -> list[Line]:
    """Debit every line once and return what the return file says; a line that was seen before is answered as then."""
    return [answer for line in asked for answer in _debited(code, line, now)]


def _answer(code: str, way: str, fetched: file_roads.Fetched, now: datetime) -> Answered:
    asked = file_lines.read(
        code, REQUESTS[way], fetched.content, business_date=fetched.business_date, now=now
    )
    file_roads.acknowledge(code, fetched)
    answers = debit(code, asked, now=now)
    content = _return_file(code, way, answers, now=now)
    reply = _handed_over(code, way, content, {line["batch_no"] for line in asked}, now=now)
    return Answered(fetched.name, len(asked), len(answers), reply)


def _answer_first(code: str, way: str, batch_no: str, now: datetime) -> client.Reply:
    payments = SandboxPayment.objects.filter(partner_code=code, batch_no=batch_no).order_by("id")
    answers = [line for row in payments for line in _said(row, _scenario_of(row))]
    return _handed_over(code, way, _return_file(code, way, answers, now=now), {batch_no}, now=now)


def _handed_over(code: str, way: str, content: bytes, batches: set[str], *, now: datetime) -> client.Reply:
    day = clock.business_date(now)
    reply = file_roads.hand_over(code, RETURNS[way], content, business_date=day, now=now)
    if reply.is_ok or file_roads.is_known(reply):
        _note_told(code, batches)
    return reply


def _note_told(code: str, batches: set[str]) -> None:
    SandboxPayment.objects.filter(partner_code=code, batch_no__in=batches).update(said=F("said") + 1)


def _batches(payments: QuerySet[SandboxPayment]) -> list[str]:
    return list(payments.order_by("batch_no").values_list("batch_no", flat=True).distinct())


def _is_told_later() -> Q:
    """Payments of numbers and agreements that are reserved for a second return file."""
    subjects = Q()
    for scenario in MONEY_SCENARIOS:
        if scenario.effect in _TOLD_LATER:
            subjects |= Q(msisdn__endswith=scenario.ending) | Q(agreement_no__endswith=scenario.ending)
    return subjects


def _return_file(code: str, way: str, answers: list[Line], *, now: datetime) -> bytes:
    own_codes = bank(code).own_codes
    said = [
        {**line, "result_code": own_codes.get(line["result_code"], line["result_code"])} for line in answers
    ]
    return file_lines.written(
        code,
        RETURNS[way],
        said,
        business_date=clock.business_date(now),
        now=now,
        total_fen=sum(line["debited_fen"] for line in answers),
    )


def _debited(code: str, line: dict[str, str], now: datetime) -> Iterator[Line]:
    scenario = scenario_in(DEBIT, msisdn=_subject(line))
    row = SandboxPayment.objects.filter(partner_code=code, reference=line["item_no"]).first()
    row = row or _carried_out(code, line, scenario, now)
    yield from _said(row, scenario)


def _carried_out(code: str, line: dict[str, str], scenario: Scenario | None, now: datetime) -> SandboxPayment:
    is_corporate = bool(line.get("agreement_no"))
    account = account_of(
        code,
        line.get("bank_contract_no") or _subject(line),
        opening_fen=CORPORATE_OPENING_FEN if is_corporate else OPENING_FEN,
    )
    asked_fen = int(line["asked_fen"])
    result_code, fen = _outcome(code, account, asked_fen, scenario)
    if fen:
        take(account, fen)
    return SandboxPayment.objects.create(
        partner_code=code,
        reference=line["item_no"],
        batch_no=line["batch_no"],
        account=account,
        msisdn=line.get("msisdn", ""),
        agreement_no=line.get("agreement_no", ""),
        asked_fen=asked_fen,
        taken_fen=fen,
        state=PaymentState.TAKEN if fen else PaymentState.NOT_TAKEN,
        result_code=result_code,
        transaction_no=new_transaction_no(code) if fen else "",
        business_date=clock.business_date(now),
        taken_at=now,
    )


def _outcome(code: str, account: SandboxAccount, asked: int, scenario: Scenario | None) -> tuple[str, int]:
    """Return the bank's own result code, and how much it takes."""
    effect = scenario.effect if scenario else None
    if scenario is not None and scenario.result_code:
        return scenario.result_code, 0
    if effect is Effect.LEFT_OUT and not bank(code).answers_failures_only:
        return NOT_ENOUGH, 0
    wanted = asked
    if effect is Effect.PARTIAL:
        wanted = max(asked // 2, 1)
    elif effect is Effect.MORE:
        wanted = asked + _MORE_FEN
    if account.balance_fen >= wanted:
        return TAKEN, wanted
    part = account.balance_fen if bank(code).takes_part else 0
    return (TAKEN, part) if part else (NOT_ENOUGH, 0)


def _said(row: SandboxPayment, scenario: Scenario | None) -> Iterator[Line]:
    """What the first return file says of a payment."""
    effect = scenario.effect if scenario else None
    if effect in (Effect.LEFT_OUT, Effect.ANSWERED_LATER):
        return
    if effect is Effect.DONE_LATER:
        yield _not_made(row)
        return
    if row.result_code == TAKEN and bank(row.partner_code).answers_failures_only:
        return
    yield _as_it_is(row, scenario)
    if effect is Effect.ANNOUNCED_TWICE:
        yield _as_it_is(row, scenario)


def _said_later(row: SandboxPayment) -> Iterator[Line]:
    """What the second return file says of it."""
    scenario = _scenario_of(row)
    effect = scenario.effect if scenario else None
    if effect is Effect.UNDONE_LATER:
        yield _not_made(row)
    elif effect is not Effect.LEFT_OUT:
        yield _as_it_is(row, scenario)


def _scenario_of(row: SandboxPayment) -> Scenario | None:
    return scenario_in(DEBIT, msisdn=row.msisdn or row.agreement_no)


def _as_it_is(row: SandboxPayment, scenario: Scenario | None) -> Line:
    is_told = scenario is not None and bool(scenario.result_code)
    return {
        "batch_no": row.batch_no,
        "item_no": row.reference,
        "result_code": row.result_code,
        "debited_fen": row.taken_fen,
        "bank_transaction_no": row.transaction_no,
        "reason_text": scenario.title_zh.partition("：")[2] if scenario and is_told else "",
    }


def _not_made(row: SandboxPayment) -> Line:
    failed = {"result_code": NOT_ENOUGH, "debited_fen": 0, "bank_transaction_no": ""}
    return {**_as_it_is(row, None), **failed}


def _subject(line: dict[str, str]) -> str:
    return line.get("msisdn") or line.get("agreement_no") or ""
