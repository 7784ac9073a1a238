"""What differs between two small books, found the slow and obvious way: one contract after the other."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

COMPARED = (
    "msisdn",
    "secondary_msisdns",
    "account",
    "account_type",
    "recharge_threshold_fen",
    "recharge_amount_fen",
    "auto_pay",
)


@dataclass(frozen=True)
class Entry:
    """A contract in somebody's book; in a bank's increment also what happened to it."""

    no: str
    msisdn: str
    secondary_msisdns: tuple[str, ...] = ()
    account: str = "6222020000000000001"
    account_type: str = "DEBIT"
    recharge_threshold_fen: int | None = None
    recharge_amount_fen: int | None = None
    auto_pay: bool = False
    state: str = "ACTIVE"
    change: str = "SIGNED"
    signed_that_day: bool = True
    last_change: str | None = "SIGNED"

    def but(self, **changed: object) -> "Entry":
        """The same with other particulars."""
        return replace(self, **changed)  # type: ignore[arg-type]


@dataclass(frozen=True, order=True)
class Found:
    """One difference: which, of which contract here and there, in what."""

    difference: str
    ours: str = ""
    theirs: str = ""
    attributes: tuple[str, ...] = field(default=())


def in_full(ours: Iterable[Entry], theirs: Iterable[Entry]) -> list[Found]:
    """Compare two full books."""
    here = {entry.no: entry for entry in ours}
    there = {entry.no: entry for entry in theirs}
    found = [
        Found("DIFFERS", no, no, changed)
        for no in here.keys() & there.keys()
        if (changed := _changed(here[no], there[no]))
    ]
    alone_here = [entry for no, entry in here.items() if no not in there]
    alone_there = [entry for no, entry in there.items() if no not in here]
    pairs = _by_number_and_account(alone_here, alone_there)
    found += [
        Found("DIFFERS", mine.no, yours.no, ("bank_contract_no", *_changed(mine, yours)))
        for mine, yours in pairs
    ]
    paired_here, paired_there = {mine.no for mine, _ in pairs}, {yours.no for _, yours in pairs}
    found += [Found("MISSING_AT_BANK", ours=entry.no) for entry in alone_here if entry.no not in paired_here]
    found += [Found("MISSING_HERE", theirs=entry.no) for entry in alone_there if entry.no not in paired_there]
    return sorted(found)


def _changed(mine: Entry, yours: Entry) -> tuple[str, ...]:
    return tuple(name for name in COMPARED if _value(mine, name) != _value(yours, name))


def _value(entry: Entry, name: str) -> object:
    value = getattr(entry, name)
    return sorted(value) if name == "secondary_msisdns" else value


def _by_number_and_account(here: list[Entry], there: list[Entry]) -> list[tuple[Entry, Entry]]:
    pairs, taken = [], set()
    for mine in here:
        for yours in there:
            if yours.no not in taken and (mine.msisdn, mine.account) == (yours.msisdn, yours.account):
                pairs.append((mine, yours))
                taken.add(yours.no)
                break
    return pairs
