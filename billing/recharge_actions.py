"""What may still be done with a recharge, what not, why, and from when until when? (domain.md C2, C11.) Reversal on its
own business day; refund from the next one, and only once its bank's day is reconciled. Values in, values out."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from billing.errors import (
    DAY_NOT_RECONCILED,
    RECHARGE_GOES_BACK,
    RECHARGE_GONE_BACK,
    RECHARGE_OF_A_DEBIT,
    REFUND_TOO_EARLY,
    REVERSAL_TOO_LATE,
)
from billing.states import RECHARGE_OVER, RechargeState
from unipay import clock
from unipay.errors import Reason

_GOING_BACK = (RechargeState.TAKING_BACK, RechargeState.REFUND_OWED)


class ActionName(StrEnum):
    """What a bank may want of a recharge of its own."""

    REVERSE = "REVERSE"
    REFUND = "REFUND"


@dataclass(frozen=True)
class Facts:
    """How the recharge stands: `is_requested` by its bank, not made by a debit; `reversal_until` as its bank agreed,
    None for the whole day; `is_reconciled`: finance found its bank's day even."""

    state: str
    is_requested: bool
    business_date: date
    reversal_until: time | None
    is_reconciled: bool


@dataclass(frozen=True)
class Action:
    """One action: `why_not` is None where it is allowed now; the times say when it is, as far as anybody knows."""

    name: ActionName
    why_not: Reason | None
    allowed_from: datetime | None = None
    allowed_until: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether it is allowed now."""
        return self.why_not is None


def actions(facts: Facts, *, now: datetime) -> tuple[Action, ...]:
    """Return every action with what may be said of it at `now`."""
    return tuple(action(name, facts, now=now) for name in ActionName)


def action(name: ActionName, facts: Facts, *, now: datetime) -> Action:
    """Return what may be said of one action at `now`."""
    obstacle = _obstacle(facts)
    if obstacle:
        return Action(name, obstacle)
    return _reversal(facts, now) if name == ActionName.REVERSE else _refund(facts, now)


def reversal_ends(facts: Facts) -> datetime:
    """Return the end of the time for reversals: not included."""
    if facts.reversal_until is None:
        return clock.business_day_start(facts.business_date + timedelta(days=1))
    return datetime.combine(facts.business_date, facts.reversal_until, clock.BUSINESS_ZONE)


def _reversal(facts: Facts, now: datetime) -> Action:
    ends = reversal_ends(facts)
    return Action(ActionName.REVERSE, REVERSAL_TOO_LATE if now >= ends else None, allowed_until=ends)


def _refund(facts: Facts, now: datetime) -> Action:
    starts = clock.business_day_start(facts.business_date + timedelta(days=1))
    why_not = None if facts.is_reconciled else DAY_NOT_RECONCILED
    return Action(ActionName.REFUND, REFUND_TOO_EARLY if now < starts else why_not, allowed_from=starts)


def _obstacle(facts: Facts) -> Reason | None:
    if not facts.is_requested:
        return RECHARGE_OF_A_DEBIT
    if facts.state in RECHARGE_OVER:
        return RECHARGE_GONE_BACK
    return RECHARGE_GOES_BACK if facts.state in _GOING_BACK else None
