"""What happens when somebody wants to know what each book says now (domain.md A4): every bank of the case and the home
province are asked at once, live; who does not answer in time is noted as unknown.

Asking is three steps: what to ask is read first, the network is used with no transaction open, and the answers are
kept beside the case afterwards, so that a checker sees what the maker saw.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from signing.book_answers import ASKED
from signing.flows import manual_case
from signing.flows.manual_case import Evidence
from signing.models import ManualCase
from unipay import check_digit, clock
from unipay.errors import TransportFailed, Unanswered
from unipay.logging import mask_text
from unipay.partners.gateways import book, province
from unipay.partners.gateways.silence import Silence, silence_of
from unipay.partners.gateways.transport import GatewayAnswer, Route
from unipay.partners.models import Partner

PATIENCE_SECONDS = 8.0
"""Nobody at a screen waits longer, whatever a partner's own time-out is."""

Put = Callable[[Route, str, str], GatewayAnswer]


@dataclass(frozen=True)
class Question:
    """One question to one party; without a way it could not even be put, and `fault` says why."""

    partner: Partner
    operation: str
    request_no: str
    msisdn: str
    way: Route | None
    fault: str = ""


@dataclass(frozen=True)
class Heard:
    """What came of a question: an answer not yet read, or the kind of silence and its technical reason."""

    question: Question
    answer: GatewayAnswer | None = None
    silence: str = ""
    fault: str = ""


def ask_books(case_no: str, *, by_id: int, now: Callable[[], datetime] = clock.now) -> int:
    """Ask every party of the case and keep what each said; returns how many answered. Never inside a transaction."""
    heard = put(questions_about(case_no))
    return keep(case_no, heard, by_id=by_id, now=now())


def questions_about(case_no: str) -> list[Question]:
    """Every bank of the case once, then the home province: for its book and for the number's status.

    A case about a whole file has no number, and so nobody to ask.
    """
    case = ManualCase.objects.select_related("standing__bank", "contested__bank", "province").get(
        case_no=case_no
    )
    if case.province is None or not case.msisdn:
        return []
    banks = {side.bank_id: side.bank for side in (case.standing, case.contested) if side is not None}
    parties = [(partner, book.QUERY_CONTRACTS) for partner in (*banks.values(), case.province)]
    return [_question(*party, case.msisdn) for party in (*parties, (case.province, province.NUMBER_STATUS))]


def put(questions: Sequence[Question], *, patience_seconds: float = PATIENCE_SECONDS) -> list[Heard]:
    """Put all questions at once and wait no longer than patience allows; touches no database."""
    if not questions:
        return []
    pool = ThreadPoolExecutor(max_workers=len(questions), thread_name_prefix="ask-books")
    answering = [pool.submit(_put, each) for each in questions]
    wait(answering, timeout=patience_seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    return [_heard(*each) for each in zip(questions, answering, strict=True)]


@transaction.atomic
def keep(case_no: str, heard: Sequence[Heard], *, by_id: int, now: datetime) -> int:
    """Keep each answer, or that there was none, as evidence of the case; returns how many answered."""
    kept = [_evidence(each, by_id) for each in heard]
    manual_case.add_evidence(ManualCase.objects.get(case_no=case_no), kept, now=now)
    return sum(not piece.facts["silence"] for piece in kept)


def _question(partner: Partner, operation: str, msisdn: str) -> Question:
    read = book.route if operation == book.QUERY_CONTRACTS else province.number_status_route
    request_no = check_digit.new_number("Q")
    try:
        return Question(partner, operation, request_no, msisdn, read(partner))
    except TransportFailed as failure:
        return Question(partner, operation, request_no, msisdn, None, str(failure))


def _put(question: Question) -> GatewayAnswer:
    ask = book.ask if question.operation == book.QUERY_CONTRACTS else province.ask_number_status
    if question.way is None:
        raise TransportFailed(question.fault)
    return ask(question.way, request_no=question.request_no, msisdn=question.msisdn)


def _heard(question: Question, answering: Future[GatewayAnswer]) -> Heard:
    if not answering.done() or answering.cancelled():
        return Heard(question, silence=Silence.TIMED_OUT, fault="our patience ended first")
    try:
        return Heard(question, answering.result())
    except (TransportFailed, Unanswered) as news:
        return Heard(question, silence=silence_of(news), fault=str(news))


def _evidence(heard: Heard, by_id: int) -> Evidence:
    question = heard.question
    silence, fault, facts = heard.silence, heard.fault, dict[str, Any]()
    if heard.answer is not None:
        try:
            facts = _read(question, heard.answer)
        except Unanswered as news:
            silence, fault = silence_of(news), str(news)
    said = {
        ASKED: question.operation,
        "by": by_id,
        "silence": str(silence),
        "fault": mask_text(fault)[:300],
        "latency_ms": heard.answer.latency_ms if heard.answer else None,
    }
    return Evidence(facts={**said, **facts}, partner=question.partner, request_no=question.request_no)


def _read(question: Question, answer: GatewayAnswer) -> dict[str, Any]:
    if question.operation == book.QUERY_CONTRACTS:
        entries = [_as_json(asdict(each)) for each in book.entries(question.partner, answer)]
        # A party that sends a whole account where a mask belongs must not have it kept or shown.
        return {
            "contracts": [{**each, "account_mask": mask_text(each["account_mask"] or "")} for each in entries]
        }
    return _as_json(asdict(province.read_number_status(question.partner, answer)))


def _as_json(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: clock.rfc3339(value) if isinstance(value, datetime) else value for name, value in facts.items()
    }
