"""What was promised arrives: at least once, in order per subject, up the ladder, whatever fails on the way."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.partner_server import Called, PartnerServer, Reply
from tests.unipay.messaging.conftest import START, MovableClock, Sequels, stored
from unipay.messaging import attempts, delivery, kinds, ladder, outbox
from unipay.messaging.models import AttemptOutcome, DeliveryAttempt, MessageState, OutboundMessage
from unipay.partners.models import Partner

Promiser = Callable[..., OutboundMessage]

UNAVAILABLE = Reply(status=503, signed="no")
REFUSED = Reply({"result_code": "3001", "detail": "no such contract"})


def deliver(partner: Partner, clock: MovableClock) -> int:
    return delivery.deliver_due(partner_id=partner.pk, clock=clock).calls


def only_attempt() -> dict[str, Any]:
    return DeliveryAttempt.objects.values("number", "http_status", "outcome", "error").get()


def fails_about(subject: str) -> Callable[[Called], Reply]:
    return lambda called: UNAVAILABLE if called.body["said"] == subject else Reply()


def test_a_promised_message_reaches_the_partner_as_it_was_promised(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    message = promise("contract:A", payload={"contract": {"holder_mask": "张*"}})

    calls = deliver(province, clock)

    assert calls == 1
    assert server.called[0].path == "/notices"
    assert server.called[0].headers["Unipay-Event-Id"] == str(message.event_id)
    assert server.bodies == [message.payload]


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        pytest.param(Reply(b"", status=204, signed="no"), None, id="nothing"),
        pytest.param(Reply({"ok": 1}, status=202, signed="no"), {"ok": 1}, id="JSON without a result code"),
        pytest.param(Reply({"result_code": "0000"}), {"result_code": "0000"}, id="success"),
    ],
)
def test_an_acknowledged_message_is_delivered(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    clock: MovableClock,
    sequels: Sequels,
    reply: Reply,
    answer: dict[str, Any] | None,
) -> None:
    message = promise()
    server.always(reply)

    deliver(province, clock)

    settled = stored(message)
    assert (settled.state, settled.answer, settled.settled_at) == (MessageState.DELIVERED, answer, START)
    assert sequels.settled == [("contract:A", "DELIVERED")]
    assert only_attempt() == {
        "number": 1,
        "http_status": reply.status,
        "outcome": AttemptOutcome.ACKNOWLEDGED,
        "error": "",
    }


def test_a_final_no_settles_the_message_as_refused(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock, sequels: Sequels
) -> None:
    message = promise()
    server.always(REFUSED)

    deliver(province, clock)
    clock.move(timedelta(days=1))
    deliver(province, clock)

    settled = stored(message)
    assert (settled.state, settled.answer, settled.last_error) == (MessageState.REFUSED, REFUSED.body, "3001")
    assert sequels.settled == [("contract:A", "REFUSED")]
    assert only_attempt() == {
        "number": 1,
        "http_status": 200,
        "outcome": AttemptOutcome.REFUSED,
        "error": "3001",
    }


@pytest.mark.parametrize(
    ("reply", "status", "error"),
    [
        (Reply({"result_code": "9000"}), 200, "9000: unknown"),
        (Reply({"result_code": "0815"}), 200, "0815: unknown"),
        (Reply(signed="no"), 200, "a result code without a signature"),
        (Reply(signed="wrongly"), 200, "the signature is wrong"),
        (Reply(b"<html></html>", signed="no"), 200, "the body is not JSON"),
        (Reply({"result_code": "3001"}, status=422), 422, "answered HTTP 422"),
        (Reply(status=500), 500, "answered HTTP 500"),
        (Reply(hangs_up=True), None, "RemoteProtocolError: Server disconnected without sending a response."),
    ],
)
def test_anything_else_is_tried_again_on_the_next_rung(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    clock: MovableClock,
    sequels: Sequels,
    reply: Reply,
    status: int | None,
    error: str,
) -> None:
    message = promise()
    server.always(reply)

    calls = deliver(province, clock)

    waiting = stored(message)
    assert calls == 1
    assert (waiting.state, waiting.attempts, waiting.last_error) == (MessageState.PENDING, 1, error)
    assert waiting.next_attempt_at == START + timedelta(seconds=15)
    assert sequels.settled == []
    assert only_attempt() == {
        "number": 1,
        "http_status": status,
        "outcome": AttemptOutcome.UNANSWERED,
        "error": error,
    }


def test_a_partner_without_an_address_was_certainly_not_told(
    promise: Promiser, province: Partner, clock: MovableClock
) -> None:
    promise()

    deliver(province, clock)

    assert only_attempt() == {
        "number": 1,
        "http_status": None,
        "outcome": AttemptOutcome.FAILED,
        "error": "TransportFailed: ZJ has no address for notice",
    }


def test_an_attempt_tells_when_it_began_and_how_long_it_took(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    promise()
    answered = threading.Event()

    def answer_in_a_while(called: Called) -> Reply:
        threading.Timer(0.1, answered.set).start()
        return Reply(until=answered)

    server.replies = answer_in_a_while

    deliver(province, clock)

    attempt = DeliveryAttempt.objects.get()
    assert attempt.started_at == START
    assert 100 <= attempt.latency_ms < 500


def test_a_subject_waits_for_its_failing_message_and_others_do_not(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock, sequels: Sequels
) -> None:
    first, second, other = promise("contract:A"), promise("contract:A", version=2), promise("contract:B")
    server.replies = fails_about("contract:A")

    deliver(province, clock)

    assert [body["event_id"] for body in server.bodies] == [str(first.event_id), str(other.event_id)]
    assert sequels.settled == [("contract:B", "DELIVERED")]

    clock.move(timedelta(seconds=14))
    assert deliver(province, clock) == 0

    clock.move(timedelta(seconds=1))
    server.always(Reply())
    deliver(province, clock)

    assert [body["event_id"] for body in server.bodies[2:]] == [str(first.event_id), str(second.event_id)]
    assert stored(second).settled_at == clock()


def test_the_same_subject_at_two_partners_has_two_orders(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    other = Partner.objects.create(code="SH", kind="PROVINCE", name="SH")
    promise("contract:A", partner=other)
    here = promise("contract:A")

    deliver(province, clock)

    assert stored(here).state == MessageState.DELIVERED


def test_a_message_climbs_the_ladder_to_its_end_and_is_then_dead(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock, sequels: Sequels
) -> None:
    message = promise()
    server.always(UNAVAILABLE)

    for rung in ladder.RUNGS:
        assert stored(message).state == MessageState.PENDING
        clock.move(rung)
        assert deliver(province, clock) == 1

    dead = stored(message)
    assert (dead.state, dead.attempts, dead.settled_at) == (MessageState.DEAD, 15, clock())
    assert clock() - START == timedelta(hours=24, minutes=3 + 10 + 20 + 30 * 3, seconds=45) - timedelta(
        hours=2
    )
    assert sequels.dead == ["contract:A"]
    assert list(DeliveryAttempt.objects.values_list("number", flat=True)) == list(range(1, 16))
    clock.move(timedelta(days=30))
    assert deliver(province, clock) == 0


def test_a_dead_message_lets_the_next_of_its_subject_go(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    dying, follower = promise(), promise(version=2)
    OutboundMessage.objects.filter(pk=dying.pk).update(attempts=14)
    server.in_turn(UNAVAILABLE, Reply())

    deliver(province, clock)

    assert (stored(dying).state, stored(follower).state) == (MessageState.DEAD, MessageState.DELIVERED)


def test_a_replayed_message_climbs_the_ladder_anew(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    message = promise()
    OutboundMessage.objects.update(attempts=14)
    server.in_turn(UNAVAILABLE, UNAVAILABLE, Reply())
    deliver(province, clock)
    assert stored(message).state == MessageState.DEAD

    outbox.replay(message, now=clock())
    deliver(province, clock)
    assert stored(message).next_attempt_at == START + timedelta(seconds=15)
    clock.move(timedelta(seconds=15))
    deliver(province, clock)

    assert stored(message).state == MessageState.DELIVERED
    assert {body["event_id"] for body in server.bodies} == {str(message.event_id)}


def test_what_a_sequel_promises_is_delivered_in_the_same_turn(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock, sequels: Sequels
) -> None:
    def promise_more(message: OutboundMessage, now: object) -> None:
        if message.subject == "contract:A":
            promise("contract:B")

    promise("contract:A")
    sequels.also = promise_more

    assert deliver(province, clock) == 2
    assert sequels.settled == [("contract:A", "DELIVERED"), ("contract:B", "DELIVERED")]


@pytest.mark.parametrize("reply", [Reply(), REFUSED])
def test_a_sequel_that_fails_keeps_the_message_and_undoes_what_it_did(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    clock: MovableClock,
    sequels: Sequels,
    reply: Reply,
) -> None:
    def begin_and_fail(message: OutboundMessage, now: object) -> None:
        if message.subject == "contract:A":
            promise("contract:C")
            raise LookupError("no such case")

    message, other = promise("contract:A"), promise("contract:B")
    server.always(reply)
    sequels.also = begin_and_fail

    deliver(province, clock)

    waiting = stored(message)
    assert (waiting.state, waiting.attempts) == (MessageState.PENDING, 1)
    assert waiting.next_attempt_at == START + timedelta(seconds=15)
    assert waiting.last_error == "what follows failed: LookupError('no such case')"
    assert DeliveryAttempt.objects.get(message=message).error == waiting.last_error
    assert stored(other).state != MessageState.PENDING
    assert not OutboundMessage.objects.filter(subject="contract:C").exists()

    sequels.also = None
    clock.move(timedelta(seconds=15))
    deliver(province, clock)

    assert stored(message).state == stored(other).state
    assert ("contract:A", stored(message).state) in sequels.settled


def test_a_message_is_not_given_up_before_somebody_could_be_told(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock, sequels: Sequels
) -> None:
    def fail(message: OutboundMessage, now: object) -> None:
        raise LookupError

    message = promise()
    OutboundMessage.objects.update(attempts=14)
    server.always(UNAVAILABLE)
    sequels.also = fail

    deliver(province, clock)
    assert stored(message).state == MessageState.PENDING
    assert stored(message).next_attempt_at == START + timedelta(hours=6)

    sequels.also = None
    clock.move(timedelta(hours=6))
    deliver(province, clock)

    assert stored(message).state == MessageState.DEAD
    assert sequels.dead == ["contract:A"]


def test_a_kind_that_is_no_longer_known_waits_and_holds_up_nobody(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    clock: MovableClock,
) -> None:
    forgotten, other = promise("contract:A"), promise("contract:B")
    OutboundMessage.objects.filter(pk=forgotten.pk).update(kind="forgotten")

    deliver(province, clock)

    assert stored(other).state == MessageState.DELIVERED
    assert stored(forgotten).last_error == "ValueError: There is no message kind 'forgotten'."
    assert stored(forgotten).next_attempt_at == START + timedelta(seconds=15)


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


def test_a_message_sent_by_a_worker_that_died_is_sent_again_when_its_lease_has_run_out(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    clock: MovableClock,
    sequels: Sequels,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(attempt: attempts.Attempt, *, now: object) -> None:
        raise Killed

    message = promise()
    with monkeypatch.context() as dying:
        dying.setattr(attempts, "record", die)
        dying.setattr(delivery.HeldLine, "release", lambda line: None)
        with pytest.raises(Killed):
            deliver(province, clock)
    lease = stored(message).next_attempt_at - START

    clock.move(lease - timedelta(seconds=1))
    assert deliver(province, clock) == 0
    clock.move(timedelta(seconds=1))
    assert deliver(province, clock) == 1

    assert stored(message).state == MessageState.DELIVERED
    assert sequels.settled == [("contract:A", "DELIVERED")]
    assert [body["event_id"] for body in server.bodies] == [str(message.event_id)] * 2
    assert timedelta(seconds=30) < lease < timedelta(seconds=60)


def test_an_answer_that_comes_after_the_message_was_cancelled_is_only_noted(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock, sequels: Sequels
) -> None:
    message = promise()
    claimed = delivery.claims.claim(province.pk, limit=1, lease=timedelta(minutes=1), now=clock())[0]
    outbox.cancel_pending(subject="contract:A", now=clock())

    attempt = attempts.Attempt(
        message.pk, claimed.next_attempt_at, START, 12, AttemptOutcome.ACKNOWLEDGED, 200
    )
    attempts.record(attempt, now=clock())

    assert stored(message).state == MessageState.CANCELLED
    assert only_attempt()["outcome"] == AttemptOutcome.ACKNOWLEDGED
    assert sequels.settled == []


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (AttemptOutcome.UNANSWERED, MessageState.PENDING),
        (AttemptOutcome.ACKNOWLEDGED, MessageState.DELIVERED),
    ],
)
def test_a_worker_that_lost_its_lease_may_bring_good_news_only(
    promise: Promiser, province: Partner, clock: MovableClock, outcome: AttemptOutcome, state: MessageState
) -> None:
    message = promise()
    lost = delivery.claims.claim(province.pk, limit=1, lease=timedelta(minutes=1), now=clock())[0]
    clock.move(timedelta(minutes=1))
    current = delivery.claims.claim(province.pk, limit=1, lease=timedelta(minutes=1), now=clock())[0]

    attempts.record(attempts.Attempt(message.pk, lost.next_attempt_at, START, 12, outcome), now=clock())

    assert stored(message).state == state
    assert stored(message).next_attempt_at == current.next_attempt_at


@pytest.mark.django_db(transaction=True)
def test_nobody_is_called_inside_a_transaction(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    promise()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        deliver(province, clock)

    assert server.called == []


def test_nothing_due_costs_one_query(
    promise: Promiser, province: Partner, clock: MovableClock, django_assert_num_queries: Callable[[int], Any]
) -> None:
    OutboundMessage.objects.filter(pk=promise().pk).update(next_attempt_at=START + timedelta(seconds=1))

    with django_assert_num_queries(1):
        assert deliver(province, clock) == 0


def test_a_kind_without_sequels_is_delivered_too(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(kinds._KINDS, "remark", kinds.MessageKind("remark", "remark", "/remarks"))
    message = promise(kind="remark")

    deliver(province, clock)

    assert stored(message).state == MessageState.DELIVERED
