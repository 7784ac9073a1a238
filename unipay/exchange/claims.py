"""Who reads a received file: one worker at a time, under a claim that outlives its holder by a lease only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from unipay.exchange.leases import LEASE, wait_after
from unipay.exchange.models import ReceivedFile, ReceivedState

TO_READ = Q(state=ReceivedState.RECEIVED) | Q(state=ReceivedState.ACCEPTED, handled_at=None)


class ClaimLost(Exception):
    """Somebody else reads the file now: what was found is not written."""


@dataclass(frozen=True)
class Claim:
    """Our claim: `turn` tells it from any later claim on the same file."""

    file_id: int
    turn: int

    def renew(self, now: Callable[[], datetime]) -> None:
        """Say that we are still at it."""
        self._ours().update(claimed_until=now() + LEASE)

    def locked_file(self) -> ReceivedFile:
        """Return the file, locked until the transaction at hand ends; raises ClaimLost."""
        file = self._ours().select_for_update(of=("self",)).select_related("partner", "layout").first()
        if file is None:
            raise ClaimLost
        return file

    def postpone(self, *, error: str, now: datetime) -> None:
        """Give the file back: it is tried again after a while, the longer the oftener it failed."""
        self._ours().update(claimed_until=now + wait_after(self.turn), last_error=error[:400])

    def _ours(self) -> QuerySet[ReceivedFile, ReceivedFile]:
        return ReceivedFile.objects.filter(pk=self.file_id, attempts=self.turn)


def claim(file_id: int, *, now: datetime) -> Claim | None:
    """Claim a file that waits to be read; None when it does not, or while somebody else has it."""
    with transaction.atomic():
        waiting = unclaimed(now=now).filter(pk=file_id).select_for_update(skip_locked=True)
        file = waiting.first()
        if file is None:
            return None
        ReceivedFile.objects.filter(pk=file_id).update(claimed_until=now + LEASE, attempts=F("attempts") + 1)
    return Claim(file_id, file.attempts + 1)


def unclaimed(*, now: datetime) -> QuerySet[ReceivedFile, ReceivedFile]:
    """Return the files that wait to be read, or to be passed on, and that nobody has in hand."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return ReceivedFile.objects.filter(TO_READ).filter(free)
