"""What happens when RabbitMQ or Redis is out of reach: partners notice nothing, and it is found again by itself."""

import time

import pytest

from tests.crash.books import Sent, sent_about
from tests.crash.counter import sign
from tests.crash.programs import PAUSE_SECONDS, wait_until
from tests.crash.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("crash")]

LONGER_THAN_A_WAKE_UP_TAKES = 2.0


def test_a_broker_out_of_reach_holds_no_request_up_and_is_found_again(town: Town) -> None:
    wire = town.broker.wire
    if wire is None:
        pytest.skip("a directory is never out of reach: set CELERY_BROKER_URL")
    programs = [program.pid for program in town.programs]
    msisdn = town.fresh_number()

    with wire.cut():
        sign(town.desk("ICBC"), msisdn)
        unheard = sent_of(town, msisdn)
    town.wait_until_delivered()
    town.beat.stop()
    wait_until(lambda: is_delivered_by_a_wake_up(town), "wake-ups come through again")

    assert (unheard.state, unheard.attempts) == ("PENDING", 0)
    assert [program.pid for program in town.programs] == programs
    # Whichever web process met the cut wire asks the broker again only after a pause; the next test has none of that.
    for program in town.programs:
        program.kill()


def is_delivered_by_a_wake_up(town: Town) -> bool:
    """Whether a fresh signing is delivered although nobody sweeps."""
    msisdn = town.fresh_number()
    sign(town.desk("ICBC"), msisdn)
    deadline = time.monotonic() + LONGER_THAN_A_WAKE_UP_TAKES
    while time.monotonic() < deadline:
        if sent_of(town, msisdn).state == "DELIVERED":
            return True
        time.sleep(PAUSE_SECONDS)
    return False


def sent_of(town: Town, msisdn: str) -> Sent:
    """The one message about the number."""
    (sent,) = sent_about(town.database, msisdn)
    return sent
