"""What the story expected and what was seen, step by step; some things are true only a moment later."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Finding:
    """One thing looked at: the step of the story, the number, what should be and what was."""

    step: str
    msisdn: str
    expected: str
    seen: str

    @property
    def is_as_expected(self) -> bool:
        """Whether it was as it should be."""
        return self.expected == self.seen


@dataclass
class Awaited:
    """Something that becomes true by itself, as other partners are told after the answer."""

    step: str
    msisdn: str
    expected: str
    look: Callable[[], str]


@dataclass
class Findings:
    """Everything found so far, and what is still awaited."""

    found: list[Finding] = field(default_factory=list)
    awaited: list[Awaited] = field(default_factory=list)

    def note(self, step: str, *, msisdn: str, expected: str, seen: str) -> None:
        """Write down what was seen at once."""
        self.found.append(Finding(step, msisdn, expected, seen))

    def expect(self, step: str, *, msisdn: str, expected: str, look: Callable[[], str]) -> None:
        """Look later whether it became as expected."""
        self.awaited.append(Awaited(step, msisdn, expected, look))

    def settle(self, *, patience_seconds: float, progress: Callable[[int], None] = lambda left: None) -> None:
        """Look until everything awaited came true or patience ends; then write down what is seen."""
        ends_at = time.monotonic() + patience_seconds
        waiting = self.awaited
        while waiting and time.monotonic() < ends_at:
            waiting = [thing for thing in waiting if not self._came_true(thing)]
            progress(len(waiting))
            time.sleep(POLL_SECONDS if waiting else 0)
        for thing in waiting:
            self.note(thing.step, msisdn=thing.msisdn, expected=thing.expected, seen=thing.look())
        self.awaited = []

    @property
    def is_as_expected(self) -> bool:
        """Whether nothing was otherwise than expected."""
        return all(finding.is_as_expected for finding in self.found)

    def summary(self) -> list[dict[str, Any]]:
        """Return one row for each step and expectation, in the order of the story."""
        rows: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.found:
            rows.setdefault((finding.step, finding.expected), []).append(finding)
        return [
            {
                "step": step,
                "expected": expected,
                "count": len(findings),
                "seen": dict(Counter(finding.seen for finding in findings)),
                "is_as_expected": all(finding.is_as_expected for finding in findings),
                "example": next((f.msisdn for f in findings if not f.is_as_expected), findings[0].msisdn),
            }
            for (step, expected), findings in rows.items()
        ]

    def _came_true(self, thing: Awaited) -> bool:
        seen = thing.look()
        if seen != thing.expected:
            return False
        self.note(thing.step, msisdn=thing.msisdn, expected=thing.expected, seen=seen)
        return True


Chapter = Callable[[Findings], None]
"""One thing that happens to one fresh number, with what should come of it."""
