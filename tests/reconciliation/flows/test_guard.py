"""The shrink guard (domain.md B): a full list that would end much of our book stops until people say so."""

import pytest

from reconciliation.models import Guard, Run
from reconciliation.states import RunState
from tests.reconciliation.flows.test_bank_full import many
from tests.reconciliation.world import bring_full, bring_increment, found, hold, our_book
from tests.signing.factories import the_bank, the_province

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book() -> None:
    the_province()
    for entry in many(50):
        hold(entry)


def test_a_truncated_list_stops_and_changes_nothing() -> None:
    run = bring_full(many(25))

    assert (run.state, run.shrink_count, run.our_count) == (RunState.AWAITING_APPROVAL, 25, 50)
    assert len(our_book()) == 50


def test_one_in_fifty_is_more_than_one_in_a_hundred() -> None:
    assert bring_full(many(49)).state == RunState.AWAITING_APPROVAL


@pytest.mark.parametrize(("partner", "passes"), [("ICBC", True), ("CCB", False)])
def test_the_guard_of_the_bank_counts(partner: str, passes: bool) -> None:
    Guard.objects.create(partner=the_bank(partner), shrink_permille=20, remark="test")

    run = bring_full(many(49))

    assert (run.state == RunState.CLOSED) is passes


def test_an_increment_is_not_guarded() -> None:
    run = bring_increment([entry.but(change="TERMINATED") for entry in many(50)])

    assert run.state == RunState.CLOSED
    assert our_book() == {}


def test_a_stopped_run_is_not_taken_up_by_the_sweep() -> None:
    from_file = bring_full([])

    assert from_file.state == RunState.AWAITING_APPROVAL
    assert [each for each in found(from_file) if each[2] != "OPEN"] == []
    assert Run.objects.filter(state=RunState.AWAITING_APPROVAL).count() == 1
