"""People let a run go before its turn, or open it again."""

import pytest
from django.contrib.auth.models import User

from reconciliation.flows import advance, release
from reconciliation.models import Discrepancy, Run
from reconciliation.states import RunState
from tests.reconciliation.flows.test_bank_full import ONE, TWO, many
from tests.reconciliation.world import NOW, bring_full, bring_increment, found, hold, now, our_book
from tests.reconciliation.world import expect_increment as expect
from tests.signing.factories import the_province
from unipay.errors import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    the_province()
    return User.objects.create_user("operator")


def test_a_waiting_run_goes_on_when_people_let_it(operator: User) -> None:
    expect()
    run = bring_increment([ONE])
    assert run.state == RunState.OPENED

    release.release(run.run_no, by_id=operator.pk, remark="the bank was closed that day", now=NOW)
    run = advance.advance(run.run_no, now=now)

    assert (run.state, run.released_by, run.remark) == (
        RunState.CLOSED,
        operator,
        "the bank was closed that day",
    )
    assert our_book() == {"B1": ONE}


@pytest.mark.parametrize(("remark", "code"), [("", "run_remark_missing"), ("  ", "run_remark_missing")])
def test_nobody_lets_a_run_go_without_saying_why(remark: str, code: str, operator: User) -> None:
    expect()
    run = bring_increment([ONE])

    with pytest.raises(Refusal) as refused:
        release.release(run.run_no, by_id=operator.pk, remark=remark, now=NOW)

    assert refused.value.reason.code == code
    assert Run.objects.get().state == RunState.OPENED


def test_a_run_that_does_not_wait_cannot_be_let_go(operator: User) -> None:
    run = bring_increment([ONE])

    with pytest.raises(Refusal) as refused:
        release.release(run.run_no, by_id=operator.pk, remark="why not", now=NOW)

    assert refused.value.reason.code == "run_is_over"


def test_a_run_opened_again_finds_what_differs_now(operator: User) -> None:
    run = bring_full([ONE, TWO])
    hold(TWO.but(no="OLD", msisdn="13805710003"))

    release.reopen(run.run_no, by_id=operator.pk, remark="look again", now=NOW)
    run = advance.advance(run.run_no, now=now)

    assert (run.state, run.round) == (RunState.AWAITING_APPROVAL, 2)
    assert found(run) == [("MISSING_AT_BANK", "OLD", "OPEN", ())]
    assert Discrepancy.objects.filter(run=run, round=1).count() == 2


def test_what_a_stopped_run_left_open_is_set_aside_when_it_is_opened_again(operator: User) -> None:
    for entry in many(20):
        hold(entry)
    run = bring_full(many(10))

    release.reopen(run.run_no, by_id=operator.pk, remark="look again", now=NOW)

    left = Discrepancy.objects.filter(run=run, round=1)
    assert set(left.values_list("state", flat=True)) == {"IGNORED"}
    assert set(left.values_list("remark", flat=True)) == {"本次核对已重新打开，差异将重新比对。"}
