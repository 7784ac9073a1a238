"""The same request gets the same answer and has one effect: repeated, in parallel, refused, crashed, taken over."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.factories import make_partner
from unipay.errors import Finality, Reason, Refusal, Unanswered
from unipay.messaging import inbox
from unipay.messaging.inbox import Answer, Envelope, Replied
from unipay.messaging.models import InboundRequest
from unipay.partners.models import LegalBank, Partner

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 10, 1, tzinfo=UTC)
TAKEN = Reason("taken", 409, "taken")
PASSING = Reason("passing", 503, "come back", Finality.UNKNOWN)


class Crash(BaseException):
    """The worker dies: nothing below it may catch this."""


@pytest.fixture
def partner() -> Partner:
    return make_partner(key_id="")


@pytest.fixture
def envelope(partner: Partner) -> Envelope:
    return Envelope(
        partner=partner,
        request_no="R-1",
        operation="banks.create",
        digest="a" * 64,
        key_id="k1",
        signature="first",
        request_id="trace-1",
        body='{"holder": "张三"}',
        msisdn="13805710001",
        now=NOW,
        subject="C1",
    )


def again(envelope: Envelope, *, seconds: int = 0, **changed: Any) -> Envelope:
    """The same request, sent once more."""
    changed = {"signature": f"again-{seconds}", "request_id": "trace-2", **changed}
    return replace(envelope, now=envelope.now + timedelta(seconds=seconds), **changed)


def enter(name: str = "Foshan") -> Answer:
    LegalBank.objects.create(code=f"B{LegalBank.objects.count()}", name=name)
    return Answer(201, {"name": name, "fee_fen": 5})


def refuse(reason: Reason = TAKEN) -> Callable[[], Answer]:
    def effect() -> Answer:
        enter()
        raise Refusal(reason, "no", conflict={"by": "CCB"}, retry_after=9)

    return effect


def never() -> Answer:
    raise AssertionError("the effect must not run")


def code_of(run: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as refused:
        run()
    return refused.value.reason.code


def test_a_request_has_its_effect_and_is_kept_with_its_answer(envelope: Envelope) -> None:
    replied = inbox.answer_once(envelope, enter)

    assert replied == Replied(Answer(201, {"name": "Foshan", "fee_fen": 5}), replayed=False)
    row = InboundRequest.objects.get()
    assert (row.partner, row.request_no, row.operation) == (envelope.partner, "R-1", "banks.create")
    assert (row.state, row.status, row.answer) == ("DONE", 201, {"name": "Foshan", "fee_fen": 5})
    assert (row.key_id, row.signature, row.request_id) == ("k1", "first", "trace-1")
    assert (row.msisdn, row.subject, row.body) == ("13805710001", "C1", '{"holder": "张三"}')
    assert (row.received_at, row.answered_at, row.leased_until) == (NOW, NOW, None)


def test_the_body_is_sealed_at_rest(envelope: Envelope) -> None:
    inbox.answer_once(envelope, enter)

    with connection.cursor() as cursor:
        cursor.execute("SELECT body::text FROM messaging_inboundrequest")
        assert "holder" not in cursor.fetchone()[0]


def test_a_repeated_request_is_answered_the_same_and_changes_nothing(envelope: Envelope) -> None:
    first = inbox.answer_once(envelope, enter)

    second = inbox.answer_once(again(envelope, seconds=86_400), never)

    assert second == Replied(first.answer, replayed=True)
    assert LegalBank.objects.count() == InboundRequest.objects.count() == 1


def test_the_number_with_another_content_is_refused(envelope: Envelope) -> None:
    inbox.answer_once(envelope, enter)

    assert code_of(lambda: inbox.answer_once(again(envelope, digest="b" * 64), never)) == "request_no_reused"
    assert LegalBank.objects.count() == InboundRequest.objects.count() == 1


def test_another_partner_may_use_the_same_number(envelope: Envelope) -> None:
    inbox.answer_once(envelope, enter)

    replied = inbox.answer_once(replace(envelope, partner=make_partner("CCB", key_id="")), enter)

    assert not replied.replayed
    assert LegalBank.objects.count() == 2


@committed
def test_a_crash_in_the_effect_leaves_nothing(envelope: Envelope) -> None:
    def crash() -> Answer:
        enter()
        raise Crash

    with pytest.raises(Crash):
        inbox.answer_once(envelope, crash)

    assert not LegalBank.objects.exists()
    assert not InboundRequest.objects.exists()
    assert not inbox.answer_once(again(envelope), enter).replayed


def test_a_final_refusal_undoes_the_effect_and_is_the_answer_for_ever(envelope: Envelope) -> None:
    first = inbox.answer_once(envelope, refuse())

    second = inbox.answer_once(again(envelope), never)

    assert first.answer.status == 409
    assert first.answer.body["code"] == "taken"
    assert first.answer.body["conflict"] == {"by": "CCB"}
    assert first.answer.body["request_id"] == "trace-1"
    assert second == Replied(first.answer, replayed=True)
    assert not LegalBank.objects.exists()


@pytest.mark.parametrize("status", [400, 401, 403, 413, 415, 429, 503])
def test_a_refusal_that_says_nothing_final_leaves_the_number_free(envelope: Envelope, status: int) -> None:
    assert code_of(lambda: inbox.answer_once(envelope, refuse(Reason("passing", status, "")))) == "passing"
    assert not InboundRequest.objects.exists()

    assert not inbox.answer_once(again(envelope), enter).replayed


@pytest.mark.parametrize("status", [404, 409, 422])
def test_a_final_refusal_is_kept(envelope: Envelope, status: int) -> None:
    inbox.answer_once(envelope, refuse(Reason("final", status, "")))

    assert InboundRequest.objects.get().status == status


def in_thread(run: Callable[[], Any]) -> threading.Thread:
    def body() -> None:
        try:
            run()
        finally:
            connection.close()

    thread = threading.Thread(target=body)
    thread.start()
    return thread


@committed
def test_a_sending_beside_one_at_work_is_told_to_come_back(envelope: Envelope) -> None:
    entered, may_end = threading.Event(), threading.Event()

    def slow() -> Answer:
        entered.set()
        may_end.wait(10)
        return enter()

    thread = in_thread(lambda: inbox.answer_once(envelope, slow))
    entered.wait(10)
    try:
        assert inbox.is_being_answered(envelope.partner, "R-1")
        with pytest.raises(Refusal) as refused:
            inbox.answer_once(again(envelope), never)
    finally:
        may_end.set()
        thread.join()

    assert (refused.value.reason.code, refused.value.retry_after) == ("request_in_progress", 1)
    assert not inbox.is_being_answered(envelope.partner, "R-1")
    assert inbox.answer_once(again(envelope), never).replayed
    assert LegalBank.objects.count() == 1


@committed
def test_many_sendings_in_the_same_instant_have_one_effect(envelope: Envelope) -> None:
    barrier, outcomes = threading.Barrier(8), []

    def send(number: int) -> None:
        barrier.wait(10)
        try:
            outcomes.append(inbox.answer_once(again(envelope, seconds=number), enter).replayed)
        except Refusal as refusal:
            outcomes.append(refusal.reason.code)

    threads = [in_thread(lambda number=number: send(number)) for number in range(8)]
    for thread in threads:
        thread.join()

    assert outcomes.count(False) == 1
    assert set(outcomes) <= {False, True, "request_in_progress"}
    assert LegalBank.objects.count() == InboundRequest.objects.count() == 1


@committed
def test_asking_happens_outside_any_transaction_and_under_a_lease(envelope: Envelope) -> None:
    seen: list[Any] = []

    def ask() -> str:
        row = InboundRequest.objects.get()
        seen.extend([connection.in_atomic_block, row.state, row.leased_until])
        return "yes"

    replied = inbox.answer_asking(envelope, ask, enter, lease_seconds=30)

    assert seen == [False, "IN_PROGRESS", NOW + timedelta(seconds=30)]
    assert replied == Replied(Answer(201, {"name": "yes", "fee_fen": 5}), replayed=False)
    row = InboundRequest.objects.get()
    assert (row.state, row.status, row.leased_until) == ("DONE", 201, None)


def test_while_asking_a_repetition_is_told_to_come_back(envelope: Envelope) -> None:
    codes: list[str] = []

    def ask() -> str:
        codes.append(code_of(lambda: inbox.answer_asking(again(envelope, seconds=59), never, enter)))
        codes.append(code_of(lambda: inbox.answer_once(again(envelope, seconds=59), never)))
        codes.append(code_of(lambda: inbox.take_lease(again(envelope, digest="b" * 64), 60)))
        return "yes"

    inbox.answer_asking(envelope, ask, enter)

    assert codes == ["request_in_progress", "request_in_progress", "request_no_reused"]
    assert inbox.answer_asking(again(envelope), never, enter).replayed


def test_after_a_crash_while_asking_the_lease_runs_out_and_the_repetition_takes_over(
    envelope: Envelope,
) -> None:
    assert inbox.take_lease(envelope, 60) is None  # and then the worker dies

    too_early = code_of(lambda: inbox.answer_asking(again(envelope, seconds=59), never, enter))
    replied = inbox.answer_asking(again(envelope, seconds=60), lambda: "yes", enter)

    assert too_early == "request_in_progress"
    assert not replied.replayed
    row = InboundRequest.objects.get()
    assert (row.state, row.signature, row.received_at) == ("DONE", "again-60", NOW)


@pytest.mark.parametrize("error", [Unanswered(), Refusal(PASSING), Crash()])
def test_asking_in_vain_leaves_the_number_free(envelope: Envelope, error: BaseException) -> None:
    def ask() -> str:
        raise error

    with pytest.raises(type(error)):
        inbox.answer_asking(envelope, ask, enter)

    assert not InboundRequest.objects.exists()


def test_a_final_refusal_from_asking_is_kept(envelope: Envelope) -> None:
    first = inbox.answer_asking(envelope, refuse(), enter)

    assert (first.answer.status, first.replayed) == (409, False)
    assert inbox.answer_asking(again(envelope), never, enter) == Replied(first.answer, replayed=True)


@pytest.mark.parametrize("error", [ValueError(), Refusal(PASSING)])
def test_an_effect_that_fails_after_asking_gives_the_lease_back(envelope: Envelope, error: Exception) -> None:
    def effect(answered: str) -> Answer:
        enter(answered)
        raise error

    with pytest.raises(type(error)):
        inbox.answer_asking(envelope, lambda: "yes", effect)

    assert not LegalBank.objects.exists()
    assert not InboundRequest.objects.exists()


def test_a_final_refusal_of_the_effect_after_asking_is_kept(envelope: Envelope) -> None:
    inbox.answer_asking(envelope, lambda: "yes", lambda answered: refuse()())

    assert InboundRequest.objects.get().answer["code"] == "taken"
    assert not LegalBank.objects.exists()


def test_who_was_overtaken_while_asking_gives_the_answer_of_who_overtook(envelope: Envelope) -> None:
    def slow_ask() -> str:
        inbox.answer_asking(again(envelope, seconds=61), lambda: "second", enter)
        return "first"

    replied = inbox.answer_asking(envelope, slow_ask, enter)

    assert replied == Replied(Answer(201, {"name": "second", "fee_fen": 5}), replayed=True)
    assert [bank.name for bank in LegalBank.objects.all()] == ["second"]


def test_who_was_overtaken_by_one_still_asking_is_told_to_come_back(envelope: Envelope) -> None:
    def slow_ask() -> str:
        inbox.take_lease(again(envelope, seconds=61), 60)
        return "first"

    assert code_of(lambda: inbox.answer_asking(envelope, slow_ask, enter)) == "request_in_progress"
    assert InboundRequest.objects.get().signature == "again-61"
    assert not LegalBank.objects.exists()


def test_only_the_holder_can_give_a_lease_back(envelope: Envelope) -> None:
    inbox.take_lease(envelope, 60)

    inbox.release_lease(again(envelope))

    assert InboundRequest.objects.get().state == "IN_PROGRESS"
