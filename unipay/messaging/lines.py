"""The line to a partner: one worker holds it at a time, and it rests while the partner is down, so that neither many
workers nor a dead partner use up what the other partners need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from unipay.messaging import ladder
from unipay.messaging.models import Line

_HOLD = """
    INSERT INTO messaging_line AS line (partner_id, held_until, failures)
    VALUES (%(partner_id)s, %(held_until)s, 0)
    ON CONFLICT (partner_id) DO UPDATE SET held_until = EXCLUDED.held_until
    WHERE COALESCE(line.held_until <= %(now)s, TRUE) AND COALESCE(line.rests_until <= %(now)s, TRUE)
    RETURNING failures
"""


@dataclass
class HeldLine:
    """A line this worker holds until `held_until`, unless it renews; `failures` as the worker knows them."""

    partner_id: int
    lease: timedelta
    held_until: datetime
    failures: int
    rests_until: datetime | None = None

    def renew(self, *, now: datetime) -> bool:
        """Hold on for another lease once half of it is gone; False when the line was lost to somebody else."""
        if self.held_until - now > self.lease / 2:
            return True
        if not self._mine().update(held_until=now + self.lease):
            return False
        self.held_until = now + self.lease
        return True

    def release(self) -> None:
        """Let others have the line."""
        self._mine().update(held_until=None)

    def note_failure(self, *, now: datetime) -> None:
        """A call came to nothing; after some in a row the line rests."""
        self.failures += 1
        rest = ladder.rest_after(self.failures)
        self.rests_until = None if rest is None else now + rest
        line = Line.objects.get(partner_id=self.partner_id)
        line.failures = self.failures
        line.failing_since = line.failing_since or now
        line.rests_until = self.rests_until
        line.save(update_fields=["failures", "failing_since", "rests_until"])

    def note_answer(self) -> None:
        """The partner is there."""
        if self.failures:
            self.failures = 0
            Line.objects.filter(partner_id=self.partner_id).update(
                failures=0, failing_since=None, rests_until=None
            )

    def rests(self, now: datetime) -> bool:
        """Whether the last call was one failure too many."""
        return self.rests_until is not None and now < self.rests_until

    def _mine(self) -> QuerySet[Line]:
        return Line.objects.filter(partner_id=self.partner_id, held_until=self.held_until)


def hold(partner_id: int, *, lease: timedelta, now: datetime) -> HeldLine | None:
    """Take the line to the partner, or return None while somebody else holds it or it rests."""
    given: dict[str, Any] = {"partner_id": partner_id, "held_until": now + lease, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, given)
        row = cursor.fetchone()
    return HeldLine(partner_id, lease, now + lease, row[0]) if row else None
