"""What we ask about money: a province credits recharges, tells of them, takes them back (domain.md C2, C11); a bank
gives money back. Most of it is sent by the outbox; a bank that waits for its answer has the province asked directly."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unipay.errors import Unanswered
from unipay.partners.gateways import transport
from unipay.partners.gateways.answers import AnswerReader, is_refused, read_answer
from unipay.partners.kinds import Direction
from unipay.partners.models import Partner
from unipay.partners.queries import result_code_row

LAND_RECHARGES = "land_recharges"
LAND_RECHARGES_PATH = "/landings"
QUERY_RECHARGES = "query_recharges"
QUERY_RECHARGES_PATH = "/landing-queries"
TAKE_BACK_RECHARGE = "take_back_recharge"
TAKE_BACK_RECHARGE_PATH = "/landing-take-backs"
REFUND_RECHARGE = "refund_recharge"
REFUND_RECHARGE_PATH = "/refunds"

CREDITED = "CREDITED"
REFUSED = "REFUSED"
NOT_FOUND = "NOT_FOUND"
TAKEN_BACK = "TAKEN_BACK"

MOST_AT_ONCE = 200
"""How many recharges one message or question may speak of."""

_REASON_LENGTH = 64


@dataclass(frozen=True)
class Credit:
    """What a province says of one recharge: CREDITED, REFUSED (finally, with its reason), NOT_FOUND or TAKEN_BACK."""

    recharge_no: str
    result: str
    reason_code: str = ""


def land(province: Partner, *, request_no: str, landings: Sequence[Mapping[str, Any]]) -> dict[str, Credit]:
    """Ask the province to credit recharges and return what it did, by recharge number; what it does not mention is
    unknown. Raises TransportFailed or Unanswered."""
    question = {"request_no": request_no, "landings": [dict(each) for each in landings]}
    answer = transport.call(province, LAND_RECHARGES, LAND_RECHARGES_PATH, question)
    asked = [str(each["recharge_no"]) for each in landings]
    read_answer(answer)
    if is_refused(answer):
        return {number: Credit(number, REFUSED, answer.reason_code) for number in asked}
    return credits_told(province, answer.body, asked, (CREDITED, REFUSED))


def query(province: Partner, *, request_no: str, recharge_nos: Sequence[str]) -> dict[str, Credit]:
    """Ask what became of recharges, each by its own number. Raises TransportFailed or Unanswered.

    A refusal to tell is no answer: it does not say that nothing was credited.
    """
    question = {"request_no": request_no, "recharge_nos": list(recharge_nos)}
    answer = transport.call(province, QUERY_RECHARGES, QUERY_RECHARGES_PATH, question)
    read_answer(answer)
    if is_refused(answer):
        raise Unanswered(f"the province does not tell: {answer.result_code} {answer.reason_code}".rstrip())
    return credits_told(province, answer.body, recharge_nos, (CREDITED, REFUSED, NOT_FOUND, TAKEN_BACK))


def take_back(province: Partner, question: Mapping[str, Any]) -> str:
    """Ask the province to take a credit back: "" when it did, or never had given it and never will; else our reason
    for its final no. Raises TransportFailed or Unanswered."""
    answer = transport.call(province, TAKE_BACK_RECHARGE, TAKE_BACK_RECHARGE_PATH, question)
    read_answer(answer)
    return (answer.reason_code or REFUSED) if is_refused(answer) else ""


def credits_told(
    province: Partner, body: Mapping[str, Any] | None, asked: Collection[str], words: Collection[str]
) -> dict[str, Credit]:
    """Return what the answer's `results` say of the recharges that were asked for, with our reasons for its codes.

    What cannot be read, was not asked for or is said in two ways is left out: nobody knows.
    """
    results = (body or {}).get("results")
    told: dict[str, Credit] = {}
    contradicted: set[str] = set()
    for each in results if isinstance(results, list) else ():
        credit = _credit(each, words)
        if credit is None or credit.recharge_no not in asked:
            continue
        if told.setdefault(credit.recharge_no, credit).result != credit.result:
            contradicted.add(credit.recharge_no)
    ours = {code: _our_reason(province, code) for code in {each.reason_code for each in told.values()}}
    return {
        number: replace(credit, reason_code=ours[credit.reason_code])
        for number, credit in told.items()
        if number not in contradicted
    }


def _our_reason(province: Partner, code: str) -> str:
    """Our reason for a code of the province's, or the code itself: that it is a final no is said beside it."""
    row = result_code_row(province, Direction.ANSWER, LAND_RECHARGES, code) if code else None
    return row.reason_code if row and row.reason_code else code


def _credit(facts: object, words: Collection[str]) -> Credit | None:
    if not isinstance(facts, dict):
        return None
    reader = AnswerReader(facts)
    try:
        return Credit(
            reader.text("recharge_no"),
            reader.word("result", words),
            reader.text("reason_code", optional=True)[:_REASON_LENGTH],
        )
    except Unanswered:
        return None
