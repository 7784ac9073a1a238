"""Everything dead of one partner is sent again, chunk by chunk: what is done stands, whoever comes next goes on there.

The run and its lines stand in PostgreSQL; a worker that dies loses at most the chunk it was at, which is then done
by the next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Min

from unipay.errors import Refusal
from unipay.messaging import errors
from unipay.messaging.models import (
    Line,
    MessageState,
    OutboundMessage,
    ReplayLine,
    ReplayOutcome,
    ReplayRun,
    ReplayState,
)
from unipay.messaging.models.replay import UNFINISHED
from unipay.partners.models import Partner

CHUNK = 500
_PATIENCE = timedelta(seconds=30)

_GATHER = """
    INSERT INTO messaging_replayline (run_id, message_id, outcome, found)
    SELECT %(run_id)s, m.id, '', '' FROM messaging_outboundmessage m
    WHERE m.partner_id = %(partner_id)s AND m.state = 'DEAD' ORDER BY m.id
"""


@dataclass(frozen=True)
class Step:
    """What one step came to: `partner_id` 0 when there was nothing to do for this worker."""

    partner_id: int = 0
    is_over: bool = False


@dataclass(frozen=True)
class GivenUp:
    """How many messages to a partner are dead, and when the oldest of them was promised."""

    partner: Partner
    count: int
    oldest_at: datetime


def start(partner: Partner, *, by_id: int, now: datetime) -> ReplayRun:
    """Order everything dead of the partner to be sent again; refused while a run goes on, or with nothing dead.

    The caller wakes a worker once this has committed.
    """
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        refuse_starting(partner)
        return ReplayRun.objects.create(partner=partner, asked_by_id=by_id, asked_at=now, moved_at=now)


def refuse_starting(partner: Partner) -> None:
    """Raise the reason for which nothing can be replayed now, if there is one."""
    if ReplayRun.objects.filter(partner=partner, state__in=UNFINISHED).exists():
        raise Refusal(errors.REPLAY_RUNS)
    if not OutboundMessage.objects.filter(partner=partner, state=MessageState.DEAD).exists():
        raise Refusal(errors.NOTHING_DEAD)


def stop(run: ReplayRun, *, now: datetime) -> ReplayRun:
    """Leave the rest as it is; refused when the run is over."""
    with transaction.atomic():
        current = ReplayRun.objects.select_for_update().get(pk=run.pk)
        if current.is_over:
            raise Refusal(errors.REPLAY_OVER)
        current.stop(now=now)
        current.save(update_fields=["state", "finished_at"])
    return current


def advance(run_id: int, *, now: datetime) -> Step:
    """Write the lines down, or handle one chunk of them, in one transaction; nothing while another worker does."""
    with transaction.atomic():
        unlocked = ReplayRun.objects.select_for_update(skip_locked=True)
        run = unlocked.filter(pk=run_id, state__in=UNFINISHED).first()
        if run is None:
            return Step()
        if run.state == ReplayState.WAITING:
            run.begin(total=_gather(run))
        else:
            _handle_chunk(run, now=now)
        if run.handled >= run.total:
            run.finish(now=now)
        run.moved_at = now
        run.save()
    return Step(run.partner_id, is_over=run.is_over)


def left_alone(*, now: datetime) -> list[int]:
    """Return the runs that no worker has touched for a while: their wake-up was lost, or their worker."""
    idle = ReplayRun.objects.filter(state__in=UNFINISHED, moved_at__lt=now - _PATIENCE)
    return list(idle.order_by("id").values_list("pk", flat=True))


def given_up() -> list[GivenUp]:
    """Return the partners with dead messages, the most first; reads the index of the dead alone."""
    dead = OutboundMessage.objects.filter(state=MessageState.DEAD)
    rows = list(dead.values_list("partner").annotate(Count("id"), Min("id")).order_by("-id__count"))
    oldest = OutboundMessage.objects.select_related("partner").in_bulk([first for _pk, _count, first in rows])
    return [
        GivenUp(oldest[first].partner, count, oldest[first].created_at)
        for _pk, count, first in rows
        if first in oldest
    ]


def _gather(run: ReplayRun) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_GATHER, {"run_id": run.pk, "partner_id": run.partner_id})
        return int(cursor.rowcount)


def _handle_chunk(run: ReplayRun, *, now: datetime) -> None:
    waiting = ReplayLine.objects.filter(run=run, outcome="").order_by("id")
    message_ids = list(waiting.values_list("message_id", flat=True)[:CHUNK])
    messages = OutboundMessage.objects.filter(pk__in=message_ids).order_by("id").select_for_update()
    states = dict(messages.values_list("pk", "state"))
    dead = [pk for pk, state in states.items() if state == MessageState.DEAD]
    OutboundMessage.objects.filter(pk__in=dead).update(
        state=MessageState.PENDING, settled_at=None, attempts=0, next_attempt_at=now
    )
    Line.objects.filter(partner_id=run.partner_id, rests_until__gt=now).update(rests_until=None)
    chunk = waiting.filter(message_id__in=message_ids)
    for state in set(states.values()) - {MessageState.DEAD}:
        others = [pk for pk, found in states.items() if found == state]
        chunk.filter(message_id__in=others).update(outcome=ReplayOutcome.LEFT_ALONE, found=state)
    run.left_alone += len(states) - len(dead)
    run.sent_again += chunk.filter(message_id__in=dead).update(outcome=ReplayOutcome.SENT_AGAIN)
