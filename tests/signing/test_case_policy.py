"""What people may decide in which situation, as a table."""

import pytest

from signing.case_policy import Sides, options, possible_decisions, urgency
from signing.states import CaseReason, Decision

KEEP, REPLACE, SAME = Decision.KEEP_STANDING, Decision.REPLACE, Decision.SAME_CONTRACT
ACCEPT, NEITHER, TERMINATE = Decision.ACCEPT, Decision.NEITHER, Decision.TERMINATE
AGAIN, CLOSE, RESUME = Decision.NOTIFY_AGAIN, Decision.CLOSE, Decision.RESUME


@pytest.mark.parametrize(
    ("reason", "standing", "contested", "free", "expected"),
    [
        ("STANDING_CONTRACT", "ACTIVE", "CONTESTED", True, (KEEP, SAME, REPLACE, NEITHER)),
        ("STANDING_CONTRACT", "SUSPENDED", "CONTESTED", True, (KEEP, SAME, REPLACE, NEITHER)),
        ("STANDING_CONTRACT", "PROVISIONAL", "CONTESTED", True, (KEEP, REPLACE, NEITHER)),
        ("STANDING_CONTRACT", "ACTIVE", "CONTESTED", False, (KEEP, SAME, NEITHER)),
        ("STANDING_CONTRACT", "TERMINATED", "CONTESTED", True, (ACCEPT, NEITHER)),
        ("STANDING_CONTRACT", "TERMINATED", "CONTESTED", False, (NEITHER,)),
        ("STANDING_CONTRACT", "ACTIVE", "TERMINATED", True, (CLOSE,)),
        ("LATE_RESULT", None, "CONTESTED", True, (ACCEPT, NEITHER)),
        ("LATE_RESULT", "ACTIVE", "CONTESTED", True, (KEEP, SAME, REPLACE, NEITHER)),
        ("PROVINCE_REFUSED", "ACTIVE", None, True, (AGAIN, TERMINATE, CLOSE)),
        ("PROVINCE_REFUSED", "TERMINATED", None, True, (AGAIN, CLOSE)),
        ("BANK_REFUSED", "ACTIVE", None, True, (AGAIN, CLOSE)),
        ("UNDELIVERABLE", "ACTIVE", None, True, (AGAIN, CLOSE)),
        ("CORRECTION_IMPOSSIBLE", "ACTIVE", None, True, (TERMINATE, CLOSE)),
        ("CORRECTION_IMPOSSIBLE", "TERMINATED", None, True, (CLOSE,)),
        ("CORRECTION_IMPOSSIBLE", None, None, True, (CLOSE,)),
        ("CORRECTION_IMPOSSIBLE", None, "CONTESTED", True, (ACCEPT, NEITHER)),
        ("CORRECTION_IMPOSSIBLE", None, "TERMINATED", True, (CLOSE,)),
        ("NUMBER_CHANGED_HANDS", "SUSPENDED", None, True, (RESUME, TERMINATE)),
        ("NUMBER_CHANGED_HANDS", "ACTIVE", None, True, (TERMINATE, CLOSE)),
        ("NUMBER_CHANGED_HANDS", "TERMINATED", None, True, (CLOSE,)),
        ("NUMBER_CHANGED_HANDS", None, None, True, (CLOSE,)),
        ("RECHARGE_STUCK", None, None, True, (CLOSE,)),
        ("DEBIT_RETURN", None, None, True, (CLOSE,)),
        ("DEBIT_FAILED", "ACTIVE", None, True, (CLOSE,)),
        ("DEBIT_CONTRADICTION", None, None, True, (CLOSE,)),
    ],
)
def test_decisions_possible_depend_on_the_contracts(
    reason: str, standing: str | None, contested: str | None, free: bool, expected: tuple[Decision, ...]
) -> None:
    found = possible_decisions(reason, Sides(standing, contested, number_is_free=free))

    assert found == expected


def test_a_correction_refused_in_a_file_leaves_no_message_to_send_again() -> None:
    sides = Sides("ACTIVE", None, number_is_free=True, is_owed_news=False)

    assert possible_decisions("PROVINCE_REFUSED", sides) == (TERMINATE, CLOSE)


@pytest.mark.parametrize(
    ("standing", "contested", "free", "decision", "why_not"),
    [
        ("TERMINATED", "CONTESTED", True, KEEP, "The standing contract has ended meanwhile."),
        (
            "PROVISIONAL",
            "CONTESTED",
            True,
            SAME,
            "Only a formal contract can be the same as the contested one.",
        ),
        ("ACTIVE", "CONTESTED", True, ACCEPT, "A contract stands; it can be replaced."),
        ("ACTIVE", "CONTESTED", False, REPLACE, "A third contract holds one of the numbers."),
        (None, "CONTESTED", False, ACCEPT, "A third contract holds one of the numbers."),
        ("ACTIVE", "TERMINATED", True, NEITHER, "The contested contract does not wait any more."),
        ("ACTIVE", "CONTESTED", True, CLOSE, "The contested contract still waits for a decision."),
    ],
)
@pytest.mark.usefixtures("english")
def test_an_impossible_decision_says_why_not(
    standing: str | None, contested: str | None, free: bool, decision: Decision, why_not: str
) -> None:
    found = options("STANDING_CONTRACT", Sides(standing, contested, number_is_free=free))

    assert {str(option.why_not) for option in found if option.decision == decision} == {why_not}


@pytest.mark.parametrize("reason", list(CaseReason))
def test_every_reason_has_an_urgency(reason: CaseReason) -> None:
    severity, allowed = urgency(reason)

    assert severity in ("HIGH", "NORMAL", "LOW")
    assert allowed.total_seconds() > 0
