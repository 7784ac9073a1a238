"""One worker per run, across transactions and connections."""

import threading

import pytest
from django.db import connection

from reconciliation.exclusive import exclusively

pytestmark = pytest.mark.django_db(transaction=True)


def held_elsewhere(run_id: int) -> bool:
    """Ask from another connection whether the run can be held."""
    answers: list[bool] = []

    def ask() -> None:
        with exclusively(run_id) as held:
            answers.append(held)
        connection.close()

    other = threading.Thread(target=ask)
    other.start()
    other.join()
    return not answers[0]


def test_a_run_is_held_by_one_worker_until_it_is_done() -> None:
    with exclusively(1) as held:
        assert held
        assert held_elsewhere(1)
        assert not held_elsewhere(2)

    assert not held_elsewhere(1)


def test_a_worker_that_fails_lets_the_run_go() -> None:
    with pytest.raises(ZeroDivisionError), exclusively(1):
        raise ZeroDivisionError

    assert not held_elsewhere(1)


def test_a_connection_that_breaks_lets_the_run_go() -> None:
    with exclusively(1):
        connection.close()

        # The server notices a moment later.
        assert any(not held_elsewhere(1) for _ in range(1000))
