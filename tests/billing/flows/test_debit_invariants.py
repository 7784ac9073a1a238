"""Whatever banks answer, in whatever order, and however often: money is conserved, no bill is settled twice, each line
has one effect, and what was exported is confirmed, reversed or outstanding."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.allocation import Debt, allocate
from billing.flows import debit_stage, end_unanswered
from billing.models import Bill, DebitItem, DebitReturn, DebitRun, Recharge
from tests.billing.debits import (
    DAY,
    NOW,
    Answer,
    arranged,
    bring_return,
    items,
    owing,
    require_bills_add_up,
    require_exported_is_accounted_for,
    run_of,
)
from tests.billing.factories import make_bill, make_mandate
from tests.billing.money import require_conserved
from tests.signing.factories import the_province
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db

SAID = st.sampled_from(
    [("0000", 1), ("0000", 2), ("0000", 3), ("1001", 0), ("1006", 0), ("ZZZ", 0), ("1001", 2)]
)
"""A code, and how much it says was debited: nothing, half, all, or more."""

STEPS = st.lists(
    st.one_of(st.sampled_from(["run", "end"]), st.lists(SAID, min_size=3, max_size=3)), min_size=1, max_size=5
)


@contextmanager
def undone() -> Iterator[None]:
    """Leave nothing of the example behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def home() -> None:
    """A province, and banks whose codes we know."""
    the_province()
    load_result_codes(kind="BANK")


def answers(asked: list[DebitItem], said: list[tuple[str, int]]) -> list[Answer]:
    """What the bank says of each item."""
    return [
        (item, code, {0: 0, 1: item.asked_fen // 2, 2: item.asked_fen, 3: item.asked_fen + 7}[much])
        for item, (code, much) in zip(asked, said, strict=False)
    ]


def give_up(run: DebitRun) -> None:
    """People end what no file of the bank has spoken of."""
    batches = list(run.batches.values_list("pk", flat=True))
    silent = end_unanswered.never_spoken_of(batches)
    with transaction.atomic():
        end_unanswered.end(debit_stage.locked(run.run_no), silent, remark="they lost it", now=NOW)
    assert not silent.exists()


def require_lawful() -> None:
    """All that must hold at every instant."""
    require_conserved()
    require_bills_add_up()
    require_exported_is_accounted_for()
    for item in DebitItem.objects.select_related("recharge"):
        taken = item.debited_fen or (item.asked_fen if item.run.arrangement.settles_at_export else 0)
        recharge = Recharge.objects.filter(item=item).first()
        assert recharge is None or recharge.amount_fen == taken
    for returned in DebitReturn.objects.exclude(state="UNMATCHED"):
        assert not returned.lines.filter(effect="").exists()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(way=st.sampled_from(["BATCH_DEBIT", "OFFLINE"]), steps=STEPS)
def test_the_laws_hold_through_any_interleaving(way: str, steps: list[str | list[tuple[str, int]]]) -> None:
    with undone():
        arrangement = arranged(way)
        for _ in range(3):
            if way == "OFFLINE":
                make_bill(agreement_no=make_mandate(way="OFFLINE").agreement_no, amount_fen=1000)
            else:
                owing(600, 401)
        runs = [run_of(arrangement)]
        for place, step in enumerate(steps):
            if step == "end":
                give_up(runs[-1])
            elif isinstance(step, str):
                runs.append(run_of(arrangement, day=DAY.replace(day=10 + place)))
            elif asked := items(runs[-1]) or items(runs[0]):
                bring_return(answers([each for each in asked if each.batch], step), way=way)
            require_lawful()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(1, 900), min_size=1, max_size=5), part=st.integers(1, 100))
def test_a_part_is_allotted_as_the_rule_says(amounts: list[int], part: int) -> None:
    with undone():
        mandate = make_mandate()
        for place, amount in enumerate(amounts):
            make_bill(
                agreement_no=mandate.agreement_no,
                msisdn=f"1380571{(place * 7919) % 10000:04d}",
                amount_fen=amount,
                billing_month=DAY.replace(month=1 + place % 3, day=1),
            )
        (item,) = items(run_of(arranged("COLLECTION")))
        fen = max(item.asked_fen * part // 100, 1)
        expected = allocated(fen)

        bring_return([(item, "0000", fen)], way="COLLECTION")

        assert {bill.pk: bill.settled_fen for bill in Bill.objects.all() if bill.settled_fen} == expected


def allocated(fen: int) -> dict[int, int]:
    """What the pure rule allots to each bill."""
    debts = [
        Debt(bill.pk, bill.open_fen, bill.billing_month, bill.due_date, bill.agreement_no, bill.msisdn)
        for bill in Bill.objects.all()
    ]
    return {part.bill_id: part.amount_fen for part in allocate(fen, debts)}
