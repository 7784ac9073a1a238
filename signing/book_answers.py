"""What does a party's book say beside ours? The live answers of a manual case, told in words (domain.md A4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from signing.states import FORMAL, ContractState
from unipay.errors import Text
from unipay.partners.gateways import book
from unipay.partners.gateways.book import BookEntry
from unipay.partners.gateways.silence import Silence

ASKED = "asked"
"""The key of evidence that we asked for; its value is the operation."""

_IN_FORCE = (book.ACTIVE, book.SUSPENDED)
_SILENCES: dict[str, Text] = {
    Silence.UNREACHABLE: _("Unknown: no connection could be made."),
    Silence.TIMED_OUT: _("Unknown: no answer came in time."),
    Silence.NOT_OFFERED: _("Unknown: this partner does not answer such questions."),
    Silence.UNAVAILABLE: _("Unknown: its system is not available now."),
    Silence.UNUSABLE: _("Unknown: what came back cannot be trusted."),
}


class Verdict(StrEnum):
    """How an answer stands to our book."""

    AGREES = "AGREES"
    DIFFERS = "DIFFERS"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Finding:
    """The verdict, and what it means in one sentence."""

    verdict: Verdict
    words: Text


@dataclass(frozen=True)
class Ours:
    """One contract as our book has it; `state` CONTESTED is in force at the bank, if the bank's notice was right."""

    contract_no: str
    bank_contract_no: str
    bank_code: str
    state: str

    def is_in(self, entry: BookEntry) -> bool:
        """Whether the entry is this contract."""
        if entry.contract_no:
            return entry.contract_no == self.contract_no
        same_bank = entry.bank_code == self.bank_code
        return same_bank and bool(self.bank_contract_no) and entry.bank_contract_no == self.bank_contract_no


def silence(kind: str) -> Finding:
    """What it means that nobody answered: nothing, which is not the same as a no."""
    return Finding(Verdict.UNKNOWN, _SILENCES[kind])


def bank_finding(ours: Ours, entries: Sequence[BookEntry]) -> Finding:
    """How a bank's book stands to one contract of ours."""
    found = next((entry for entry in entries if ours.is_in(entry)), None)
    if found is None:
        return _not_found(ours, entries)
    if found.state == book.PENDING:
        return Finding(Verdict.DIFFERS, _("Not signed yet: the bank has not decided."))
    is_over = ours.state == ContractState.TERMINATED
    if found.state == book.TERMINATED:
        if is_over:
            return Finding(Verdict.AGREES, _("Ended there too."))
        return Finding(Verdict.DIFFERS, _("Ended there, though not with us."))
    if is_over:
        return Finding(Verdict.DIFFERS, _("Still in force there, though it ended with us."))
    if found.state == book.SUSPENDED:
        return Finding(Verdict.AGREES, _("Suspended there."))
    return Finding(Verdict.AGREES, _("In force there."))


def province_finding(standing: Ours | None, contested: Ours | None, entries: Sequence[BookEntry]) -> Finding:
    """How the home province's book stands to both sides: it should hold the standing formal contract and no other."""
    held = [entry for entry in entries if entry.state in _IN_FORCE]
    formal = standing if standing is not None and standing.state in FORMAL else None
    if not held:
        if formal is None:
            return Finding(Verdict.AGREES, _("Holds no contract in force, as we do."))
        return Finding(Verdict.DIFFERS, _("Holds no contract in force, though one stands with us."))
    if contested is not None and any(contested.is_in(entry) for entry in held):
        return Finding(Verdict.DIFFERS, _("Holds the contested contract."))
    if standing is not None and all(standing.is_in(entry) for entry in held):
        if formal is not None:
            return Finding(Verdict.AGREES, _("Holds the standing contract, as we do."))
        return Finding(Verdict.DIFFERS, _("Still holds the contract that does not stand with us."))
    return Finding(Verdict.DIFFERS, _("Holds a contract that we do not have."))


def number_finding(status: Mapping[str, Any], *, signed_at: datetime | None) -> Finding:
    """What the province says of the number itself; `signed_at`: when the standing contract was signed."""
    if status["status"] != "NORMAL":
        return Finding(
            Verdict.DIFFERS, _STATUSES.get(status["status"], _("The province does not know the number."))
        )
    joined = status.get("joined_network_at")
    if joined and signed_at and datetime.fromisoformat(joined) > signed_at:
        return Finding(Verdict.DIFFERS, _("In use, but by somebody else since the contract was signed."))
    if status.get("identity_matches") is False:
        return Finding(Verdict.DIFFERS, _("In use, but not by the person who signed."))
    return Finding(Verdict.AGREES, _("In use and in normal status."))


_STATUSES: dict[str, Text] = {
    "SUSPENDED": _("The number is suspended."),
    "CLOSED": _("The number is closed."),
}


def _not_found(ours: Ours, entries: Sequence[BookEntry]) -> Finding:
    is_over = ours.state == ContractState.TERMINATED
    if any(entry.state in _IN_FORCE for entry in entries):
        return Finding(Verdict.DIFFERS, _("The bank holds another contract for this number."))
    if is_over:
        return Finding(Verdict.AGREES, _("No contract in force there, as with us."))
    return Finding(Verdict.DIFFERS, _("The bank has no such contract."))
