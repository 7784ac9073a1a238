"""Questions about files: which layout reads or writes one, what lies in it, what was wrong with it."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import F, Min, Q, QuerySet

from unipay.exchange import vault
from unipay.exchange.models import (
    Directory,
    DirectoryUse,
    ExpectedFile,
    ExpectedState,
    FileLayout,
    LayoutState,
    ReceivedFile,
    ReceivedState,
    SentFile,
)
from unipay.partners.models import Partner

_CHUNK = 1024 * 1024


def layout_for(kind: str, partner: Partner, on: date) -> FileLayout | None:
    """Return the layout in force for the partner's files of this kind on the date: its own, else our neutral one."""
    in_force = layouts_known_to(partner).filter(kind=kind, effective_from__lte=on)
    return in_force.order_by(F("partner").asc(nulls_last=True), "-effective_from").first()


def layouts_known_to(partner: Partner) -> QuerySet[FileLayout, FileLayout]:
    """Return the published layouts for files of the partner, its own and the neutral ones."""
    return FileLayout.objects.filter(Q(partner=partner) | Q(partner=None), state=LayoutState.PUBLISHED)


def received_by(partner: Partner) -> QuerySet[ReceivedFile, ReceivedFile]:
    """Return the files the partner sent us."""
    return ReceivedFile.objects.filter(partner=partner)


def sent_to(partner: Partner) -> QuerySet[SentFile, SentFile]:
    """Return our files for the partner."""
    return SentFile.objects.filter(partner=partner)


def delivery_directory(partner: Partner, kind: str) -> Directory | None:
    """Return where files of this kind are laid for the partner; one for just this kind goes first."""
    active = Directory.objects.filter(partner=partner, use=DirectoryUse.DELIVER, is_active=True)
    return active.filter(kind__in=[kind, ""]).order_by("-kind", "id").first()


def missing_count() -> int:
    """Return how many files are missing: their time is over, and nobody waived them."""
    return ExpectedFile.objects.filter(state=ExpectedState.MISSING).count()


def unread_seconds(now: datetime) -> float:
    """Return how long the oldest file has waited to be read or to be passed on; 0 when none does."""
    waiting = ReceivedFile.objects.filter(
        Q(state=ReceivedState.RECEIVED) | Q(state=ReceivedState.ACCEPTED, handled_at=None)
    )
    oldest = waiting.aggregate(Min("received_at"))["received_at__min"]
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def content(file_no: str) -> Iterator[bytes]:
    """Yield the content of a kept file, as it came or as it was written; raises vault.Missing and vault.Altered."""
    with vault.open_(file_no) as kept:
        while chunk := kept.read(_CHUNK):
            yield chunk


def fault_list(file: ReceivedFile) -> Iterator[bytes]:
    """Yield every fault of a file as CSV in UTF-8 (line, column, fault, reason, what stood there masked).

    Raises vault.Missing where the file was not read, or has no fault.
    """
    return content(fault_list_no(file))


def fault_list_no(file: ReceivedFile) -> str:
    """Return the number under which the vault keeps the file's fault list."""
    return f"{file.file_no}-FAULTS"
