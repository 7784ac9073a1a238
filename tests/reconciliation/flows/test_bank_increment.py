"""A bank's daily increment against our book (domain.md B): net effects, what is not in it, what it leaves undone."""

from datetime import timedelta

import pytest

from reconciliation.models import Discrepancy, Run
from reconciliation.states import RunState
from signing.models import Contract
from tests.reconciliation.matching.oracle import Entry
from tests.reconciliation.world import (
    DAY,
    MORNING,
    NEXT_DAY,
    bring_full,
    bring_increment,
    found,
    hold,
    journal,
    our_book,
)
from tests.signing.factories import make_contract, the_province

pytestmark = pytest.mark.django_db

ONE = Entry("B1", "13805710001")
TWO = Entry("B2", "13805710002")


@pytest.fixture(autouse=True)
def home() -> None:
    the_province()


def test_what_the_day_did_at_the_bank_is_done_here() -> None:
    hold(TWO)

    run = bring_increment([ONE, TWO.but(change="TERMINATED")])

    assert found(run) == [
        ("MISSING_HERE", "B1", "CORRECTED", ()),
        ("TERMINATED_AT_BANK", "B2", "CORRECTED", ()),
    ]
    assert our_book() == {"B1": ONE}
    assert run.state == RunState.CLOSED


def test_signed_and_terminated_on_one_day_is_nothing_to_us() -> None:
    run = bring_increment([ONE, ONE.but(change="TERMINATED")])

    assert found(run) == []
    assert Contract.objects.count() == 0


def test_a_signing_of_the_day_that_the_bank_does_not_list_is_terminated() -> None:
    journal(hold(ONE), "SIGNED", at=MORNING)

    run = bring_increment([TWO])

    assert found(run) == [("MISSING_AT_BANK", "B1", "CORRECTED", ()), ("MISSING_HERE", "B2", "CORRECTED", ())]


def test_a_contract_the_day_did_not_touch_is_left_alone() -> None:
    hold(ONE)

    run = bring_increment([])

    assert found(run) == []
    assert list(our_book()) == ["B1"]


def test_an_amendment_here_that_the_bank_is_silent_about_waits_for_the_full_list() -> None:
    journal(hold(ONE), "AMENDED", at=MORNING)

    run = bring_increment([TWO])

    assert found(run)[0] == ("UNCONFIRMED", "B1", "IGNORED", ())
    assert "B1" in our_book()


def test_what_changed_after_the_cut_off_is_carried_to_the_next_increment() -> None:
    contract = hold(ONE)
    journal(contract, "AMENDED", at=MORNING + timedelta(days=1), day=NEXT_DAY)
    first = bring_increment([ONE.but(change="AMENDED", auto_pay=True)])

    second = bring_increment([], day=NEXT_DAY)

    carried = Discrepancy.objects.get(run=first)
    assert (carried.state, carried.shield, carried.taken_up_by) == ("CARRIED", "CHANGED_SINCE", second)
    assert ("DIFFERS", "B1", "CORRECTED", ("auto_pay",)) in found(second)
    assert our_book()["B1"].auto_pay is True


def test_a_newer_line_decides_instead_of_the_carried_one() -> None:
    journal(hold(ONE), "AMENDED", at=MORNING + timedelta(days=1), day=NEXT_DAY)
    bring_increment([ONE.but(change="AMENDED", auto_pay=True)])

    second = bring_increment([ONE.but(change="AMENDED")], day=NEXT_DAY)

    assert found(second) == []
    assert our_book()["B1"].auto_pay is False


def test_a_signing_under_way_is_carried() -> None:
    make_contract("PROVISIONAL", msisdn=ONE.msisdn)

    run = bring_increment([ONE])

    row = Discrepancy.objects.get(run=run)
    assert (row.state, row.shield) == ("CARRIED", "IN_FLIGHT")
    assert run.state == RunState.CLOSED


def test_the_next_day_waits_for_the_day_before() -> None:
    bring_increment([TWO], day=DAY - timedelta(days=3))
    Run.objects.update(state="AWAITING_APPROVAL", closed_at=None)

    waiting = bring_increment([ONE])

    assert (waiting.state, waiting.waits_for) == (RunState.OPENED, "PREDECESSOR")
    assert waiting.waits_for_what == "ICBC 2026-11-17"
    assert our_book() == {"B2": TWO}


def test_an_increment_that_a_full_list_covers_decides_nothing() -> None:
    bring_full([ONE], day=NEXT_DAY)

    late = bring_increment([ONE.but(change="TERMINATED")])

    assert late.state == RunState.OVERTAKEN
    assert list(our_book()) == ["B1"]


def test_a_corrected_file_takes_the_place_of_the_first() -> None:
    first = bring_increment([ONE, TWO])

    second = bring_increment([ONE, TWO.but(change="SIGNED"), TWO.but(change="TERMINATED")])

    first = Run.objects.get(pk=first.pk)
    assert (first.is_current, second.is_current, second.replaces) == (False, True, first)
    assert found(second) == [("TERMINATED_AT_BANK", "B2", "CORRECTED", ())]
    assert our_book() == {"B1": ONE}
