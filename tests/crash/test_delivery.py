"""What happens to messages when workers are killed and wake-ups are lost: late, perhaps twice, never not at all."""

import logging

import pytest

from tests.crash.books import Books, books_of, received, sent_about
from tests.crash.counter import sign
from tests.crash.held_up import held_up
from tests.crash.programs import wait_until
from tests.crash.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("crash")]

log = logging.getLogger(__name__)

SIGNED_ONCE = Books(
    contracts=["ACTIVE"],
    journal=["SIGNED"],
    messages=["PROVINCE contract_changed SIGNED DELIVERED"],
    province=["SIGNED"],
    sms=1,
)


def test_a_wake_up_delivers_at_once_without_the_sweep(town: Town) -> None:
    town.beat.stop()
    msisdn = town.fresh_number()

    sign(town.desk("ICBC"), msisdn)
    town.wait_until_delivered()

    (change,) = sent_about(town.database, msisdn)
    assert (change.state, change.attempts) == ("DELIVERED", 1)
    assert books_of(town.database, [msisdn]) == {msisdn: SIGNED_ONCE}
    log.info("delivered %.3f s after the commit", change.seconds)


def test_a_message_whose_worker_was_killed_before_noting_the_answer_is_sent_again_and_settled_once(
    town: Town,
) -> None:
    msisdn = town.fresh_number()
    with held_up(town.database, "ZJ", "/contract-changes") as line:
        sign(town.desk("ICBC"), msisdn)
        line.wait_until_taken()
        town.worker.kill()
        line.let_go()
        (unknown,) = sent_about(town.database, msisdn)

        town.worker.start()
        town.database.let_leases_run_out()
        town.wait_until_delivered()

    (change,) = sent_about(town.database, msisdn)
    assert (unknown.state, unknown.attempts) == ("PENDING", 0)
    assert (change.state, change.attempts) == ("DELIVERED", 1)
    assert line.event_ids == [change.event_id, change.event_id]
    assert received(town.database, change.event_id) == [(False, 200), (True, 200)]
    assert books_of(town.database, [msisdn]) == {msisdn: SIGNED_ONCE}


def test_what_was_promised_while_no_worker_lived_is_delivered_by_the_next_one(town: Town) -> None:
    town.worker.kill()
    town.beat.stop()
    msisdn = town.fresh_number()
    sign(town.desk("ICBC"), msisdn)
    (promised,) = sent_about(town.database, msisdn)

    town.worker.start()
    town.wait_until_delivered()

    assert (promised.state, promised.attempts) == ("PENDING", 0)
    assert books_of(town.database, [msisdn]) == {msisdn: SIGNED_ONCE}


def test_the_sweep_delivers_what_the_broker_lost(town: Town) -> None:
    town.beat.stop()
    town.worker.stop()
    numbers = [town.fresh_number() for _ in range(3)]
    for msisdn in numbers:
        sign(town.desk("ICBC"), msisdn)
    wait_until(lambda: town.broker.waiting >= len(numbers), "wake-ups wait")
    town.broker.lose_everything()
    lost = town.broker.waiting == 0

    town.worker.start()
    town.beat.start()
    town.wait_until_delivered()

    assert lost
    assert books_of(town.database, numbers) == dict.fromkeys(numbers, SIGNED_ONCE)


def test_a_broker_that_loses_everything_under_running_programs_ends_none_of_them(town: Town) -> None:
    before = [program.pid for program in town.programs]
    msisdn = town.fresh_number()

    town.broker.lose_everything()
    sign(town.desk("ICBC"), msisdn)
    town.wait_until_delivered()
    town.wait_until_ready()

    assert books_of(town.database, [msisdn]) == {msisdn: SIGNED_ONCE}
    assert all(program.is_running for program in town.programs)
    assert [program.pid for program in town.programs] == before
