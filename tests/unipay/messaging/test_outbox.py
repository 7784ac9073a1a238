"""A promise stands or falls with its transaction, and wakes delivery once, broker or no broker."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django_fsm import TransitionNotAllowed

from tests.factories import make_partner
from tests.unipay.messaging.conftest import START, MovableClock, stored
from unipay.messaging import kinds, outbox, tasks
from unipay.messaging.kinds import MessageKind, kind_named, register
from unipay.messaging.models import Line, MessageState, OutboundMessage
from unipay.messaging.outbox import Promise
from unipay.partners.models import Partner

Promiser = Callable[..., OutboundMessage]


class Rollback(Exception):
    """What a flow raises."""


def promise_in_vain(promise: Promiser) -> None:
    with transaction.atomic():
        promise("contract:A")
        raise Rollback


def test_a_promise_is_pending_and_due_at_once(promise: Promiser, province: Partner) -> None:
    message = promise("contract:A", version=3, msisdn="13805710001")

    stored = OutboundMessage.objects.get()
    assert stored == message
    assert (stored.partner, stored.kind, stored.subject) == (province, "notice", "contract:A")
    assert (stored.state, stored.attempts, stored.msisdn) == (MessageState.PENDING, 0, "13805710001")
    assert (stored.created_at, stored.next_attempt_at) == (START, START)
    assert (stored.event_id, stored.resource_version) == (message.event_id, 3)


def test_the_payload_says_which_event_it_is(promise: Promiser) -> None:
    message = promise(version=3, payload={"contract": {"state": "ACTIVE"}, "kind": "something else"})

    assert message.payload == {
        "event_id": str(message.event_id),
        "kind": "notice",
        "resource_version": 3,
        "contract": {"state": "ACTIVE"},
    }
    assert list(message.payload)[:3] == ["event_id", "kind", "resource_version"]
    assert UUID(message.payload["event_id"]).version == 4


def test_a_kind_nobody_registered_is_refused(promise: Promiser) -> None:
    with pytest.raises(ValueError, match="no message kind 'gossip'"):
        promise(kind="gossip")

    assert not OutboundMessage.objects.exists()


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="notice is already registered"):
        register(MessageKind("notice", "other", "/other"))

    assert kind_named("notice").path == "/notices"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_promised_outside_a_transaction() -> None:
    province = make_partner("ZJ", "PROVINCE")

    with pytest.raises(RuntimeError, match="inside the transaction"):
        outbox.promise(
            partner=province, kind="notice", subject="contract:A", resource_version=1, payload={}, now=START
        )

    assert not OutboundMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_wakes_each_partner_once(
    promise: Promiser, province: Partner, clock: MovableClock, woken: list[int]
) -> None:
    other = make_partner("SH", "PROVINCE")

    with transaction.atomic():
        promise("contract:A")
        promise("contract:B")
        promise("contract:A", partner=other)
        assert woken == []

    assert sorted(woken) == sorted([province.pk, other.pk])


@pytest.mark.django_db(transaction=True)
def test_each_transaction_wakes_anew(promise: Promiser, province: Partner, woken: list[int]) -> None:
    promise()
    promise()

    assert woken == [province.pk, province.pk]


@pytest.mark.django_db(transaction=True)
def test_a_promise_that_was_rolled_back_wakes_nobody(promise: Promiser, woken: list[int]) -> None:
    with pytest.raises(Rollback):
        promise_in_vain(promise)

    assert woken == []
    assert not OutboundMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_promise_after_a_rolled_back_savepoint_still_wakes(
    promise: Promiser, province: Partner, woken: list[int]
) -> None:
    with transaction.atomic():
        with pytest.raises(Rollback):
            promise_in_vain(promise)
        promise("contract:B")

    assert woken == [province.pk]
    assert OutboundMessage.objects.get().subject == "contract:B"


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_breaks_no_promise(
    promise: Promiser, province: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def refuse(args: tuple[int], **options: object) -> None:
        asked.append(options)
        raise ConnectionRefusedError

    monkeypatch.setattr(tasks.deliver, "apply_async", refuse)

    promise("contract:A")
    promise("contract:B")

    assert OutboundMessage.objects.count() == 2
    # Asked once, without a retry: the next transactions don't each wait for a broker that is down.
    assert [options["retry"] for options in asked] == [False]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_came_back_is_asked_again(
    promise: Promiser, province: Partner, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_pause_ends", tasks.time.monotonic() - 0.001)

    promise()

    assert woken == [province.pk]


def test_after_the_pause_one_asks_the_broker_and_nobody_else_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def be_slow(args: tuple[int], **options: object) -> None:
        asked.append(*args)
        tasks.wake(2)
        raise ConnectionRefusedError

    monkeypatch.setattr(tasks.deliver, "apply_async", be_slow)
    monkeypatch.setattr(tasks, "_pause_ends", tasks.time.monotonic() - 0.001)

    tasks.wake(1)

    assert asked == [1]


def test_many_are_promised_in_the_order_given(province: Partner, clock: MovableClock) -> None:
    promises = [
        Promise(province, "notice", f"contract:{number}", resource_version=1, payload={})
        for number in range(3)
    ]

    messages = outbox.promise_many(promises, now=clock())

    assert [message.subject for message in messages] == ["contract:0", "contract:1", "contract:2"]
    assert [message.pk for message in messages] == sorted(message.pk for message in messages)
    assert len({message.event_id for message in messages}) == 3


@pytest.mark.parametrize("state", [MessageState.DEAD, MessageState.REFUSED])
def test_a_message_given_up_or_refused_can_be_sent_again(
    promise: Promiser, clock: MovableClock, state: MessageState
) -> None:
    message = promise()
    OutboundMessage.objects.update(state=state, settled_at=START, attempts=15)
    clock.move(timedelta(days=1))

    outbox.replay(message, now=clock())

    again = stored(message)
    assert (again.state, again.attempts, again.settled_at) == (MessageState.PENDING, 0, None)
    assert again.next_attempt_at == clock()
    assert again.event_id == message.event_id


def test_a_replay_ends_the_rest_of_the_line(
    promise: Promiser, province: Partner, clock: MovableClock
) -> None:
    message = promise()
    OutboundMessage.objects.update(state=MessageState.DEAD, settled_at=START)
    Line.objects.create(partner=province, failures=9, rests_until=START + timedelta(minutes=1))

    outbox.replay(message, now=clock())

    assert Line.objects.get().rests_until is None


@pytest.mark.parametrize("state", [MessageState.PENDING, MessageState.DELIVERED, MessageState.CANCELLED])
def test_nothing_else_can_be_sent_again(promise: Promiser, clock: MovableClock, state: MessageState) -> None:
    message = promise()
    settled_at = None if state == MessageState.PENDING else START
    OutboundMessage.objects.update(state=state, settled_at=settled_at)

    with pytest.raises(TransitionNotAllowed):
        outbox.replay(message, now=clock())

    assert OutboundMessage.objects.get().state == state


def test_what_is_pending_about_a_subject_can_be_cancelled(promise: Promiser, clock: MovableClock) -> None:
    pending, settled, other = promise("contract:A"), promise("contract:A"), promise("contract:B")
    OutboundMessage.objects.filter(pk=settled.pk).update(state=MessageState.DELIVERED, settled_at=START)

    cancelled = outbox.cancel_pending(subject="contract:A", now=clock())

    assert cancelled == 1
    states = dict(OutboundMessage.objects.values_list("pk", "state"))
    assert states == {pending.pk: "CANCELLED", settled.pk: "DELIVERED", other.pk: "PENDING"}


def test_only_the_kind_named_is_cancelled(
    promise: Promiser, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._KINDS, "remark", MessageKind("remark", "remark", "/remarks"))
    notice, remark = promise(), promise(kind="remark")

    assert outbox.cancel_pending(subject="contract:A", kind="remark", now=clock()) == 1

    states = dict(OutboundMessage.objects.values_list("pk", "state"))
    assert states == {notice.pk: "PENDING", remark.pk: "CANCELLED"}


def test_cancelling_lets_what_waited_behind_go(promise: Promiser, clock: MovableClock) -> None:
    promise()
    follower = promise(version=2)
    OutboundMessage.objects.update(next_attempt_at=START + timedelta(hours=1))
    OutboundMessage.objects.filter(pk=follower.pk).update(kind="remark")

    outbox.cancel_pending(subject="contract:A", kind="notice", now=clock())

    assert (stored(follower).state, stored(follower).next_attempt_at) == (MessageState.PENDING, START)
