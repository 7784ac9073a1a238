"""Questions about files."""

from datetime import date, timedelta

import pytest

from tests.unipay.exchange.factories import (
    NOW,
    make_directory,
    make_expected,
    make_layout,
    make_received,
    the_bank,
)
from unipay.exchange import queries

pytestmark = pytest.mark.django_db

KIND = "trial_book"


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "ours"),
        (date(2026, 3, 1), "own"),
        (date(2026, 6, 1), "own-later"),
        (date(2027, 1, 1), "own-later"),
    ],
)
def test_the_layout_is_the_partners_own_one_in_force_else_ours(on: date, code: str | None) -> None:
    make_layout(KIND, code="ours")
    make_layout(KIND, code="own", partner=the_bank(), effective_from=date(2026, 3, 1))
    make_layout(KIND, code="own-later", partner=the_bank(), effective_from=date(2026, 6, 1))
    make_layout(KIND, code="draft", partner=the_bank(), effective_from=date(2026, 7, 1), state="DRAFT")
    make_layout(KIND, code="gone", partner=the_bank(), effective_from=date(2026, 8, 1), state="RETIRED")
    make_layout(KIND, code="theirs", partner=the_bank("CCB"), effective_from=date(2026, 7, 1))

    layout = queries.layout_for(KIND, the_bank(), on)

    assert (layout and layout.code) == code


def test_a_directory_for_just_this_kind_goes_first() -> None:
    general = make_directory("DELIVER", address="memory://a")
    special = make_directory("DELIVER", address="memory://b", kind=KIND)
    make_directory("DELIVER", address="memory://c", kind=KIND, is_active=False)
    make_directory("PICK_UP", address="memory://d", kind=KIND)

    assert queries.delivery_directory(the_bank(), KIND) == special
    assert queries.delivery_directory(the_bank(), "another") == general
    assert queries.delivery_directory(the_bank("CCB"), KIND) is None


def test_what_waits_and_what_is_missing_is_counted() -> None:
    nothing = (queries.missing_count(), queries.unread_seconds(NOW))
    make_expected("MISSING")
    make_expected("EXPECTED", business_date=date(2026, 11, 20))
    make_received(received_at=NOW - timedelta(minutes=1))
    make_received("ACCEPTED", received_at=NOW - timedelta(minutes=2))
    make_received("ACCEPTED", received_at=NOW - timedelta(minutes=3), handled_at=NOW)

    assert nothing == (0, 0.0)
    assert (queries.missing_count(), queries.unread_seconds(NOW)) == (1, 120.0)
