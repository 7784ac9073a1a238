"""What happens to a request whose web process is killed: nothing or all of it, and the repeated one is answered."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.crash import orders
from tests.crash.books import books_of
from tests.crash.counter import announce
from tests.crash.desk import NO_ANSWER
from tests.crash.held_up import held_up
from tests.crash.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("crash")]


def test_a_bank_whose_question_was_cut_off_repeats_it_and_may_sign_once(town: Town) -> None:
    desk, msisdn = town.desk("ICBC"), town.fresh_number()
    order = orders.signing(f"A-{msisdn}", bank="ICBC", msisdn=msisdn)
    with held_up(town.database, "ZJ", "/eligibility-checks") as line, ThreadPoolExecutor(1) as customer:
        sending = customer.submit(desk.send, "/signings", order)
        line.wait_until_taken()
        town.web.kill()
        cut_off = sending.exception()
        line.let_go()
        town.recover()

    still = desk.send("/signings", order)
    seen = desk.ask(f"/requests/A-{msisdn}")
    town.database.let_leases_run_out()
    asked = desk.until_answered("/signings", order)
    again = desk.until_answered("/signings", order)

    assert isinstance(cut_off, NO_ANSWER)
    assert (still.status, still.json()["code"]) == (409, "request_in_progress")
    assert int(still.headers["Retry-After"]) > 0
    assert seen.json()["state"] == "IN_PROGRESS"
    assert (asked.status, asked.body["state"]) == (201, "PROVISIONAL")
    assert again.body == asked.body
    assert books_of(town.database, [msisdn])[msisdn].contracts == ["PROVISIONAL"]
    announce(desk, msisdn, contract_no=asked.body["contract_no"])
    assert books_of(town.database, [msisdn])[msisdn].contracts == ["ACTIVE"]
