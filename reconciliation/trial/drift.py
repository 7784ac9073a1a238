"""Which contracts a partner's view of a trial book gets wrong, and how: drawn from the contract and the day, so that
the same view is drawn again for the same book."""

import zlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from reconciliation.states import Difference, Period, Side


class Planted(StrEnum):
    """One way in which a partner's file differs from our book."""

    LEFT_OUT = "LEFT_OUT"
    CHANGE_LEFT_OUT = "CHANGE_LEFT_OUT"
    ONLY_THERE = "ONLY_THERE"
    ANOTHER_NUMBER = "ANOTHER_NUMBER"
    OTHER_SECONDARIES = "OTHER_SECONDARIES"
    ANOTHER_ACCOUNT = "ANOTHER_ACCOUNT"
    ANOTHER_ACCOUNT_TYPE = "ANOTHER_ACCOUNT_TYPE"
    ANOTHER_THRESHOLD = "ANOTHER_THRESHOLD"
    ANOTHER_AMOUNT = "ANOTHER_AMOUNT"
    OTHER_AUTO_PAY = "OTHER_AUTO_PAY"
    ANOTHER_CONTRACT_NO = "ANOTHER_CONTRACT_NO"
    ANOTHER_BANK = "ANOTHER_BANK"
    ENDED_THERE = "ENDED_THERE"
    ALIVE_THERE = "ALIVE_THERE"
    COLLIDES = "COLLIDES"
    NOBODYS_NUMBER = "NOBODYS_NUMBER"
    TWICE = "TWICE"
    FAULTY = "FAULTY"


DIFFERING = {
    Planted.ANOTHER_NUMBER: "msisdn",
    Planted.OTHER_SECONDARIES: "secondary_msisdns",
    Planted.ANOTHER_ACCOUNT: "account",
    Planted.ANOTHER_ACCOUNT_TYPE: "account_type",
    Planted.ANOTHER_THRESHOLD: "recharge_threshold_fen",
    Planted.ANOTHER_AMOUNT: "recharge_amount_fen",
    Planted.OTHER_AUTO_PAY: "auto_pay",
    Planted.ANOTHER_CONTRACT_NO: "contract_no",
    Planted.ANOTHER_BANK: "bank_code",
}
_SHARED = (
    Planted.LEFT_OUT,
    Planted.ONLY_THERE,
    Planted.ANOTHER_NUMBER,
    Planted.OTHER_SECONDARIES,
    Planted.ANOTHER_ACCOUNT,
    Planted.ANOTHER_THRESHOLD,
    Planted.ANOTHER_AMOUNT,
    Planted.OTHER_AUTO_PAY,
    Planted.ANOTHER_CONTRACT_NO,
    Planted.TWICE,
    Planted.FAULTY,
)
_OF_BANKS = (Planted.ANOTHER_ACCOUNT_TYPE, Planted.COLLIDES, Planted.NOBODYS_NUMBER)
_AGAINST_BANK = {
    Planted.LEFT_OUT: Difference.MISSING_AT_BANK,
    Planted.CHANGE_LEFT_OUT: Difference.UNCONFIRMED,
    Planted.ONLY_THERE: Difference.MISSING_HERE,
    Planted.ENDED_THERE: Difference.TERMINATED_AT_BANK,
    Planted.ALIVE_THERE: Difference.ENDED_HERE,
    Planted.COLLIDES: Difference.COLLISION,
    Planted.NOBODYS_NUMBER: Difference.UNKNOWN_NUMBER,
    Planted.TWICE: Difference.MISSING_AT_BANK,
    Planted.FAULTY: Difference.MISSING_AT_BANK,
}
_AGAINST_PROVINCE = {
    Planted.LEFT_OUT: Difference.MISSING_THERE,
    Planted.ONLY_THERE: Difference.EXTRA_THERE,
    Planted.ENDED_THERE: Difference.MISSING_THERE,
    Planted.ALIVE_THERE: Difference.EXTRA_THERE,
    Planted.TWICE: Difference.MISSING_THERE,
    Planted.FAULTY: Difference.MISSING_THERE,
}
SHIELDED = (Planted.TWICE, Planted.FAULTY)
"""Their lines count for nothing: the contract is carried, not corrected."""


def ways(side: Side, period: Period) -> tuple[Planted, ...]:
    """Return the ways that are drawn among; what happens to ended contracts, and to changes, follows from them."""
    own = _OF_BANKS if side == Side.BANK else (Planted.ANOTHER_BANK,)
    return (*_SHARED, *own, *([Planted.ENDED_THERE] if period == Period.INCREMENT else []))


def found_as(planted: Planted, side: Side) -> Difference:
    """Return the difference that a run finds where this was planted."""
    if side == Side.BANK:
        return _AGAINST_BANK.get(planted, Difference.DIFFERS)
    return _AGAINST_PROVINCE.get(planted, Difference.DIFFERS_THERE)


@dataclass(frozen=True)
class Drift:
    """A share of the contracts, and the ways that are drawn among; `salt` makes another day another drawing."""

    share: float
    ways: tuple[Planted, ...]
    salt: str

    def of(self, contract_no: str) -> Planted | None:
        """Return what happens to this contract, None to most."""
        draw = zlib.crc32(f"{self.salt}{contract_no}".encode()) / 2**32
        if not self.ways or draw >= self.share:
            return None
        return self.ways[int(draw / self.share * len(self.ways))]


@dataclass
class View:
    """What was written: lines of the file, and how often each difference was planted, with examples."""

    side: Side
    partner: str
    period: Period
    business_date: date
    lines: int = 0
    faulty_lines: int = 0
    planted: Counter[Planted] = field(default_factory=Counter)
    examples: dict[Planted, list[str]] = field(default_factory=dict)

    def plant(self, planted: Planted, number: str) -> None:
        """Count one, named by the number of the contract it happened to."""
        self.planted[planted] += 1
        named = self.examples.setdefault(planted, [])
        if len(named) < 3:
            named.append(number)

    def expected(self) -> dict[str, dict[str, int]]:
        """Return what a run must find: how many of each difference, of them shielded, and of each attribute."""
        found: Counter[str] = Counter()
        shielded: Counter[str] = Counter()
        attributes: Counter[str] = Counter()
        for planted, count in self.planted.items():
            difference = found_as(planted, self.side).value
            found[difference] += count
            shielded[difference] += count if planted in SHIELDED else 0
            if planted in DIFFERING:
                attributes[self._attribute(planted)] += count
        return {"differences": dict(found), "shielded": dict(+shielded), "attributes": dict(attributes)}

    def _attribute(self, planted: Planted) -> str:
        is_number = planted == Planted.ANOTHER_CONTRACT_NO and self.side == Side.BANK
        return "bank_contract_no" if is_number else DIFFERING[planted]
