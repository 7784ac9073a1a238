"""Single discrepancies are held back or left as they are."""

import pytest

from reconciliation.flows import proceed, set_aside
from reconciliation.flows.proceed import Way
from tests.reconciliation.factories import NOW, make_discrepancy, make_run
from tests.signing.factories import fresh
from tests.unipay.approvals.factories import make_person
from unipay.errors import Refusal

pytestmark = pytest.mark.django_db


def test_what_is_held_back_is_carried_to_the_next_run() -> None:
    row = make_discrepancy(make_run())

    set_aside.hold_back(row.pk, remark="The bank is asked.", now=NOW)

    row = fresh(row)
    assert (row.state, row.shield, row.remark, row.settled_at) == (
        "CARRIED",
        "HELD_BACK",
        "The bank is asked.",
        NOW,
    )


@pytest.mark.parametrize(
    ("difference", "left"), [("MISSING_AT_BANK", 49), ("EXTRA_THERE", 49), ("DIFFERS", 50)]
)
def test_what_would_end_and_is_held_back_shrinks_no_more(difference: str, left: int) -> None:
    run = make_run()
    row = make_discrepancy(run, difference)

    set_aside.hold_back(row.pk, remark="why", now=NOW)

    assert fresh(run).shrink_count == left


@pytest.mark.parametrize("state", ["OPEN", "CARRIED"])
def test_what_is_open_or_carried_can_be_left_as_it_is(state: str) -> None:
    row = make_discrepancy(make_run(), state=state)

    set_aside.ignore(row.pk, remark="A test contract.", now=NOW)

    row = fresh(row)
    assert (row.state, row.remark) == ("IGNORED", "A test contract.")


def test_carried_ones_are_left_even_after_their_run_closed() -> None:
    row = make_discrepancy(make_run("CLOSED"), state="CARRIED")

    set_aside.ignore(row.pk, remark="why", now=NOW)

    assert fresh(row).state == "IGNORED"


@pytest.mark.parametrize("state", ["CORRECTED", "IGNORED", "EXPORTED"])
@pytest.mark.parametrize("flow", [set_aside.hold_back, set_aside.ignore], ids=["hold_back", "ignore"])
def test_what_was_treated_stays_so(state: str, flow: object) -> None:
    row = make_discrepancy(make_run(), state=state)

    with pytest.raises(Refusal) as refused:
        flow(row.pk, remark="why", now=NOW)  # type: ignore[operator]

    assert refused.value.reason.code == "discrepancy_not_open"
    assert fresh(row).state == state


@pytest.mark.parametrize("state", ["RECEIVED", "APPROVED"])
def test_an_open_one_is_not_touched_while_its_run_moves(state: str) -> None:
    row = make_discrepancy(make_run(state))

    with pytest.raises(Refusal) as refused:
        set_aside.hold_back(row.pk, remark="why", now=NOW)

    assert refused.value.reason.code == "run_is_busy"
    assert fresh(row).state == "OPEN"


def test_nothing_is_held_back_behind_a_proposal() -> None:
    run = make_run()
    row = make_discrepancy(run)
    proceed.submit(run.run_no, way=Way.PROCEED, remark="why", by_id=make_person("maker").pk, now=NOW)

    with pytest.raises(Refusal) as refused:
        set_aside.hold_back(row.pk, remark="why", now=NOW)

    assert refused.value.reason.code == "proposal_waits"
    assert fresh(row).state == "OPEN"


def test_what_a_later_run_took_up_is_decided_there() -> None:
    row = make_discrepancy(
        make_run("CLOSED"), state="CARRIED", taken_up_by=make_run(partner=None, period="INCREMENT")
    )

    with pytest.raises(Refusal) as refused:
        set_aside.ignore(row.pk, remark="why", now=NOW)

    assert refused.value.reason.code == "discrepancy_found_again"


def test_what_an_earlier_round_found_is_over() -> None:
    row = make_discrepancy(make_run(round=2), round=1)

    with pytest.raises(Refusal) as refused:
        set_aside.hold_back(row.pk, remark="why", now=NOW)

    assert refused.value.reason.code == "discrepancy_not_open"


@pytest.mark.parametrize("flow", [set_aside.hold_back, set_aside.ignore], ids=["hold_back", "ignore"])
def test_setting_aside_says_why(flow: object) -> None:
    row = make_discrepancy(make_run())

    with pytest.raises(Refusal) as refused:
        flow(row.pk, remark=" ", now=NOW)  # type: ignore[operator]

    assert refused.value.reason.code == "run_remark_missing"
