"""What each party's book said when it was last asked, as the case page shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from signing.admin.case.facts import ours
from signing.admin.case.words import moment
from signing.book_answers import (
    ASKED,
    Finding,
    Verdict,
    bank_finding,
    number_finding,
    province_finding,
    silence,
)
from signing.models import CaseEvidence, ManualCase
from unipay.errors import CATALOGUE, Text
from unipay.partners.gateways.book import QUERY_CONTRACTS, BookEntry
from unipay.partners.gateways.province import NUMBER_STATUS
from unipay.partners.models import Partner

_COLOURS = {Verdict.AGREES: "success", Verdict.DIFFERS: "warning", Verdict.UNKNOWN: ""}
_MARKS: dict[Verdict, Text] = {
    Verdict.AGREES: _("agrees with our book"),
    Verdict.DIFFERS: _("differs from our book"),
    Verdict.UNKNOWN: _("unknown"),
}
_STATES: dict[str, Text] = {
    "PENDING": _("not decided yet"),
    "ACTIVE": _("in force"),
    "SUSPENDED": _("suspended"),
    "TERMINATED": _("ended"),
}
# What was said before can't be held against a book that changed since.
_BEFORE_THE_DECISION = Finding(Verdict.UNKNOWN, _("Asked before the decision: ask again."))


@dataclass(frozen=True)
class Line:
    """One contract in a party's book, in words."""

    state: Text
    name: str
    signed: str
    ended: str
    account: str


@dataclass(frozen=True)
class BookAnswer:
    """One answer: the finding with its colour, when it came, the contracts it listed, and the technical reason."""

    finding: Finding
    colour: str
    mark: Text
    at: datetime
    seconds: str
    lines: tuple[Line, ...]
    fault: str
    is_about_number: bool


class Books:
    """The latest answers of each party of one case."""

    def __init__(self, case: ManualCase, evidence: Iterable[CaseEvidence]) -> None:
        self._case = case
        self._latest: dict[tuple[int | None, str], CaseEvidence] = {}
        for piece in evidence:  # oldest first: the last one stays
            if ASKED in piece.facts:
                self._latest[piece.partner_id, piece.facts[ASKED]] = piece

    @property
    def asked_at(self) -> datetime | None:
        """When anybody was last asked."""
        return max((piece.received_at for piece in self._latest.values()), default=None)

    def answers_of(self, partner: Partner) -> list[BookAnswer]:
        """Return what the party's book said, and for the province how the number stands."""
        found = [self._latest.get((partner.pk, operation)) for operation in (QUERY_CONTRACTS, NUMBER_STATUS)]
        return [self._answer(piece, partner) for piece in found if piece is not None]

    def _answer(self, piece: CaseEvidence, partner: Partner) -> BookAnswer:
        facts = piece.facts
        finding = silence(facts["silence"]) if facts["silence"] else self._finding(facts, partner)
        decided_at = self._case.decided_at
        if decided_at is not None and piece.received_at < decided_at:
            finding = _BEFORE_THE_DECISION
        latency = facts.get("latency_ms")
        return BookAnswer(
            finding=finding,
            colour=_COLOURS[finding.verdict],
            mark=_MARKS[finding.verdict],
            at=piece.received_at,
            seconds=f"{latency / 1000:.1f}" if latency is not None else "",
            lines=tuple(_line(entry, partner) for entry in facts.get("contracts", [])),
            fault=facts["fault"],
            is_about_number=facts[ASKED] == NUMBER_STATUS,
        )

    def _finding(self, facts: Mapping[str, Any], partner: Partner) -> Finding:
        standing, contested = self._case.standing, self._case.contested
        if facts[ASKED] == NUMBER_STATUS:
            return _number_finding(facts, standing.signed_at if standing else None)
        entries = [_entry(each) for each in facts["contracts"]]
        if partner.pk == self._case.province_id:
            return province_finding(ours(standing), ours(contested), entries)
        sides = [
            ours(side) for side in (contested, standing) if side is not None and side.bank_id == partner.pk
        ]
        findings = [bank_finding(side, entries) for side in sides if side is not None]
        return next((each for each in findings if each.verdict == Verdict.DIFFERS), findings[0])


def _number_finding(facts: Mapping[str, Any], signed_at: datetime | None) -> Finding:
    known = CATALOGUE.get(facts.get("reason_code", ""))
    if known is not None:
        return Finding(Verdict.DIFFERS, known.title)
    return number_finding(facts, signed_at=signed_at)


def _entry(said: Mapping[str, Any]) -> BookEntry:
    return BookEntry(
        said["state"],
        said["bank_code"],
        contract_no=said["contract_no"],
        bank_contract_no=said["bank_contract_no"],
    )


def _line(said: Mapping[str, Any], partner: Partner) -> Line:
    bank_code = "" if said["bank_code"] == partner.code else said["bank_code"]
    return Line(
        state=_STATES[said["state"]],
        name=" ".join(filter(None, (bank_code, said["bank_contract_no"] or said["contract_no"]))),
        signed=moment(said["signed_at"]) if said["signed_at"] else "",
        ended=moment(said["ended_at"]) if said["ended_at"] else "",
        account=said["account_mask"],
    )
