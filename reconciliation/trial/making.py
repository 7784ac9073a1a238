"""Makes a trial book at the banks there are, and says in which layout a partner writes its view of it."""

import zlib
from collections.abc import Callable, Sequence
from datetime import date

from reconciliation.kinds import BANK_FULL, BANK_INCREMENT, PROVINCE_FULL, PROVINCE_INCREMENT
from reconciliation.states import Period, Side
from reconciliation.trial import filling, numbers, people
from reconciliation.trial.book import Bank, TrialBook
from unipay.exchange import queries
from unipay.exchange.models import FileLayout
from unipay.partners.models import Partner

KINDS = {
    (Side.BANK, Period.INCREMENT): BANK_INCREMENT,
    (Side.BANK, Period.FULL): BANK_FULL,
    (Side.PROVINCE, Period.INCREMENT): PROVINCE_INCREMENT,
    (Side.PROVINCE, Period.FULL): PROVINCE_FULL,
}
_CARD_PREFIXES = {"ICBC": "622202", "ABC": "622848", "BOC": "621661", "CCB": "621700", "CMB": "621483"}
_CONTRACTS_A_PERSON = 5


class NoLayout(Exception):
    """Nobody has published a layout for the partner's files of this kind."""


def make(
    count: int,
    *,
    seed: int,
    banks: Sequence[Partner],
    last_day: date,
    progress: Callable[[int], None] = lambda done: None,
) -> filling.Filled:
    """Make so many contracts at the banks, signed until the last day; what is there already stays as it is."""
    book = TrialBook(
        seed=seed,
        count=count,
        banks=tuple(Bank(bank.pk, bank.code, card_prefix(bank.code)) for bank in banks),
        holders=people.holders(seed, count=count // _CONTRACTS_A_PERSON),
        places=numbers.Places(numbers.segments_for(count), count=count, seed=seed),
        last_day=last_day,
    )
    return filling.fill(book, progress=progress)


def layout(partner: Partner, side: Side, period: Period, on: date) -> FileLayout:
    """Return the layout the partner writes its files in; raises NoLayout when there is none."""
    found = queries.layout_for(KINDS[side, period], partner, on)
    if found is None:
        raise NoLayout(f"{partner.code}: no layout is published for {KINDS[side, period]}.")
    return found


def card_prefix(code: str) -> str:
    """Return the first six digits of a bank's cards: known ones, else invented from its code."""
    return _CARD_PREFIXES.get(code) or f"62{zlib.crc32(code.encode()) % 10_000:04d}"
