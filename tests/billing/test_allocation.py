"""Which bills an amount pays (domain.md C2, C3): examples, and what holds for any amount and any bills."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.allocation import Debt, Part, allocate

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
EARLY, LATE = date(2026, 11, 5), date(2026, 11, 15)


def debt(bill_id: int, open_fen: int = 1000, **fields: object) -> Debt:
    usual = {"billing_month": OCTOBER, "due_date": EARLY}
    return Debt(bill_id=bill_id, open_fen=open_fen, **{**usual, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount_fen", "debts", "expected"),
    [
        (0, [debt(1)], []),
        (500, [], []),
        (500, [debt(1)], [(1, 500)]),
        (1000, [debt(1)], [(1, 1000)]),
        (1500, [debt(1)], [(1, 1000)]),
        (1500, [debt(1), debt(2, billing_month=SEPTEMBER)], [(2, 1000), (1, 500)]),
        (1500, [debt(1, due_date=LATE), debt(2)], [(2, 1000), (1, 500)]),
        (1500, [debt(1, agreement_no="B"), debt(2, agreement_no="A")], [(2, 1000), (1, 500)]),
        (
            1500,
            [debt(1, agreement_no="A", msisdn="2"), debt(2, agreement_no="A", msisdn="1")],
            [(2, 1000), (1, 500)],
        ),
        (1500, [debt(2), debt(1)], [(1, 1000), (2, 500)]),
        (1500, [debt(1, 0), debt(2)], [(2, 1000)]),
    ],
)
def test_the_oldest_is_paid_first_by_agreement_then_user(
    amount_fen: int, debts: list[Debt], expected: list[tuple[int, int]]
) -> None:
    assert allocate(amount_fen, debts) == tuple(Part(*part) for part in expected)


DEBTS = st.lists(
    st.builds(
        Debt,
        bill_id=st.integers(1, 1000),
        open_fen=st.integers(0, 10_000),
        billing_month=st.sampled_from([SEPTEMBER, OCTOBER]),
        due_date=st.sampled_from([EARLY, LATE]),
        agreement_no=st.sampled_from(["", "A", "B"]),
        msisdn=st.sampled_from(["", "1", "2"]),
    ),
    unique_by=lambda each: each.bill_id,
    max_size=8,
)


@given(amount_fen=st.integers(0, 50_000), debts=DEBTS)
@settings(max_examples=100, deadline=None)
def test_no_fen_is_lost_no_bill_paid_twice_and_none_jumps_the_queue(
    amount_fen: int, debts: list[Debt]
) -> None:
    parts = allocate(amount_fen, debts)

    paid = {part.bill_id: part.amount_fen for part in parts}
    assert len(paid) == len(parts)
    assert sum(paid.values()) == min(amount_fen, sum(each.open_fen for each in debts))
    left = {each.bill_id: each.open_fen - paid.get(each.bill_id, 0) for each in debts}
    assert all(rest >= 0 for rest in left.values())
    assert all(part.amount_fen > 0 for part in parts)
    # Only the last one paid may be paid in part, and whatever comes after it gets nothing.
    in_order = sorted((each for each in debts if each.open_fen), key=lambda each: each.place)
    rests = [left[each.bill_id] > 0 for each in in_order]
    assert rests == sorted(rests)
    assert sum(1 for part in parts if left[part.bill_id] > 0) <= 1


@given(amount_fen=st.integers(0, 20_000), debts=DEBTS, seed=st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_in_which_bills_are_named_does_not_matter(
    amount_fen: int, debts: list[Debt], seed: object
) -> None:
    shuffled = list(debts)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]

    assert allocate(amount_fen, shuffled) == allocate(amount_fen, debts)
