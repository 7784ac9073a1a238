"""What crashes leave in the vault: contents no row speaks of, because the row was never committed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import structlog
from django.conf import settings

from unipay.exchange import vault
from unipay.exchange.models import ReceivedFile, SentFile, Upload, UploadState

SPARED = timedelta(hours=48)
"""Younger ones may yet get their row; no file is written or put together for that long."""

_AT_ONCE = 500
_OURS = ("F-", "U-")
_FAULTS = "-FAULTS"

log = structlog.get_logger(__name__)


def remove(*, now: datetime) -> int:
    """Remove contents that are old enough and unknown, and abandoned temporaries; return how many."""
    removed = vault.sweep()
    numbers = _old_numbers(now - SPARED)
    while some := list(islice(numbers, _AT_ONCE)):
        known = _known(some)
        for number in some:
            if _owner(number) not in known:
                vault.remove(number)
                log.warning("leftover_removed", number=number)
                removed += 1
    return removed


def _old_numbers(before: datetime) -> Iterator[str]:
    for path in (Path(settings.UNIPAY_FILES_DIR) / "vault").glob("*/*"):
        if path.name.startswith(_OURS) and path.stat().st_mtime < before.timestamp():
            yield path.name


def _known(numbers: list[str]) -> set[str]:
    owners = {_owner(number) for number in numbers}
    known = set(ReceivedFile.objects.filter(file_no__in=owners).values_list("file_no", flat=True))
    known |= set(SentFile.objects.filter(file_no__in=owners).values_list("file_no", flat=True))
    going_on = Upload.objects.filter(upload_no__in=owners, state=UploadState.OPEN)
    return known | set(going_on.values_list("upload_no", flat=True))


def _owner(number: str) -> str:
    """Return the number a row would have: of the file of a fault list, of the upload of a piece."""
    if number.endswith(_FAULTS):
        return number.removesuffix(_FAULTS)
    return number.rsplit("-", 2)[0] if number.startswith("U-") else number
