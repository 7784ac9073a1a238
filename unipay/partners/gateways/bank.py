"""What we ask a bank: did it sign (domain.md A2, the query for every doubt). Confirmations and cancellations of
contracts are sent by the outbox."""

from dataclasses import dataclass
from typing import Any

from unipay.errors import Unanswered
from unipay.partners.gateways import transport
from unipay.partners.gateways.answers import is_refused, read_answer
from unipay.partners.models import Partner

QUERY_SIGNING = "query_signing"
QUERY_SIGNING_PATH = "/signing-queries"
CONTRACT_CONFIRMED = "contract_confirmed"
CONTRACT_CONFIRMED_PATH = "/contract-confirmations"
CONTRACT_CANCELLED = "contract_cancelled"
CONTRACT_CANCELLED_PATH = "/contract-cancellations"

SIGNED = "SIGNED"
NOT_SIGNED = "NOT_SIGNED"
PENDING = "PENDING"


@dataclass(frozen=True)
class SigningQuery:
    """What became of a signing at the bank; `contract` has the fields of a signing result, if it was SIGNED."""

    state: str
    contract: dict[str, Any] | None = None


def query_signing(
    bank: Partner, *, request_no: str, msisdn: str, contract_no: str = "", session_no: str = ""
) -> SigningQuery:
    """Ask what became of the signing known by our contract number or session number (exactly one is given).

    Raises TransportFailed or Unanswered. A refusal to tell is no answer: it does not say that nothing was signed.
    """
    if bool(contract_no) == bool(session_no):
        raise ValueError("a signing is asked for by its contract number or its session number")
    named = {"contract_no": contract_no} if contract_no else {"session_no": session_no}
    question = {"request_no": request_no, **named, "msisdn": msisdn}
    answer = transport.call(bank, QUERY_SIGNING, QUERY_SIGNING_PATH, question)
    reader = read_answer(answer)
    if is_refused(answer):
        raise Unanswered(f"the bank does not tell: {answer.result_code} {answer.reason_code}".rstrip())
    state = reader.word("state", (SIGNED, NOT_SIGNED, PENDING))
    if state != SIGNED:
        return SigningQuery(state)
    contract = reader.within("contract")
    contract.text("bank_contract_no")
    if contract.text("msisdn") != msisdn:
        raise contract.unreadable("msisdn", "is another number than was asked for")
    return SigningQuery(SIGNED, contract=reader.facts("contract"))
