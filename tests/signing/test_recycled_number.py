"""Whose contract it is when a number changed hands, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from signing.recycled_number import belongs_to_former_owner

CHANGED = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("signed_at", "expected"),
    [
        (CHANGED - timedelta(days=400), True),
        (CHANGED - timedelta(seconds=1), True),
        (CHANGED, False),
        (CHANGED + timedelta(seconds=1), False),
    ],
)
def test_a_contract_signed_before_the_number_changed_hands_is_the_former_owners(
    signed_at: datetime, expected: bool
) -> None:
    assert belongs_to_former_owner(signed_at=signed_at, changed_hands_at=CHANGED) is expected
