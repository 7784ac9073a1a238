"""What is done about a difference? (domain.md B: the bank's book decides ours, ours decides the province's.)

The table of rules only departs from these defaults; where it is empty, the domain's own table holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciliation.states import AGAINST_BANK, AGAINST_PROVINCE, Difference, Period, Treatment

DEFAULTS: dict[Difference, Treatment] = {
    Difference.MISSING_HERE: Treatment.CREATE,
    Difference.MISSING_AT_BANK: Treatment.TERMINATE,
    Difference.DIFFERS: Treatment.AMEND,
    Difference.TERMINATED_AT_BANK: Treatment.TERMINATE,
    # Ended for a reason the bank was told of (the number changed hands, the subscriber asked): never revived unseen.
    Difference.ENDED_HERE: Treatment.CASE,
    Difference.COLLISION: Treatment.CASE,
    Difference.UNKNOWN_NUMBER: Treatment.RETURN,
    # The bank's increment is silent about it, so nobody knows what the bank holds: the next full list tells.
    Difference.UNCONFIRMED: Treatment.IGNORE,
    Difference.MISSING_THERE: Treatment.ADD,
    Difference.EXTRA_THERE: Treatment.DELETE,
    Difference.DIFFERS_THERE: Treatment.UPDATE,
}

_SOFT = (Treatment.CASE, Treatment.RETURN, Treatment.IGNORE)

ALLOWED: dict[Difference, tuple[Treatment, ...]] = {
    Difference.MISSING_HERE: (Treatment.CREATE, Treatment.CASE, Treatment.RETURN, Treatment.IGNORE),
    Difference.MISSING_AT_BANK: (Treatment.TERMINATE, Treatment.IGNORE),
    Difference.DIFFERS: (Treatment.AMEND, Treatment.CASE, Treatment.RETURN, Treatment.IGNORE),
    Difference.TERMINATED_AT_BANK: (Treatment.TERMINATE, Treatment.IGNORE),
    Difference.ENDED_HERE: (Treatment.CREATE, *_SOFT),
    Difference.COLLISION: (Treatment.CASE, Treatment.RETURN),
    Difference.UNKNOWN_NUMBER: (Treatment.RETURN, Treatment.IGNORE),
    Difference.UNCONFIRMED: (Treatment.IGNORE, Treatment.RETURN),
    Difference.MISSING_THERE: (Treatment.ADD, Treatment.IGNORE),
    Difference.EXTRA_THERE: (Treatment.DELETE, Treatment.IGNORE),
    Difference.DIFFERS_THERE: (Treatment.UPDATE, Treatment.IGNORE),
}


@dataclass(frozen=True)
class Rule:
    """One departure from the defaults: for one partner or all (None), for one period or both ("")."""

    difference: str
    treatment: str
    partner_id: int | None = None
    period: str = ""


def treatments(rules: Iterable[Rule], *, partner_id: int, period: Period) -> dict[Difference, Treatment]:
    """Return what is done about each difference: the closest rule, the partner's before the period's, or the default.

    A rule whose treatment the difference does not allow is passed over.
    """
    chosen = dict(DEFAULTS)
    fitting = [
        rule for rule in rules if rule.partner_id in (None, partner_id) and rule.period in ("", period)
    ]
    for rule in sorted(fitting, key=lambda each: (each.partner_id is not None, each.period != "")):
        difference, treatment = Difference(rule.difference), Treatment(rule.treatment)
        if treatment in ALLOWED[difference]:
            chosen[difference] = treatment
    return chosen


def against_bank(chosen: dict[Difference, Treatment]) -> dict[Difference, Treatment]:
    """Return the part that concerns a bank's book."""
    return {difference: chosen[difference] for difference in AGAINST_BANK}


def against_province(chosen: dict[Difference, Treatment]) -> dict[Difference, Treatment]:
    """Return the part that concerns a province's book."""
    return {difference: chosen[difference] for difference in AGAINST_PROVINCE}
