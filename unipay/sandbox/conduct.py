"""How a simulated partner answers a call of ours when the number is reserved for a scenario."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from unipay.sandbox.scenarios import Effect, Scenario

SLOW_SECONDS = 2.0
SILENT_SECONDS = 8.0
"""Longer than the read time-out we give a partner by default (5 s)."""

FAILURES_BEFORE_SUCCESS = 2


@dataclass(frozen=True)
class Said:
    """What a partner answers: HTTP status, JSON body (None: empty), after how long, and how it is signed."""

    status: int = 200
    body: dict[str, Any] | None = field(default_factory=lambda: {"result_code": "0000"})
    delay_seconds: float = 0
    is_rightly_signed: bool = True


_UNAVAILABLE = Said(status=503, body=None)
_WITHOUT_ACTING = {
    Effect.UNAVAILABLE: _UNAVAILABLE,
    Effect.SILENT: replace(_UNAVAILABLE, delay_seconds=SILENT_SECONDS),
}
_ACTING: dict[Effect, dict[str, Any]] = {
    Effect.SLOW: {"delay_seconds": SLOW_SECONDS},
    Effect.WRONGLY_SIGNED: {"is_rightly_signed": False},
}


def said_under(scenario: Scenario | None, *, ordinary: Callable[[], Said], times: int) -> Said:
    """Return what is answered under the scenario the `times`-th time; `ordinary` acts and answers as usual.

    A partner that refuses or is down does not act; one that is slow or signs wrongly does.
    """
    if scenario is None:
        return ordinary()
    if scenario.result_code:
        return Said(body=_refusal(scenario))
    if scenario.effect in _WITHOUT_ACTING:
        return _WITHOUT_ACTING[scenario.effect]
    if scenario.effect is Effect.FAILS_TWICE and times <= FAILURES_BEFORE_SUCCESS:
        return _UNAVAILABLE
    return replace(ordinary(), **_ACTING.get(scenario.effect, {}))


def _refusal(scenario: Scenario) -> dict[str, Any]:
    if scenario.effect is Effect.UNMAPPED:
        return {"result_code": scenario.result_code}
    return {"result_code": scenario.result_code, "decision": "REFUSED", "detail": scenario.title_en}
