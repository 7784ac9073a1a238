"""Whose turn it is: increments in sequence, provinces after the banks."""

from datetime import date

from reconciliation.states import Waiting
from reconciliation.turn import Earlier, first_obstacle

FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 2)


def test_nothing_in_the_way_lets_a_run_go() -> None:
    assert first_obstacle(predecessors=set(), banks=set()) is None


def test_an_earlier_day_comes_before_the_banks() -> None:
    obstacle = first_obstacle(predecessors={Earlier("ICBC", FIRST)}, banks={Earlier("CCB", SECOND)})

    assert obstacle == (Waiting.PREDECESSOR, "ICBC 2026-10-01")


def test_banks_are_named_in_order() -> None:
    obstacle = first_obstacle(predecessors=(), banks={Earlier("ICBC", FIRST), Earlier("CCB", FIRST)})

    assert obstacle == (Waiting.BANKS, "CCB 2026-10-01, ICBC 2026-10-01")


def test_of_many_obstacles_the_first_few_are_named() -> None:
    many = {Earlier("ICBC", date(2026, 10, day)) for day in range(1, 12)}

    obstacle = first_obstacle(predecessors=many, banks=())

    assert obstacle is not None
    assert obstacle[1].endswith("ICBC 2026-10-08, …")
