"""A file that comes after later ones were decided (domain.md B): it never undoes what those say."""

from datetime import timedelta

import pytest

from reconciliation.flows import proceed
from reconciliation.flows.proceed import Way
from reconciliation.kinds import BANK_FULL
from reconciliation.models import Guard, Run
from reconciliation.states import RunState
from tests.reconciliation.flows.test_bank_full import ONE, TWO, many
from tests.reconciliation.world import (
    DAY,
    MORNING,
    NEXT_DAY,
    NOW,
    bring,
    bring_full,
    bring_increment,
    found,
    full_list,
    hold,
    journal,
    our_book,
    run_of,
)
from tests.signing.factories import the_province
from tests.unipay.approvals.factories import make_person
from unipay.approvals.models import ApprovalRule

pytestmark = pytest.mark.django_db

THIRD_DAY = DAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def home() -> None:
    the_province()
    Guard.objects.create(shrink_permille=1000, remark="a book of a few contracts")
    for entry in many(9):
        hold(entry)


def test_a_contract_signed_since_a_late_full_list_is_not_missed_by_the_next_increment() -> None:
    journal(hold(ONE), "SIGNED", at=MORNING + timedelta(days=1), day=NEXT_DAY)
    bring_increment([ONE.but(change="SIGNED")], day=NEXT_DAY)
    bring_full(many(9))

    run = bring_increment([], day=THIRD_DAY)

    assert found(run) == []
    assert "B1" in our_book()


def test_an_old_line_of_a_corrected_file_does_not_undo_what_a_later_day_said() -> None:
    bring_increment([TWO])
    journal(hold(ONE), "AMENDED", at=MORNING + timedelta(days=1), day=NEXT_DAY)
    bring_increment([ONE.but(change="AMENDED")], day=NEXT_DAY)
    bring_increment([TWO, ONE.but(change="AMENDED", auto_pay=True)])

    bring_increment([], day=THIRD_DAY)

    assert our_book()["B1"].auto_pay is False


def test_a_corrected_file_revives_nothing_that_a_later_day_ended() -> None:
    bring_increment([TWO])
    bring_increment([ONE.but(change="TERMINATED")], day=NEXT_DAY)

    bring_increment([TWO, ONE.but(change="SIGNED")])

    assert "B1" not in our_book()


def test_a_corrected_file_takes_up_what_the_first_one_took_up() -> None:
    journal(hold(ONE), "AMENDED", at=NOW - timedelta(hours=1), day=THIRD_DAY)
    bring_increment([ONE.but(change="AMENDED", auto_pay=True)])
    bring_increment([], day=NEXT_DAY)
    bring_increment([TWO], day=NEXT_DAY)

    bring_increment([], day=THIRD_DAY)

    assert our_book()["B1"].auto_pay is True


def test_what_a_refused_file_carried_counts_no_more() -> None:
    journal(hold(ONE), "AMENDED", at=MORNING + timedelta(days=1), day=NEXT_DAY)
    Guard.objects.update(shrink_permille=0)
    stopped = bring_full([ONE.but(auto_pay=True)])
    ApprovalRule.objects.create(kind="reconciliation_run", action="REFUSE", needs_checker=False)
    by = make_person("maker")
    proceed.submit(stopped.run_no, way=Way.REFUSE, remark="cut off", by_id=by.pk, now=NOW)

    bring_increment([], day=NEXT_DAY)

    assert Run.objects.get(pk=stopped.pk).state == RunState.REFUSED
    assert our_book()["B1"].auto_pay is False


def test_an_old_full_list_after_a_newer_one_decides_nothing() -> None:
    bring_full([*many(9), ONE], day=NEXT_DAY)

    late = bring_full([*many(9), TWO])

    assert late.state == RunState.OVERTAKEN
    assert "B1" in our_book()


def test_no_file_knows_what_changed_after_it_came() -> None:
    journal(hold(ONE), "SIGNED", at=NOW + timedelta(minutes=1), day=THIRD_DAY)

    bring_full(many(9), day=THIRD_DAY)

    assert "B1" in our_book()


def test_a_faulty_line_under_a_new_number_of_the_bank_ends_nothing() -> None:
    hold(ONE)
    content = full_list([*many(9), ONE.but(no="B1-NEW", auto_pay=True)]).replace(b"|Y|", b"|?|")

    run_of(bring(content, kind=BANK_FULL))

    assert "B1" in our_book()


def test_a_full_list_of_a_day_to_come_covers_no_more_than_it_can_know() -> None:
    bring_full(many(9), day=DAY + timedelta(days=900))
    Run.objects.update(cut_off_at=NOW - timedelta(days=9))

    run = bring_increment([ONE])

    assert run.state == RunState.CLOSED
    assert "B1" in our_book()
