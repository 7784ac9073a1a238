"""What happens when PostgreSQL is killed: nobody is told what is not so, and everything goes on by itself."""

from typing import Any

import pytest

from tests.crash import orders
from tests.crash.books import books_of
from tests.crash.counter import sign
from tests.crash.programs import wait_until
from tests.crash.town import Town
from unipay.api.examples.unipay_client import NotFromUnipay

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("crash")]


def test_a_killed_database_comes_back_and_no_program_has_to_be_started_again(town: Town) -> None:
    programs = [program.pid for program in town.programs]
    database, desk, numbers = town.database, town.desk("ICBC"), []

    for blow in (database.kill, database.kill_postmaster, database.kill_backend):
        blow()
        numbers.append(town.fresh_number())
        sign(desk, numbers[-1])
        town.wait_until_delivered()
    last_blow = database.one("SELECT now()")
    wait_until(lambda: _last_heartbeat(town) > last_blow, "beat and worker go on")
    town.wait_until_ready()

    assert [program.pid for program in town.programs] == programs
    assert all(program.is_running for program in town.programs)
    books = books_of(town.database, numbers).values()
    assert [(each.journal, each.province, each.sms) for each in books] == [(["SIGNED"], ["SIGNED"], 1)] * 3


def test_while_the_database_is_down_partners_are_told_to_come_back_and_then_served(town: Town) -> None:
    desk, msisdn = town.desk("ICBC"), town.fresh_number()
    order = orders.signing(f"A-{msisdn}", bank="ICBC", msisdn=msisdn)

    with town.database.held_down():
        wait_until(lambda: town.readiness() == 503, "/readyz says 503")
        with pytest.raises(NotFromUnipay, match=r"status 503.*temporarily_unavailable"):
            desk.send("/signings", order)
    asked = desk.until_answered("/signings", order)
    town.wait_until_ready()

    assert (asked.status, asked.body["state"]) == (201, "PROVISIONAL")


def _last_heartbeat(town: Town) -> Any:
    return town.database.one("SELECT max(beat_at) FROM unipay_heartbeat")
