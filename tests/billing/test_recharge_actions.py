"""What may be done with a recharge, as a table (domain.md C2, C11)."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from billing.recharge_actions import ActionName, Facts, action, actions
from billing.states import RechargeState

DAY = date(2026, 11, 5)
MIDNIGHT = datetime(2026, 11, 5, 16, 0, tzinfo=UTC)  # the end of the 5th in Shanghai
JUST_BEFORE = datetime(2026, 11, 5, 15, 59, 59, tzinfo=UTC)
NOON = datetime(2026, 11, 5, 4, 0, tzinfo=UTC)


def facts(**changed: Any) -> Facts:
    usual: dict[str, Any] = {
        "state": "LANDED",
        "is_requested": True,
        "business_date": DAY,
        "reversal_until": None,
        "is_reconciled": False,
    }
    return Facts(**{**usual, **changed})


def why_not(name: ActionName, now: datetime, **changed: Any) -> str:
    reason = action(name, facts(**changed), now=now).why_not
    return reason.code if reason else ""


@pytest.mark.parametrize(
    ("changed", "now", "reverse", "refund"),
    [
        ({}, NOON, "", "refund_too_early"),
        ({"is_reconciled": True}, NOON, "", "refund_too_early"),
        ({}, JUST_BEFORE, "", "refund_too_early"),
        ({}, MIDNIGHT, "reversal_too_late", "day_not_reconciled"),
        ({"is_reconciled": True}, MIDNIGHT, "reversal_too_late", ""),
        ({"state": "PAID"}, NOON, "", "refund_too_early"),
        ({"state": "PAID", "is_reconciled": True}, MIDNIGHT, "reversal_too_late", ""),
        ({"reversal_until": time(12, 0)}, NOON, "reversal_too_late", "refund_too_early"),
        ({"reversal_until": time(12, 1)}, NOON, "", "refund_too_early"),
        ({"is_requested": False}, NOON, "recharge_of_a_debit", "recharge_of_a_debit"),
        ({"state": "TAKING_BACK"}, NOON, "recharge_goes_back", "recharge_goes_back"),
        ({"state": "REFUND_OWED"}, MIDNIGHT, "recharge_goes_back", "recharge_goes_back"),
        ({"state": "REVERSED"}, NOON, "recharge_gone_back", "recharge_gone_back"),
        ({"state": "REFUNDED"}, MIDNIGHT, "recharge_gone_back", "recharge_gone_back"),
    ],
)
def test_what_is_allowed_and_why_not(
    changed: dict[str, Any], now: datetime, reverse: str, refund: str
) -> None:
    assert why_not(ActionName.REVERSE, now, **changed) == reverse
    assert why_not(ActionName.REFUND, now, **changed) == refund


def test_the_times_tell_until_when_and_from_when() -> None:
    reversal, refund = actions(facts(), now=NOON)

    assert (reversal.allowed_from, reversal.allowed_until) == (None, MIDNIGHT)
    assert (refund.allowed_from, refund.allowed_until) == (MIDNIGHT, None)


@pytest.mark.parametrize("state", list(RechargeState))
@pytest.mark.parametrize("now", [NOON, MIDNIGHT])
def test_never_are_both_ways_open(state: str, now: datetime) -> None:
    open_ways = [
        each.name for each in actions(facts(state=state, is_reconciled=True), now=now) if each.is_allowed
    ]

    assert len(open_ways) <= 1
