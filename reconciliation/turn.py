"""Whose turn is it? Increments apply in sequence, provinces follow the banks (domain.md B)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from reconciliation.states import Waiting


@dataclass(frozen=True)
class Earlier:
    """What must be done before a run: a partner's file or run for a business date."""

    partner_code: str
    business_date: date

    def __str__(self) -> str:
        return f"{self.partner_code} {self.business_date.isoformat()}"


_MOST_NAMED = 8


def first_obstacle(
    *, predecessors: Collection[Earlier], banks: Collection[Earlier]
) -> tuple[Waiting, str] | None:
    """Return what a run waits for and which in particular, None when it may go on."""
    if predecessors:
        return Waiting.PREDECESSOR, _named(predecessors)
    if banks:
        return Waiting.BANKS, _named(banks)
    return None


def _named(obstacles: Iterable[Earlier]) -> str:
    names = sorted(str(each) for each in obstacles)
    shown = names[:_MOST_NAMED] + (["…"] if len(names) > _MOST_NAMED else [])
    return ", ".join(shown)
