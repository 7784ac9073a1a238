"""Things of different tables don't stand in each other's way; the rest is tested where runs are held."""

import threading

import pytest
from django.db import connection

from unipay.exclusive import exclusively

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_thing_is_held_apart_from_things_of_the_same_number_elsewhere() -> None:
    answers: list[tuple[bool, bool]] = []

    def ask() -> None:
        with exclusively(901, 1) as same, exclusively(902, 1) as other:
            answers.append((same, other))
        connection.close()

    with exclusively(901, 1) as held:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()

    assert held
    assert answers == [(False, True)]
