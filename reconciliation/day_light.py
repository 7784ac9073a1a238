"""How does one day of one partner's book stand: even, waiting, or wrong? Facts in, a light with its reason out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from reconciliation.states import OVER, RunState
from unipay.exchange.models.expectation import ExpectedState


class Light(IntEnum):
    """From bad to good; NONE: nothing is expected and nothing came."""

    RED = 0
    AMBER = 1
    COMING = 2
    GREEN = 3
    WAIVED = 4
    NONE = 5


class Why(IntEnum):
    """The reason, the weightiest first."""

    FAILED = 0
    MISSING = 1
    UNDECLARED = 2
    REFUSED = 3
    UNANSWERED = 4
    APPROVAL = 5
    TURN = 6
    CARRIED = 7
    ANSWER = 8
    WORKING = 9
    EXPECTED = 10
    LATE = 11
    EVEN = 12
    WAIVED = 13
    NOTHING = 14


LIGHT_OF = {
    Why.FAILED: Light.RED,
    Why.MISSING: Light.RED,
    Why.UNDECLARED: Light.RED,
    Why.REFUSED: Light.RED,
    Why.UNANSWERED: Light.RED,
    Why.APPROVAL: Light.AMBER,
    Why.TURN: Light.AMBER,
    Why.CARRIED: Light.AMBER,
    Why.ANSWER: Light.AMBER,
    Why.WORKING: Light.AMBER,
    Why.EXPECTED: Light.COMING,
    Why.LATE: Light.GREEN,
    Why.EVEN: Light.GREEN,
    Why.WAIVED: Light.WAIVED,
    Why.NOTHING: Light.NONE,
}

MUCH_PERMILLE = 10
"""A run that carries more than this of what it compared is not really even."""

_WORKING = (RunState.RECEIVED, RunState.MATCHED, RunState.APPROVED, RunState.CORRECTED, RunState.ANSWERED)


@dataclass(frozen=True)
class RunFacts:
    """What the day's light needs of a run; `is_late`: its answer is overdue, or it stands still."""

    state: str
    has_failed: bool = False
    is_late: bool = False
    carried: int = 0
    compared: int = 0


def why(runs: Sequence[RunFacts], expected: Sequence[str]) -> Why:
    """Return the weightiest reason of the day: its runs, and the states of the files expected for it."""
    reasons = [*map(_of_run, runs), *map(_of_file, expected)]
    weighty = [each for each in reasons if each is not None]
    return min(weighty, default=Why.NOTHING)


def _of_run(run: RunFacts) -> Why | None:
    if run.state == RunState.OVERTAKEN:
        return None
    if run.state == RunState.REFUSED:
        return Why.REFUSED
    if run.has_failed and run.state not in OVER:
        return Why.FAILED
    if run.state == RunState.EXPORTED:
        return Why.UNANSWERED if run.is_late else Why.ANSWER
    return _under_way(run)


def _under_way(run: RunFacts) -> Why:
    if run.state == RunState.AWAITING_APPROVAL:
        return Why.APPROVAL
    if run.state == RunState.OPENED:
        return Why.TURN
    if run.carried * 1000 > run.compared * MUCH_PERMILLE:
        return Why.CARRIED
    return Why.WORKING if run.state in _WORKING else Why.EVEN


def _of_file(state: str) -> Why | None:
    return {
        ExpectedState.MISSING: Why.MISSING,
        ExpectedState.UNDECLARED: Why.UNDECLARED,
        ExpectedState.EXPECTED: Why.EXPECTED,
        ExpectedState.LATE: Why.LATE,
        ExpectedState.WAIVED: Why.WAIVED,
    }.get(ExpectedState(state))
