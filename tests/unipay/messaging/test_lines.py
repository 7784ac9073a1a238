"""A partner that is slow or down costs little, and nobody else anything; many workers don't call it all at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from tests.partner_server import Called, PartnerServer, Reply, serving
from tests.unipay.messaging.conftest import START, MovableClock, make_notified_province, stored
from unipay import clock as real_clock
from unipay.messaging import claims, delivery, lines, queries, tasks
from unipay.messaging.models import Line, MessageState, OutboundMessage
from unipay.partners.models import Partner

Promiser = Callable[..., OutboundMessage]

UNAVAILABLE = Reply(status=503, signed="no")
MINUTE = timedelta(minutes=1)


def deliver(partner: Partner, clock: MovableClock) -> int:
    return delivery.deliver_due(partner_id=partner.pk, clock=clock).calls


def in_threads(work: Callable[[], object], *, count: int) -> None:
    """Do the work in so many threads at the same moment, each with its own connection."""
    together = threading.Barrier(count)

    def begin() -> None:
        try:
            together.wait(5)
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        for future in [threads.submit(begin) for _ in range(count)]:
            future.result()


@pytest.fixture
def other_province(db: None) -> Partner:
    return make_notified_province("SH")


@pytest.fixture
def other_server(other_province: Partner) -> Iterator[PartnerServer]:
    with serving(other_province) as server:
        yield server


def test_a_partner_that_is_down_is_left_in_peace_after_three_calls(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    for number in range(10):
        promise(f"contract:{number}")
    server.always(UNAVAILABLE)

    assert deliver(province, clock) == 3
    assert deliver(province, clock) == 0

    line = Line.objects.get()
    assert (line.failures, line.failing_since, line.held_until) == (3, START, None)
    assert line.rests_until == START + timedelta(seconds=5)
    assert claims.partners_with_due_messages(now=clock()) == []


def test_a_rest_ends_with_a_single_call(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    for number in range(10):
        promise(f"contract:{number}")
    server.always(UNAVAILABLE)
    deliver(province, clock)

    clock.move(timedelta(seconds=5))

    assert claims.partners_with_due_messages(now=clock()) == [province.pk]
    assert deliver(province, clock) == 1
    assert Line.objects.get().rests_until == clock() + timedelta(seconds=10)
    assert server.most_at_once == 1


def test_a_partner_that_came_back_gets_all_it_missed(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    for number in range(10):
        promise(f"contract:{number}")
        promise(f"contract:{number}", version=2)
    server.always(UNAVAILABLE)
    deliver(province, clock)
    server.always(Reply())

    clock.move(timedelta(minutes=1))
    calls = deliver(province, clock)

    assert calls == 20
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {MessageState.DELIVERED}
    line = Line.objects.get()
    assert (line.failures, line.failing_since, line.rests_until, line.held_until) == (0, None, None, None)


@pytest.mark.parametrize(
    "reply", [Reply(status=422), Reply(signed="wrongly"), Reply({"result_code": "9000"})]
)
def test_a_partner_that_answers_badly_is_not_down(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock, reply: Reply
) -> None:
    for number in range(5):
        promise(f"contract:{number}")
    server.always(reply)

    assert deliver(province, clock) == 5
    assert Line.objects.get().failures == 0


def test_four_calls_at_once_at_most(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    four_are_here = threading.Event()

    def wait_for_four(called: Called) -> Reply:
        if len(server.called) >= 5:  # the first went alone
            four_are_here.set()
        return Reply(until=None if len(server.called) == 1 else four_are_here)

    for number in range(13):
        promise(f"contract:{number}")
    server.replies = wait_for_four

    assert deliver(province, clock) == 13
    assert server.most_at_once == 4


def test_messages_of_one_subject_are_never_on_their_way_together(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    messages = [promise("contract:A", version=version) for version in range(1, 8)]

    deliver(province, clock)

    assert server.most_at_once == 1
    assert [body["event_id"] for body in server.bodies] == [str(message.event_id) for message in messages]


def test_a_line_somebody_holds_is_not_used(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    promise()
    held = lines.hold(province.pk, lease=MINUTE, now=clock())
    assert held

    assert deliver(province, clock) == 0
    held.release()
    assert deliver(province, clock) == 1


def test_a_line_is_free_again_when_its_holder_died(province: Partner, clock: MovableClock) -> None:
    lines.hold(province.pk, lease=MINUTE, now=clock())

    assert lines.hold(province.pk, lease=MINUTE, now=START + timedelta(seconds=59)) is None
    assert lines.hold(province.pk, lease=MINUTE, now=START + MINUTE)


def test_a_holder_keeps_its_line_by_renewing(province: Partner, clock: MovableClock) -> None:
    held = lines.hold(province.pk, lease=MINUTE, now=START)
    assert held

    assert held.renew(now=START + timedelta(seconds=10))
    assert held.held_until == START + MINUTE
    assert held.renew(now=START + timedelta(seconds=40))
    assert held.held_until == START + timedelta(seconds=100)
    assert lines.hold(province.pk, lease=MINUTE, now=START + timedelta(seconds=99)) is None


def test_a_holder_that_was_too_slow_neither_renews_nor_releases_anothers_hold(province: Partner) -> None:
    slow = lines.hold(province.pk, lease=MINUTE, now=START)
    other = lines.hold(province.pk, lease=MINUTE, now=START + MINUTE)
    assert slow
    assert other

    assert not slow.renew(now=START + MINUTE)
    slow.release()

    assert Line.objects.get().held_until == other.held_until


def test_a_turn_that_is_over_wakes_the_next_one(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    clock: MovableClock,
    woken: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    promise()
    monkeypatch.setattr(delivery, "_TURN_SECONDS", -1.0)

    assert delivery.deliver_due(partner_id=province.pk, clock=clock) == delivery.Drained(
        0, is_unfinished=True
    )
    tasks.deliver(province.pk)

    assert woken[-1:] == [province.pk]
    assert Line.objects.get().held_until is None


def test_a_partner_that_is_down_does_not_hold_up_another(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    other_province: Partner,
    other_server: PartnerServer,
    clock: MovableClock,
) -> None:
    blocked = threading.Event()
    server.always(Reply(until=blocked))
    for number in range(5):
        promise(f"contract:{number}")
    there = promise("contract:0", partner=other_province)

    deliver(province, clock)
    deliver(other_province, clock)
    blocked.set()

    assert stored(there).state == MessageState.DELIVERED
    assert len(server.called) == 3


def test_the_sweep_finds_what_a_lost_wake_up_left(
    promise: Promiser, province: Partner, server: PartnerServer, other_province: Partner, woken: list[int]
) -> None:
    promised_at = real_clock.now()
    message = promise()
    promise("contract:later", partner=other_province)
    OutboundMessage.objects.filter(pk=message.pk).update(next_attempt_at=promised_at - MINUTE)
    OutboundMessage.objects.filter(partner=other_province).update(next_attempt_at=promised_at + MINUTE)
    woken.clear()

    tasks.sweep()
    assert woken == [province.pk]
    tasks.deliver(province.pk)

    assert stored(message).state == MessageState.DELIVERED


def test_what_piled_up_behind_a_failing_message_waits_with_it(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    promise()
    follower, stranger = promise(version=2), promise("contract:B", partner=make_notified_province("SH"))
    server.always(UNAVAILABLE)
    deliver(province, clock)

    assert stored(follower).next_attempt_at == START + timedelta(seconds=15)
    assert stored(stranger).next_attempt_at == START

    clock.move(timedelta(seconds=15))
    server.always(Reply())
    assert deliver(province, clock) == 2
    assert stored(follower).settled_at == clock()


def test_what_was_claimed_and_not_sent_is_free_again_at_once(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    for number in range(20):
        promise(f"contract:{number}")
    server.in_turn(Reply(), UNAVAILABLE)

    deliver(province, clock)

    untouched = OutboundMessage.objects.filter(state=MessageState.PENDING, attempts=0)
    assert untouched.count() == 20 - len(server.called)
    assert {message.next_attempt_at for message in untouched} == {START}


def test_a_lease_that_was_lost_is_not_put_back(
    promise: Promiser, province: Partner, clock: MovableClock
) -> None:
    message = promise()
    lost = claims.claim(province.pk, limit=1, lease=MINUTE, now=clock())
    claims.claim(province.pk, limit=1, lease=MINUTE, now=START + MINUTE)

    claims.put_back(lost, now=clock())

    assert stored(message).next_attempt_at == START + 2 * MINUTE


def test_the_lag_is_that_of_the_message_that_waits_longest(promise: Promiser, clock: MovableClock) -> None:
    assert queries.outbox_lag_seconds(now=clock()) == 0
    promise("contract:A")
    clock.move(timedelta(seconds=30))
    promise("contract:B")

    assert queries.outbox_lag_seconds(now=clock()) == 30.0
    assert queries.pending_count() == 2


def test_what_waits_on_its_ladder_or_behind_another_is_no_lag(promise: Promiser, clock: MovableClock) -> None:
    head = promise()
    promise(version=2)
    OutboundMessage.objects.filter(pk=head.pk).update(next_attempt_at=START + timedelta(hours=1))

    assert queries.outbox_lag_seconds(now=START + timedelta(minutes=59)) == 0
    assert queries.outbox_lag_seconds(now=START + timedelta(minutes=61)) == 60.0


def test_a_partner_that_cannot_be_reached_is_named_and_is_no_lag(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    for number in range(4):
        promise(f"contract:{number}")
    server.always(UNAVAILABLE)
    deliver(province, clock)

    assert queries.outbox_lag_seconds(now=START + timedelta(hours=1)) == 0
    assert [line.partner for line in queries.failing_lines()] == [province]


def test_the_dead_are_counted(promise: Promiser) -> None:
    promise()
    OutboundMessage.objects.update(state=MessageState.DEAD, settled_at=START)
    promise()

    assert (queries.pending_count(), queries.dead_count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_never_claim_the_same(
    promise: Promiser, province: Partner, clock: MovableClock
) -> None:
    for number in range(40):
        promise(f"contract:{number}")
        promise(f"contract:{number}", version=2)
    claimed: list[int] = []

    def claim_all() -> None:
        while batch := claims.claim(province.pk, limit=3, lease=MINUTE, now=clock()):
            claimed.extend(message.pk for message in batch)

    in_threads(claim_all, count=4)

    firsts = OutboundMessage.objects.filter(resource_version=1).values_list("pk", flat=True)
    assert sorted(claimed) == sorted(firsts)


@pytest.mark.django_db(transaction=True)
def test_workers_woken_at_once_send_each_message_once_and_in_order(
    promise: Promiser, province: Partner, server: PartnerServer, clock: MovableClock
) -> None:
    for number in range(8):
        for version in (1, 2, 3):
            promise(f"contract:{number}", version=version)

    in_threads(lambda: deliver(province, clock), count=3)

    assert len(server.called) == 24
    assert server.most_at_once <= 4
    for number in range(8):
        told = [body["resource_version"] for body in server.bodies if body["said"] == f"contract:{number}"]
        assert told == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_one_worker_holds_a_line_however_many_reach_for_it(province: Partner, clock: MovableClock) -> None:
    held: list[lines.HeldLine | None] = []

    in_threads(lambda: held.append(lines.hold(province.pk, lease=MINUTE, now=clock())), count=8)

    assert len([line for line in held if line]) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_promised_while_the_line_is_held_is_not_left_to_the_sweep(
    promise: Promiser,
    province: Partner,
    server: PartnerServer,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = lines.HeldLine.release
    late: list[OutboundMessage] = []

    def promise_just_before(line: lines.HeldLine) -> None:
        if not late:
            late.append(promise("contract:late"))
            assert deliver(province, clock) == 0  # its own wake-up finds the line held and goes away
        release(line)

    monkeypatch.setattr(lines.HeldLine, "release", promise_just_before)
    promise("contract:A")

    deliver(province, clock)

    assert stored(late[0]).state == MessageState.DELIVERED
