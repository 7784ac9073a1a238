"""What may the subscriber be told of a signing? (domain.md A1: the truth, also when nobody knows yet.)"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from signing.errors import NUMBER_HAS_CONTRACT
from signing.models import SigningSession
from signing.states import ContractState, SessionState
from unipay.errors import Text


class Outcome(StrEnum):
    """How a signing stands, in the words of the result page."""

    NOT_BEGUN = "NOT_BEGUN"
    WAITING = "WAITING"
    SIGNED = "SIGNED"
    CHECKED = "CHECKED"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


_OF_SESSION = {
    SessionState.OPENED: Outcome.NOT_BEGUN,
    SessionState.AT_BANK: Outcome.WAITING,
    SessionState.FAILED: Outcome.FAILED,
    SessionState.EXPIRED: Outcome.EXPIRED,
}
_OF_CONTRACT = {
    ContractState.ACTIVE: Outcome.SIGNED,
    ContractState.CONTESTED: Outcome.CHECKED,
    ContractState.SUSPENDED: Outcome.SUSPENDED,
    ContractState.TERMINATED: Outcome.ENDED,
}
_FAILURES: dict[str, Text] = {
    NUMBER_HAS_CONTRACT.code: _(
        "This number has been signed with a bank in the meantime. A number can have one contract only."
    ),
    "account_invalid": _("The bank could not verify the account. Please check the card you used."),
    "account_closed": _("The account is closed or frozen at the bank."),
    "identity_mismatch": _("The name or identity number did not match what the bank has on record."),
    "cancelled_by_subscriber": _("You left the bank's page without signing."),
}


def outcome_of(session: SigningSession) -> Outcome:
    """How the signing stands now; what the contract became later counts, not how the session ended."""
    if session.contract is not None:
        return _OF_CONTRACT.get(ContractState(session.contract.state), Outcome.WAITING)
    return _OF_SESSION.get(SessionState(session.state), Outcome.WAITING)


def failure_in_words(code: str) -> Text:
    """Why the bank, or we, did not sign; "" for a code nobody has put in words."""
    return _FAILURES.get(code, "")
