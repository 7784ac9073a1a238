"""Everything dead of a partner is sent again, whatever happens to the worker meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, Min
from django.test.utils import CaptureQueriesContext

from tests.factories import make_partner
from tests.unipay.messaging.conftest import START, MovableClock
from unipay.errors import Refusal
from unipay.messaging import outbox, replays, tasks
from unipay.messaging.models import Line, OutboundMessage, ReplayLine, ReplayRun
from unipay.partners.models import Partner

pytestmark = pytest.mark.django_db


def make_messages(partner: Partner, count: int, state: str = "DEAD") -> list[OutboundMessage]:
    return OutboundMessage.objects.bulk_create(
        OutboundMessage(
            partner=partner,
            kind="notice",
            subject=f"contract:{number}",
            resource_version=1,
            payload={},
            state=state,
            attempts=15,
            created_at=START,
            next_attempt_at=START,
            settled_at=None if state == "PENDING" else START,
        )
        for number in range(count)
    )


def start(partner: Partner) -> ReplayRun:
    somebody, _made = User.objects.get_or_create(username="ops")
    return replays.start(partner, by_id=somebody.pk, now=START)


def finish(run: ReplayRun) -> ReplayRun:
    while not replays.advance(run.pk, now=START).is_over:
        pass
    return ReplayRun.objects.get(pk=run.pk)


def test_everything_dead_of_the_partner_is_sent_again_and_nothing_else(
    province: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "CHUNK", 2)
    dead = make_messages(province, 5)
    delivered = make_messages(province, 1, "DELIVERED")
    elsewhere = make_messages(make_partner("BJ", "PROVINCE", key_id=""), 1)

    run = finish(start(province))

    assert (run.state, run.total, run.sent_again, run.left_alone) == ("FINISHED", 5, 5, 0)
    again = OutboundMessage.objects.filter(pk__in=[each.pk for each in dead])
    assert set(again.values_list("state", "attempts", "settled_at")) == {("PENDING", 0, None)}
    others = OutboundMessage.objects.filter(pk__in=[delivered[0].pk, elsewhere[0].pk])
    assert list(others.order_by("id").values_list("state", flat=True)) == ["DELIVERED", "DEAD"]


def test_what_somebody_dealt_with_meanwhile_is_left_alone_and_kept_as_found(province: Partner) -> None:
    first, second = make_messages(province, 2)
    run = start(province)
    replays.advance(run.pk, now=START)
    outbox.cancel(first, now=START)

    run = finish(run)

    assert (run.sent_again, run.left_alone) == (1, 1)
    lines = ReplayLine.objects.order_by("id").values_list("message_id", "outcome", "found")
    assert list(lines) == [(first.pk, "LEFT_ALONE", "CANCELLED"), (second.pk, "SENT_AGAIN", "")]


def test_a_worker_that_dies_loses_its_chunk_and_the_next_goes_on_there(
    province: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "CHUNK", 2)
    make_messages(province, 5)
    run = start(province)
    replays.advance(run.pk, now=START)
    replays.advance(run.pk, now=START)
    whole = replays._handle_chunk

    def half(*given: Any, **named: Any) -> None:
        whole(*given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(replays, "_handle_chunk", half)
    with pytest.raises(KeyboardInterrupt):
        replays.advance(run.pk, now=START)
    assert OutboundMessage.objects.filter(state="PENDING").count() == 2

    monkeypatch.setattr(replays, "_handle_chunk", whole)
    run = finish(run)

    assert (run.sent_again, run.total) == (5, 5)


def test_a_chunk_costs_the_same_however_many_messages_it_has(province: Partner) -> None:
    make_messages(province, 60)
    run = start(province)
    replays.advance(run.pk, now=START)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        replays.advance(run.pk, now=START)

    assert len(queries) <= 12


def test_a_second_run_waits_for_the_first(province: Partner) -> None:
    make_messages(province, 1)
    start(province)

    with pytest.raises(Refusal) as refused:
        start(province)

    assert refused.value.reason.code == "replay_runs"
    assert ReplayRun.objects.count() == 1


def test_nothing_dead_is_nothing_to_replay(province: Partner) -> None:
    make_messages(province, 1, "DELIVERED")

    with pytest.raises(Refusal) as refused:
        start(province)

    assert refused.value.reason.code == "nothing_dead"


def test_a_stopped_run_leaves_the_rest_dead(province: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "CHUNK", 2)
    make_messages(province, 5)
    run = start(province)
    replays.advance(run.pk, now=START)
    replays.advance(run.pk, now=START)

    replays.stop(run, now=START)

    assert replays.advance(run.pk, now=START) == replays.Step()
    assert OutboundMessage.objects.filter(state="DEAD").count() == 3
    with pytest.raises(Refusal):
        replays.stop(run, now=START)


def test_a_resting_line_is_called_at_once(province: Partner) -> None:
    make_messages(province, 1)
    Line.objects.create(partner=province, failures=9, rests_until=START + timedelta(minutes=1))

    finish(start(province))

    assert Line.objects.get().rests_until is None


def test_the_task_works_it_off_and_wakes_delivery(province: Partner, woken: list[int]) -> None:
    make_messages(province, 3)
    run = start(province)

    tasks.replay(run.pk)

    assert ReplayRun.objects.get().state == "FINISHED"
    assert set(woken) == {province.pk}


def test_the_sweep_goes_on_with_runs_nobody_works_at(
    province: Partner, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_messages(province, 1)
    run = start(province)
    asked: list[int] = []
    monkeypatch.setattr(tasks.replay, "apply_async", lambda args, **options: asked.append(*args))
    monkeypatch.setattr(tasks.clock, "now", clock)

    clock.move(timedelta(seconds=29))
    tasks.sweep()
    assert asked == []
    clock.move(timedelta(seconds=2))
    tasks.sweep()

    assert asked == [run.pk]


def test_partners_with_dead_messages_are_counted_the_most_first(province: Partner) -> None:
    make_messages(province, 1)
    other = make_partner("BJ", "PROVINCE", key_id="")
    make_messages(other, 3)
    make_messages(make_partner("SH", "PROVINCE", key_id=""), 1, "DELIVERED")

    rows = replays.given_up()

    assert [(row.partner.code, row.count, row.oldest_at) for row in rows] == [
        ("BJ", 3, START),
        ("ZJ", 1, START),
    ]


def test_the_dead_are_found_through_their_own_index(province: Partner) -> None:
    make_messages(province, 300, "DELIVERED")
    make_messages(province, 3)
    dead = OutboundMessage.objects.filter(state="DEAD")

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE messaging_outboundmessage")
        cursor.execute("SET LOCAL enable_seqscan = off")
    counted = dead.values_list("partner").annotate(Count("id"), Min("id")).explain()
    gathered = dead.filter(partner=province).order_by("id").values("id").explain()

    assert "outbound_dead" in counted
    assert "outbound_dead" in gathered


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_handle_the_same_message(
    province: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "CHUNK", 3)
    make_messages(province, 30)
    run = start(province)

    def work() -> int:
        steps = 0
        try:
            while not ReplayRun.objects.get(pk=run.pk).is_over:
                steps += bool(replays.advance(run.pk, now=START).partner_id)
        finally:
            connection.close()
        return steps

    with ThreadPoolExecutor(2) as workers:
        steps = sum(future.result() for future in [workers.submit(work) for _ in range(2)])

    run = ReplayRun.objects.get()
    assert (run.total, run.sent_again, run.left_alone) == (30, 30, 0)
    assert steps == 11
