"""Which runs and discrepancies need somebody."""

from datetime import timedelta
from typing import Any

import pytest

from reconciliation import needs
from reconciliation.models import Discrepancy, Run
from tests.reconciliation.factories import NOW, make_discrepancy, make_run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "fields", "later", "is_stuck"),
    [
        ("MATCHED", {"last_error": "no memory"}, timedelta(minutes=1), True),
        ("CLOSED", {"last_error": "no memory"}, timedelta(minutes=1), False),
        ("RECEIVED", {}, timedelta(hours=5), False),
        ("RECEIVED", {}, timedelta(hours=7), True),
        ("AWAITING_APPROVAL", {}, timedelta(days=3), False),
        ("OPENED", {"waits_for": "PREDECESSOR"}, timedelta(days=1), False),
        ("OPENED", {"waits_for": "PREDECESSOR"}, timedelta(days=3), True),
    ],
)
def test_a_run_is_stuck_when_nothing_moves_it(
    state: str, fields: dict[str, Any], later: timedelta, is_stuck: bool
) -> None:
    make_run(state, **fields)

    assert needs.stuck(Run.objects.all(), now=NOW + later).exists() is is_stuck


def test_carried_ones_are_owed_until_a_run_takes_them_up() -> None:
    run, later = make_run("CLOSED"), make_run("CLOSED", period="INCREMENT")
    owed = make_discrepancy(run, state="CARRIED")
    make_discrepancy(run, state="CARRIED", taken_up_by=later)
    make_discrepancy(run, state="CORRECTED")

    assert list(needs.carried(Discrepancy.objects.all())) == [owed]


def test_what_was_sent_out_waits_for_its_answer() -> None:
    sent = make_discrepancy(make_run(), state="EXPORTED")
    make_discrepancy(make_run("CLOSED", period="INCREMENT"), state="CORRECTED")

    assert list(needs.unanswered(Discrepancy.objects.all())) == [sent]
