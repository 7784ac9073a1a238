"""Nothing accepted is ever lost: web, worker and database are killed at random moments amid a stream of orders, and in
the end every order has its answer and its effect exactly once, in our books and in our partners'."""

import random
import sys

import pytest

from tests.crash.books import books_of, inbox_of
from tests.crash.storm import Storm
from tests.crash.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("crash")]


def test_every_accepted_order_has_its_effect_exactly_once_whatever_is_killed(town: Town) -> None:
    storm = Storm(town, seed=random.randrange(sys.maxsize))

    storm.rage(
        {
            "a web worker": town.web.kill_child,
            "gunicorn": town.web.kill_parent,
            "the whole web": town.web.kill,
            "the worker": town.worker.kill,
            "a database backend": town.database.kill_backend,
            "the postmaster": town.database.kill_postmaster,
            "the whole database": town.database.kill,
            "the machine": town.kill,
        }
    )
    town.database.let_leases_run_out()
    town.wait_until_delivered()

    numbers = [signed.msisdn for signed in storm.signed]
    kept = {(each.partner, each.order["request_no"]): [each.status] for each in storm.answers}
    assert inbox_of(town.database, numbers) == kept
    assert books_of(town.database, numbers) == {each.msisdn: each.books for each in storm.signed}
    again = storm.repeat_every_order()
    assert [(each.status, each.body) for each in again] == [
        (each.status, each.body) for each in storm.answers
    ]
