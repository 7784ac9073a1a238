"""What happens when we look into a partner's directory: what is whole and new is taken in, and nothing is taken away.

A file is whole once its control file lies beside it, or once its size stood still; its name is taken once.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

import structlog
from django.db import transaction

from unipay.errors import Refusal
from unipay.exchange import errors
from unipay.exchange.alarms import sound
from unipay.exchange.directories import Found, Place, control_file_of, open_place
from unipay.exchange.flows import receive
from unipay.exchange.flows.receive import Arrival
from unipay.exchange.leases import LEASE, renewed
from unipay.exchange.models import Directory, DirectoryUse, FileOrigin, SeenInDirectory
from unipay.logging import mask_text

Clock = Callable[[], datetime]

PAUSE = timedelta(seconds=30)
"""How long a directory is left in peace between two looks."""

_CHUNK = 1024 * 1024
_MOST_CONTROL_BYTES = 4096
_DIGEST = re.compile(r"\b[0-9A-Fa-f]{64}\b")

log = structlog.get_logger(__name__)


def look(directory_id: int, *, now: Clock) -> int:
    """Look into a directory and take in what is whole; return how many files came.

    Does nothing while another worker looks. Raises nothing: trouble stands on the directory's row, and an alarm sounds.
    """
    directory = _claim(directory_id, now())
    if directory is None:
        return 0
    taken, trouble = 0, ""
    try:
        with renewed(lambda: _hold(directory_id, now())), open_place(directory) as place:
            known = {seen.name: seen for seen in directory.seen.all()}
            for found in list(place.files()):
                if fnmatchcase(found.name, directory.pattern):
                    seen = known.get(found.name) or SeenInDirectory(directory=directory, name=found.name)
                    taken += _see_to(place, _noted(seen, found, now()), now)
    except Exception as error:
        trouble = _worded(error)
        sound("directory_failed", partner=directory.partner.code, address=directory.address, error=trouble)
    Directory.objects.filter(pk=directory.pk).update(last_looked_at=now(), last_error=trouble)
    return taken


def due(*, now: datetime) -> list[int]:
    """Return the directories it is time to look into."""
    active = Directory.objects.filter(use=DirectoryUse.PICK_UP, is_active=True)
    return list(active.exclude(last_looked_at__gt=now - PAUSE).values_list("pk", flat=True))


@transaction.atomic
def _claim(directory_id: int, now: datetime) -> Directory | None:
    """Hold the directory by a look that lies ahead: whoever dies here is followed once that is over."""
    waiting = Directory.objects.filter(pk=directory_id, use=DirectoryUse.PICK_UP, is_active=True)
    free = waiting.exclude(last_looked_at__gt=now - PAUSE).select_related("partner")
    directory = free.select_for_update(of=("self",), skip_locked=True).first()
    if directory is not None:
        Directory.objects.filter(pk=directory_id).update(last_looked_at=now + LEASE)
    return directory


def _hold(directory_id: int, now: datetime) -> None:
    Directory.objects.filter(pk=directory_id).update(last_looked_at=now + LEASE)


def _noted(seen: SeenInDirectory, found: Found, now: datetime) -> SeenInDirectory:
    """Return the sighting: a file that grew or was laid anew stands still since now; one that was taken stays taken."""
    if seen.pk and seen.size == found.size:
        return seen
    seen.first_seen_at = seen.first_seen_at or now
    seen.size, seen.stands_still_since, seen.refused = found.size, now, ""
    if seen.file_id is not None:
        seen.refused = str(errors.NAME_TAKEN.title)
        directory = seen.directory
        sound("file_name_taken", partner=directory.partner.code, name=seen.name, address=directory.address)
    seen.save()
    return seen


def _see_to(place: Place, seen: SeenInDirectory, now: Clock) -> bool:
    """Take in what is whole; true when it came in now."""
    if seen.file_id is not None or seen.refused:
        return False
    stands_still = now() - seen.stands_still_since >= timedelta(seconds=seen.directory.settle_seconds)
    if not (stands_still or place.has(control_file_of(seen.name))):
        return False
    return _take_in(seen.directory, place, seen, now)


def _take_in(directory: Directory, place: Place, seen: SeenInDirectory, now: Clock) -> bool:
    try:
        arrival = Arrival(
            partner=directory.partner,
            name=seen.name,
            origin=FileOrigin.DIRECTORY,
            kind=directory.kind,
            digest=_announced_digest(place, seen.name),
            size=seen.size,
        )
        seen.file = receive.take_in(arrival, _chunks(place, seen.name), now=now())
    except Refusal as refusal:
        seen.refused = f"{refusal.reason.title} {refusal.detail}".strip()[:400]
        sound("file_not_taken", partner=directory.partner.code, name=seen.name, code=refusal.reason.code)
    seen.save(update_fields=["file", "refused"])
    return seen.file_id is not None


def _announced_digest(place: Place, name: str) -> str:
    """Return the SHA-256 the control file gives ("digest  name", as sha256sum writes it); empty without one."""
    if not place.has(control_file_of(name)):
        return ""
    with place.open_(control_file_of(name)) as control:
        told = _DIGEST.search(control.read(_MOST_CONTROL_BYTES).decode("latin-1"))
    if told is None:
        raise Refusal(errors.CONTROL_FILE_UNREADABLE)
    return told.group().lower()


def _chunks(place: Place, name: str) -> Iterator[bytes]:
    with place.open_(name) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _worded(error: Exception) -> str:
    detail = error.detail or error.reason.title if isinstance(error, Refusal) else error
    return mask_text(f"{type(error).__name__}: {detail}")[:400]
