"""How does one debit date stand? Facts in, a light with its reason out."""

from dataclasses import dataclass
from enum import StrEnum

from billing.states import RUN_OVER, RunState


class Light(StrEnum):
    """Green: done; blue: under way; amber: waits for people; red: wrong; coming: planned; grey: left out."""

    GREEN = "green"
    BLUE = "blue"
    AMBER = "amber"
    RED = "red"
    COMING = "coming"
    GREY = "grey"


class Why(StrEnum):
    """The reason."""

    DONE = "DONE"
    NOTHING_DUE = "NOTHING_DUE"
    WORKING = "WORKING"
    AT_BANK = "AT_BANK"
    APPROVAL = "APPROVAL"
    STOPPED = "STOPPED"
    FAILED = "FAILED"
    OVERDUE = "OVERDUE"
    MISSED = "MISSED"
    PLANNED = "PLANNED"
    MOVED = "MOVED"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"


LIGHT_OF = {
    Why.DONE: Light.GREEN,
    Why.NOTHING_DUE: Light.GREEN,
    Why.WORKING: Light.BLUE,
    Why.AT_BANK: Light.BLUE,
    Why.APPROVAL: Light.AMBER,
    Why.STOPPED: Light.AMBER,
    Why.FAILED: Light.RED,
    Why.OVERDUE: Light.RED,
    Why.MISSED: Light.RED,
    Why.PLANNED: Light.COMING,
    Why.MOVED: Light.COMING,
    Why.SKIPPED: Light.GREY,
    Why.CANCELLED: Light.GREY,
}


@dataclass(frozen=True)
class DateFacts:
    """A date on the calendar: `is_past` before today, `is_overdue` an answer of its run is."""

    is_past: bool = False
    is_skipped: bool = False
    is_moved: bool = False
    run_state: str = ""
    is_stopped: bool = False
    has_failed: bool = False
    is_overdue: bool = False
    item_count: int = 0


def why(facts: DateFacts) -> Why:
    """Return the weightiest reason."""
    if facts.run_state:
        return _of_run(facts)
    if facts.is_skipped:
        return Why.SKIPPED
    if facts.is_past:
        return Why.MISSED
    return Why.MOVED if facts.is_moved else Why.PLANNED


def _of_run(facts: DateFacts) -> Why:
    if facts.run_state == RunState.CANCELLED:
        return Why.CANCELLED
    if facts.run_state not in RUN_OVER:
        return _under_way(facts)
    return Why.DONE if facts.item_count else Why.NOTHING_DUE


def _under_way(facts: DateFacts) -> Why:
    if facts.has_failed:
        return Why.FAILED
    if facts.is_overdue:
        return Why.OVERDUE
    if facts.is_stopped:
        return Why.STOPPED
    if facts.run_state == RunState.AWAITING_APPROVAL:
        return Why.APPROVAL
    return Why.AT_BANK if facts.run_state == RunState.SENT else Why.WORKING
