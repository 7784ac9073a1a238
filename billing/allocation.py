"""Which bills does an amount pay? Oldest first, by agreement, then user (domain.md C2, C3); what is left stays credit
of the number. Values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Debt:
    """What is open of one bill."""

    bill_id: int
    open_fen: int
    billing_month: date
    due_date: date
    agreement_no: str = ""
    msisdn: str = ""

    @property
    def place(self) -> tuple[date, date, str, str, int]:
        """Where it stands in the row: months before days, agreements before users."""
        return self.billing_month, self.due_date, self.agreement_no, self.msisdn, self.bill_id


@dataclass(frozen=True)
class Part:
    """What of the amount goes to one bill."""

    bill_id: int
    amount_fen: int


def allocate(amount_fen: int, debts: Iterable[Debt]) -> tuple[Part, ...]:
    """Return what each bill gets of the amount, in the order of payment; the last one perhaps only some of it."""
    parts: list[Part] = []
    left = amount_fen
    for debt in sorted(debts, key=lambda each: each.place):
        paid = min(left, debt.open_fen)
        if paid > 0:
            parts.append(Part(debt.bill_id, paid))
            left -= paid
    return tuple(parts)
