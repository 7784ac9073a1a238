"""Does this need a second person, and for how long may it wait for one?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


class Rule(Protocol):
    """What the rules table says in one row; empty words mean any."""

    reason: str
    action: str
    least_amount_fen: int | None
    needs_checker: bool
    hours_valid: int
    checked_by_id: int | None


@dataclass(frozen=True)
class Need:
    """Whether a checker is needed, how long a proposal waits, and the role (its group) the checker must be of."""

    needs_checker: bool
    valid: timedelta
    checked_by_id: int | None = None


# Where nobody made a rule, nobody acts alone.
STRICT = Need(needs_checker=True, valid=timedelta(hours=24))


def need_of(
    rules: Iterable[Rule], *, action: str, reason: str, amount_fen: int | None, default: Need = STRICT
) -> Need:
    """Return what the most precise of the fitting rules says: first by action, then by reason, then by amount.

    A rule with an amount fits amounts from there on, and never what has no amount.
    """
    fitting = [rule for rule in rules if _fits(rule, action=action, reason=reason, amount_fen=amount_fen)]
    if not fitting:
        return default
    best = max(fitting, key=_precision)
    return Need(best.needs_checker, timedelta(hours=best.hours_valid), best.checked_by_id)


def _fits(rule: Rule, *, action: str, reason: str, amount_fen: int | None) -> bool:
    if rule.action not in ("", action) or rule.reason not in ("", reason):
        return False
    return rule.least_amount_fen is None or (amount_fen is not None and amount_fen >= rule.least_amount_fen)


def _precision(rule: Rule) -> tuple[bool, bool, int]:
    least = -1 if rule.least_amount_fen is None else rule.least_amount_fen
    return rule.action != "", rule.reason != "", least
