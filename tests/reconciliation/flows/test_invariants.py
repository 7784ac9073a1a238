"""Whatever the books were: after a run they agree but for what is shielded or a case, and running again changes nothing
(domain.md B).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciliation.flows import advance
from reconciliation.models import Discrepancy, Guard, Run
from reconciliation.states import RunState
from signing.models import Contract, HeldNumber
from tests.reconciliation.matching.oracle import Entry
from tests.reconciliation.world import (
    DAY,
    NEXT_DAY,
    NOW,
    bring_full,
    bring_increment,
    expect_increment,
    hold,
    now,
    our_book,
)
from tests.signing.factories import the_bank, the_province

pytestmark = pytest.mark.django_db

NUMBERS = [f"1380571000{last}" for last in range(1, 7)]
TERMS = st.sampled_from([(None, None, False), (1000, 5000, False), (2000, 5000, False), (None, None, True)])
SMALL = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    threshold, amount, auto_pay = draw(TERMS)
    return Entry(
        no=draw(st.sampled_from(["B1", "B2", "B3", "B4", "B5"])),
        msisdn=draw(st.sampled_from(NUMBERS)),
        account=draw(st.sampled_from(["6222020000000000001", "6222021111100000001"])),
        recharge_threshold_fen=threshold,
        recharge_amount_fen=amount,
        auto_pay=auto_pay,
    )


BOOK = st.lists(entries(), max_size=5, unique_by=(lambda entry: entry.no, lambda entry: entry.msisdn))


class Undone(Exception):
    """Nothing of this example is kept."""


@contextmanager
def example() -> Iterator[None]:
    """Nothing of what happens inside is kept."""
    with suppress(Undone), transaction.atomic():
        yield
        raise Undone


@SMALL
@given(ours=BOOK, others=BOOK, theirs=BOOK)
def test_books_agree_after_a_full_list(ours: list[Entry], others: list[Entry], theirs: list[Entry]) -> None:
    with example():
        _prepare(ours, others)

        run = bring_full(theirs)

        assert run.state == RunState.CLOSED
        assert _but_for_what_waits(run, our_book()) == _but_for_what_waits(
            run, {entry.no: entry for entry in theirs}
        )
        _no_number_is_held_twice()
        _running_again_changes_nothing(theirs)


@SMALL
@given(ours=BOOK, first=BOOK, second=BOOK)
def test_the_order_in_which_increments_come_does_not_matter(
    ours: list[Entry], first: list[Entry], second: list[Entry]
) -> None:
    changed = {DAY: first, NEXT_DAY: second}
    ends = []
    for days in ((DAY, NEXT_DAY), (NEXT_DAY, DAY)):
        with example():
            _prepare(ours, [])
            expect_increment(DAY)
            for day in days:
                bring_increment(changed[day], day=day)
            _let_waiting_runs_go()
            ends.append((our_book(), list(Run.objects.values_list("state", flat=True).distinct())))

    assert ends[0] == ends[1]
    assert ends[0][1] == [RunState.CLOSED]


def _but_for_what_waits(run: Run, book: dict[str, Entry]) -> dict[str, Entry]:
    """The book without what is shielded or put to people; a case of this run shields what else it is about."""
    waiting = Discrepancy.objects.filter(run=run, state__in=["CASE", "CARRIED"])
    left = {
        number
        for row in waiting
        for number in (row.bank_contract_no, (row.ours or {}).get("bank_contract_no"))
    }
    return {no: entry for no, entry in book.items() if no not in left}


def _prepare(ours: list[Entry], others: list[Entry]) -> None:
    the_province()
    Guard.objects.create(shrink_permille=1000, remark="books of a few contracts")
    for entry in ours:
        hold(entry)
    held = {entry.msisdn for entry in ours}
    for entry in others:
        if entry.msisdn not in held:
            hold(entry, bank=the_bank("CCB"))


def _let_waiting_runs_go() -> None:
    for run_no in advance.unfinished(now=NOW):
        advance.advance(run_no, now=now)


def _no_number_is_held_twice() -> None:
    held = list(HeldNumber.objects.values_list("msisdn", flat=True))
    assert len(held) == len(set(held))


def _running_again_changes_nothing(theirs: list[Entry]) -> None:
    before = list(Contract.objects.order_by("id").values())

    again = bring_full(theirs)

    assert Discrepancy.objects.filter(run=again).exclude(state__in=["CASE", "CARRIED"]).count() == 0
    assert list(Contract.objects.order_by("id").values()) == before
