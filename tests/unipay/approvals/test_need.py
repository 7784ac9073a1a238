"""Which rule decides whether a second person is needed."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipay.approvals.need import STRICT, need_of


@dataclass(frozen=True)
class Rule:
    reason: str = ""
    action: str = ""
    least_amount_fen: int | None = None
    needs_checker: bool = True
    hours_valid: int = 24
    checked_by_id: int | None = None


EVERYTHING = Rule(hours_valid=1)
REPLACING = Rule(action="REPLACE", needs_checker=False, hours_valid=2)
LATE_REPLACING = Rule(action="REPLACE", reason="LATE", hours_valid=3)
LATE = Rule(reason="LATE", needs_checker=False, hours_valid=4)
LARGE_REPLACING = Rule(action="REPLACE", least_amount_fen=10_000, hours_valid=5)
LARGER_REPLACING = Rule(action="REPLACE", least_amount_fen=50_000, needs_checker=False, hours_valid=6)
RULES = [EVERYTHING, REPLACING, LATE_REPLACING, LATE, LARGE_REPLACING, LARGER_REPLACING]


@pytest.mark.parametrize(
    ("action", "reason", "amount_fen", "expected"),
    [
        ("CLOSE", "CLASH", None, EVERYTHING),
        ("CLOSE", "LATE", None, LATE),
        ("REPLACE", "CLASH", None, REPLACING),
        ("REPLACE", "CLASH", 9_999, REPLACING),
        ("REPLACE", "CLASH", 10_000, LARGE_REPLACING),
        ("REPLACE", "CLASH", 50_000, LARGER_REPLACING),
        ("REPLACE", "LATE", 50_000, LATE_REPLACING),
    ],
)
def test_the_most_precise_rule_decides(
    action: str, reason: str, amount_fen: int | None, expected: Rule
) -> None:
    need = need_of(RULES, action=action, reason=reason, amount_fen=amount_fen)

    assert (need.needs_checker, need.valid) == (
        expected.needs_checker,
        timedelta(hours=expected.hours_valid),
    )


def test_from_an_amount_on_another_role_checks() -> None:
    rules = [EVERYTHING, Rule(action="REPLACE", least_amount_fen=100, checked_by_id=7)]

    assert need_of(rules, action="REPLACE", reason="", amount_fen=99).checked_by_id is None
    assert need_of(rules, action="REPLACE", reason="", amount_fen=100).checked_by_id == 7


def test_without_a_fitting_rule_nobody_acts_alone() -> None:
    assert need_of([LATE], action="REPLACE", reason="CLASH", amount_fen=None) == STRICT
    assert STRICT.needs_checker


@given(st.permutations(RULES), st.sampled_from(["REPLACE", "CLOSE"]), st.integers(0, 100_000))
def test_the_order_of_the_rules_does_not_matter(rules: list[Rule], action: str, amount_fen: int) -> None:
    asked = {"action": action, "reason": "LATE", "amount_fen": amount_fen}

    assert need_of(rules, **asked) == need_of(RULES, **asked)  # type: ignore[arg-type]
