"""Corrections beside everything else that happens to the same numbers: real threads, real transactions."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from signing.flows import correction, termination
from signing.flows.change import Origin
from signing.locks import lock_numbers
from signing.models import Contract, HeldNumber, ManualCase, SigningTransaction
from signing.states import EndReason, Source
from tests.signing.corrections import RUN_NO, correct, fill, outcomes, to_amend, to_create, to_terminate
from tests.signing.factories import MSISDN, NOW, fresh, make_contract, the_bank, the_province
from unipay import clock
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = "13805710002"
PATIENCE = 20


class Crash(Exception):
    """The worker is gone."""


def test_a_number_signed_meanwhile_becomes_a_case_and_the_rest_goes_on() -> None:
    order, other = to_create(), to_create(msisdn=SECOND, bank_contract_no="B2")
    ccb, _province = the_bank("CCB"), the_province()

    with meanwhile(lambda: correct(order, other)) as correcting:
        lock_numbers([MSISDN])
        correcting.begins_and_waits()
        standing = make_contract(bank=ccb)

    first, second = correcting.result
    assert (first.outcome, first.collided_with_id, second.outcome) == ("COLLISION", standing.pk, "DONE")
    assert ManualCase.objects.get().standing == standing


def test_a_contract_that_ends_meanwhile_is_left_as_it_ended() -> None:
    contract = make_contract()
    orders = (to_terminate(contract), to_amend(make_contract(msisdn=SECOND), "auto_pay"))

    with meanwhile(lambda: correct(*orders)) as correcting:
        lock_numbers([MSISDN])
        correcting.begins_and_waits()
        termination.end(
            contract,
            reason=EndReason.SUBSCRIBER_REQUEST,
            origin=Origin(Source.HALL, clock.business_date(NOW)),
            now=NOW,
        )

    assert [each.outcome for each in correcting.result] == ["ALREADY", "ALREADY"]
    assert (fresh(contract).end_reason, fresh(contract).version) == ("SUBSCRIBER_REQUEST", 2)
    assert SigningTransaction.objects.count() == 1


def test_a_termination_waits_for_the_correction_and_finds_nothing_left() -> None:
    contract = make_contract()
    origin = Origin(Source.HALL, clock.business_date(NOW))
    reason = EndReason.SUBSCRIBER_REQUEST

    with meanwhile(lambda: termination.end(contract, reason=reason, origin=origin, now=NOW)) as ending:
        correct(to_terminate(contract))
        ending.begins_and_waits()

    assert ending.result.end_reason == "RECONCILIATION"
    assert SigningTransaction.objects.count() == 1


def test_two_workers_on_the_same_orders_do_each_once() -> None:
    ended, amended = make_contract(), make_contract(msisdn=SECOND)
    orders = (
        to_terminate(ended),
        to_amend(amended, "recharge_amount_fen", recharge_amount_fen=9000),
        to_create(msisdn="13805710003"),
    )

    with meanwhile(lambda: correct(*orders)) as other:
        first = correct(*orders)
        other.begins_and_waits()

    assert [each.outcome for each in first] == ["DONE"] * 3
    assert [each.outcome for each in other.result] == ["ALREADY"] * 3
    assert (SigningTransaction.objects.count(), OutboundMessage.objects.count()) == (3, 3)


def test_whoever_signs_without_locking_meets_the_index_and_only_that_order_is_refused() -> None:
    orders = [to_create(msisdn=f"1380571000{last}", bank_contract_no=f"B{last}") for last in range(6)]
    ccb, _province = the_bank("CCB"), the_province()

    with meanwhile(lambda: correct(*orders)) as correcting:
        standing = make_contract(bank=ccb, msisdn="13805710003")
        correcting.begins_and_waits()

    became = correcting.result
    assert [each.outcome for each in became] == ["DONE", "DONE", "DONE", "COLLISION", "DONE", "DONE"]
    assert became[3].collided_with_id == standing.pk
    assert HeldNumber.objects.count() == 6
    assert SigningTransaction.objects.count() == 5


def test_a_crash_in_the_middle_leaves_nothing_and_the_next_worker_does_it_all() -> None:
    contract = make_contract()
    orders = (to_terminate(contract), to_create(msisdn=SECOND))

    with pytest.raises(Crash):
        correct_and_crash(*orders)
    left = (fresh(contract).state, Contract.objects.count(), OutboundMessage.objects.count())
    became = correct(*orders)

    assert left == ("ACTIVE", 1, 0)
    assert [each.outcome for each in became] == ["DONE", "DONE"]


def test_the_orders_are_gone_with_their_transaction() -> None:
    with transaction.atomic():
        fill(to_create())

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.signing_correction_order')")
        assert cursor.fetchone() == (None,)


def test_orders_may_be_given_one_after_the_other_in_a_transaction() -> None:
    origin = Origin(Source.RECONCILIATION, clock.business_date(NOW), the_bank(), RUN_NO)

    with transaction.atomic():
        for last in range(2):
            fill(to_create(msisdn=f"1380571000{last}", bank_contract_no=f"B{last}"))
            correction.apply(origin=origin, now=NOW)
        assert [each.outcome for each in outcomes()] == ["DONE"]

    assert Contract.objects.count() == 2


@transaction.atomic
def correct_and_crash(*orders: dict[str, Any]) -> None:
    """A worker that dies before it commits."""
    correct(*orders)
    raise Crash


class Other:
    """What another worker does, and what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)

    def begins_and_waits(self) -> None:
        """Let it begin, and see that it waits for a lock of ours."""
        self._thread.start()
        for _ in range(PATIENCE * 100):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.01)")
                cursor.execute(
                    "SELECT EXISTS (SELECT FROM pg_locks"
                    " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
                )
                if cursor.fetchone()[0]:
                    return
        raise AssertionError("Nobody waits.")

    def ends(self) -> None:
        """Wait until it is done."""
        self._thread.join(PATIENCE)
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:  # told to whoever waits
            self.error = error
        finally:
            connection.close()


@contextmanager
def meanwhile(work: Callable[[], Any]) -> Iterator[Other]:
    """Do something in a transaction while another worker waits for it; afterwards that one has done its work."""
    other = Other(work)
    with transaction.atomic():
        yield other
    other.ends()
