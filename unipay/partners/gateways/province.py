"""What we ask a province's CRM (省CRM): may this number sign, and how does it stand (domain.md A1, A2, A5). Contract
changes are sent by the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from unipay.errors import Unanswered
from unipay.partners.gateways import transport
from unipay.partners.gateways.answers import AnswerReader, is_refused, read_answer
from unipay.partners.gateways.transport import GatewayAnswer, Route
from unipay.partners.models import Partner

CHECK_ELIGIBILITY = "check_eligibility"
CHECK_ELIGIBILITY_PATH = "/eligibility-checks"
NUMBER_STATUS = "number_status"
NUMBER_STATUS_PATH = "/number-status"
CONTRACT_CHANGED = "contract_changed"
CONTRACT_CHANGED_PATH = "/contract-changes"

MAY_SIGN = "MAY_SIGN"
ALREADY_SIGNED = "ALREADY_SIGNED"
REFUSED = "REFUSED"

PREPAID = "PREPAID"
POSTPAID = "POSTPAID"
USER_TYPES = (PREPAID, POSTPAID)

NORMAL = "NORMAL"
SUSPENDED = "SUSPENDED"
CLOSED = "CLOSED"


@dataclass(frozen=True)
class Eligibility:
    """What the province says to a signing: MAY_SIGN with the terms it allows, ALREADY_SIGNED with the particulars of
    that contract, or REFUSED with our reason code.

    `terms_offer`: user_type, threshold_default_fen, threshold_max_fen, amount_default_fen, amount_max_fen (each None
    where it does not apply) and auto_pay_allowed. `contract`: bank_code, state, bank_contract_no, signed_at.
    """

    decision: str
    reason_code: str = ""
    detail: str = ""
    terms_offer: dict[str, Any] | None = None
    contract: dict[str, Any] | None = None


@dataclass(frozen=True)
class NumberStatus:
    """How a number stands: NORMAL, SUSPENDED or CLOSED; or REFUSED with our reason code (an unknown number).

    `identity_matches` is None where the province does not say.
    """

    status: str
    user_type: str = ""
    joined_network_at: datetime | None = None
    identity_matches: bool | None = None
    reason_code: str = ""


def check_eligibility(
    province: Partner, *, request_no: str, msisdn: str, secondary_msisdns: Sequence[str], bank_code: str
) -> Eligibility:
    """Ask whether the number may be signed. Raises TransportFailed or Unanswered."""
    question = {
        "request_no": request_no,
        "msisdn": msisdn,
        "secondary_msisdns": list(secondary_msisdns),
        "bank_code": bank_code,
    }
    answer = transport.call(province, CHECK_ELIGIBILITY, CHECK_ELIGIBILITY_PATH, question)
    reader = read_answer(answer)
    if is_refused(answer):
        return _refusal(answer, reader)
    if reader.word("decision", (MAY_SIGN, ALREADY_SIGNED)) == MAY_SIGN:
        return Eligibility(MAY_SIGN, terms_offer=_terms_offer(reader.within("terms_offer")))
    return Eligibility(ALREADY_SIGNED, contract=_particulars(reader.within("contract")))


def number_status(province: Partner, *, request_no: str, msisdn: str) -> NumberStatus:
    """Ask how the number stands. Raises TransportFailed or Unanswered."""
    way = number_status_route(province)
    return read_number_status(province, ask_number_status(way, request_no=request_no, msisdn=msisdn))


def number_status_route(province: Partner) -> Route:
    """Read how the question for a number's status reaches the province. Raises TransportFailed without an address."""
    return transport.route(province, NUMBER_STATUS, NUMBER_STATUS_PATH)


def ask_number_status(way: Route, *, request_no: str, msisdn: str) -> GatewayAnswer:
    """Put the question; touches no database. Raises TransportFailed or Unanswered."""
    return transport.exchange(way, {"request_no": request_no, "msisdn": msisdn})


def read_number_status(province: Partner, said: GatewayAnswer) -> NumberStatus:
    """Read how the number stands. Raises Unanswered for anything but a whole answer."""
    answer = transport.judged(province, NUMBER_STATUS, said)
    reader = read_answer(answer)
    if is_refused(answer):
        return NumberStatus(REFUSED, reason_code=answer.reason_code)
    return NumberStatus(
        status=reader.word("status", (NORMAL, SUSPENDED, CLOSED)),
        user_type=reader.word("user_type", USER_TYPES),
        joined_network_at=reader.moment("joined_network_at"),
        identity_matches=reader.flag("identity_matches", optional=True),
    )


def _refusal(answer: GatewayAnswer, reader: AnswerReader) -> Eligibility:
    decision = reader.text("decision", optional=True)
    if decision not in ("", REFUSED):
        raise Unanswered(f"the answer contradicts itself: result code {answer.result_code} with {decision}")
    detail = reader.text("detail", optional=True)
    return Eligibility(REFUSED, reason_code=answer.reason_code, detail=detail)


def _terms_offer(reader: AnswerReader) -> dict[str, Any]:
    user_type = reader.word("user_type", USER_TYPES)
    has_limits = user_type == PREPAID
    limits = {
        name: reader.fen(name, optional=not has_limits)
        for name in ("threshold_default_fen", "threshold_max_fen", "amount_default_fen", "amount_max_fen")
    }
    for what in ("threshold", "amount"):
        default, most = limits[f"{what}_default_fen"], limits[f"{what}_max_fen"]
        if default is not None and most is not None and default > most:
            raise reader.unreadable(f"{what}_default_fen", "is more than the maximum")
    auto_pay_allowed = bool(reader.flag("auto_pay_allowed", optional=has_limits))
    return {"user_type": user_type, **limits, "auto_pay_allowed": auto_pay_allowed}


def _particulars(reader: AnswerReader) -> dict[str, Any]:
    """Only these may be passed on to the bank that asked: the contract is another bank's."""
    signed_at = reader.moment("signed_at", optional=True)
    return {
        "bank_code": reader.text("bank_code"),
        "state": reader.text("state"),
        "bank_contract_no": reader.text("bank_contract_no", optional=True),
        "signed_at": signed_at.isoformat() if signed_at else None,
    }
