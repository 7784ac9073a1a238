"""What we ask whoever keeps a book of contracts, bank or province alike: what does it say of this number now?
(domain.md A4, the live question of a manual case.)"""

from dataclasses import dataclass
from datetime import datetime

from unipay.errors import Unanswered
from unipay.partners.gateways import transport
from unipay.partners.gateways.answers import AnswerReader, is_refused, read_answer
from unipay.partners.gateways.transport import GatewayAnswer, Route
from unipay.partners.models import Partner

QUERY_CONTRACTS = "query_contracts"
QUERY_CONTRACTS_PATH = "/contract-queries"

PENDING = "PENDING"
ACTIVE = "ACTIVE"
SUSPENDED = "SUSPENDED"
TERMINATED = "TERMINATED"
STATES = (PENDING, ACTIVE, SUSPENDED, TERMINATED)

MOST_ENTRIES = 50


@dataclass(frozen=True)
class BookEntry:
    """One contract in a party's book. `contract_no` is ours, "" where the party does not know it."""

    state: str
    bank_code: str
    contract_no: str = ""
    bank_contract_no: str = ""
    account_mask: str = ""
    signed_at: datetime | None = None
    ended_at: datetime | None = None


def route(partner: Partner) -> Route:
    """Read how the question reaches the partner. Raises TransportFailed when it has no address."""
    return transport.route(partner, QUERY_CONTRACTS, QUERY_CONTRACTS_PATH)


def ask(way: Route, *, request_no: str, msisdn: str) -> GatewayAnswer:
    """Put the question; touches no database. Raises TransportFailed or Unanswered."""
    return transport.exchange(way, {"request_no": request_no, "msisdn": msisdn})


def entries(partner: Partner, answer: GatewayAnswer) -> tuple[BookEntry, ...]:
    """Read what the book says, in its own order. Raises Unanswered for anything but a whole answer.

    A refusal to tell is no answer: it does not say that there is no contract.
    """
    judged = transport.judged(partner, QUERY_CONTRACTS, answer)
    reader = read_answer(judged)
    if is_refused(judged):
        raise Unanswered(f"the partner does not tell: {judged.result_code} {judged.reason_code}".rstrip())
    return tuple(_entry(each) for each in reader.each("contracts", most=MOST_ENTRIES))


def _entry(reader: AnswerReader) -> BookEntry:
    return BookEntry(
        state=reader.word("state", STATES),
        bank_code=reader.text("bank_code"),
        contract_no=reader.text("contract_no", optional=True),
        bank_contract_no=reader.text("bank_contract_no", optional=True),
        account_mask=reader.text("account_mask", optional=True),
        signed_at=reader.moment("signed_at", optional=True),
        ended_at=reader.moment("ended_at", optional=True),
    )
