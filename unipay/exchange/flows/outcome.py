"""How the reading of a file ends, each in one transaction that first makes sure the file is still ours to settle."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from unipay.errors import Reason
from unipay.exchange import fault_list
from unipay.exchange.alarms import sound
from unipay.exchange.claims import Claim
from unipay.exchange.copying import copy_rows
from unipay.exchange.flows import expect
from unipay.exchange.models import FileFault, FileLayout, ReceivedFile
from unipay.exchange.reading import Reading
from unipay.exchange.verdict import Course, Lines, Verdict, counts_its_lines, judge


@dataclass(frozen=True)
class Found:
    """What a reading found: by which layout, for which business date, and the reading itself."""

    layout: FileLayout
    business_date: date
    reading: Reading


@transaction.atomic
def settle(claim: Claim, found: Found, *, now: datetime) -> ReceivedFile:
    """Write down what was found, and accept the file, refuse it or put it before people; return it."""
    file, reading = claim.locked_file(), found.reading
    _note(file, found)
    _keep_faults(file, reading)
    verdict = judge(
        Lines(reading.line_count, reading.faulty_count),
        on_fault=found.layout.on_fault,
        is_declared_empty=file.is_declared_empty,
        counted=counts_its_lines(reading.header, reading.trailer),
    )
    _follow(file, verdict, now=now)
    file.save()
    return file


@transaction.atomic
def empty_undeclared(claim: Claim, layout: FileLayout, *, now: datetime) -> None:
    """The file holds no byte, and nobody said so: people decide, and operations hear of it."""
    file = claim.locked_file()
    file.layout = layout
    file.line_count = file.accepted_count = file.faulty_count = 0
    _follow(file, Verdict(Course.ASK, is_undeclared=True), now=now)
    file.save()


def refuse_for(claim: Claim, reason: Reason, *, now: datetime) -> None:
    """None of the file counts, for a catalogued reason."""
    refuse(claim, code=reason.code, why=str(reason.title), now=now)


@transaction.atomic
def refuse(claim: Claim, *, code: str, why: str, now: datetime) -> None:
    """None of the file counts."""
    file = claim.locked_file()
    file.refuse(code=code, why=why, now=now)
    file.checked_at, file.claimed_until, file.last_error = now, None, ""
    file.save()


@transaction.atomic
def quarantine(claim: Claim, *, code: str, why: str, now: datetime) -> None:
    """It could not be opened: kept apart, and operations hear of it."""
    file = claim.locked_file()
    file.quarantine(code=code, why=why, now=now)
    file.claimed_until, file.last_error = None, ""
    file.save()
    sound("file_quarantined", partner=file.partner.code, file_no=file.file_no, code=code)


@transaction.atomic
def passed_on(claim: Claim, *, now: datetime) -> None:
    """Whoever waits for files of this kind has taken it in."""
    file = claim.locked_file()
    file.handled_at, file.claimed_until, file.last_error = now, None, ""
    file.save(update_fields=["handled_at", "claimed_until", "last_error"])


def _note(file: ReceivedFile, found: Found) -> None:
    reading = found.reading
    file.layout, file.business_date = found.layout, found.business_date
    file.header, file.trailer = _plain(reading.header), _plain(reading.trailer)
    file.cut_off_at = _moment(reading.header.get("cut_off_at")) or file.cut_off_at
    file.line_count, file.accepted_count = reading.line_count, reading.accepted_count
    file.faulty_count, file.last_error = reading.faulty_count, ""


def _follow(file: ReceivedFile, verdict: Verdict, *, now: datetime) -> None:
    file.checked_at = now
    if verdict.course == Course.ACCEPT:
        file.accept(now=now)
        expect.arrived(file)
        return  # still claimed: it is passed on next
    file.claimed_until = None
    if verdict.reason is not None:
        file.refuse(code=verdict.reason.code, why=str(verdict.reason.title), now=now)
        return
    file.check_out(now=now)
    if verdict.is_undeclared:
        expect.arrived_empty(file, now=now)


def _keep_faults(file: ReceivedFile, reading: Reading) -> None:
    FileFault.objects.filter(file=file).delete()
    rows = (
        (file.pk, line_no, (column or "")[:64], code[:32], (excerpt or "")[:120])
        for line_no, column, code, excerpt in fault_list.first_faults(reading)
    )
    copy_rows(FileFault._meta.db_table, ("file_id", "line_no", "column", "code", "excerpt"), rows)


def _plain(section: dict[str, Any]) -> dict[str, Any]:
    """Return what header or trailer say, as JSON can hold it."""
    kept = (str, int, bool, type(None))
    return {name: value if isinstance(value, kept) else _written(value) for name, value in section.items()}


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str) and value:
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return timezone.make_aware(value) if value.tzinfo is None else value
