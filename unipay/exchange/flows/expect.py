"""What happens when a file must come, comes, comes late, does not come, or need not come (domain.md B, [ours])."""

from datetime import date, datetime, timedelta

from django.db import transaction

from unipay import clock
from unipay.errors import Refusal
from unipay.exchange import errors
from unipay.exchange.alarms import sound
from unipay.exchange.due_dates import business_dates, due_at
from unipay.exchange.models import (
    ExpectedFile,
    ExpectedState,
    FileExpectation,
    ReceivedFile,
    ReceivedState,
)

AHEAD = timedelta(days=35)
"""How far ahead it is written down what must come: longer than a month."""

BEHIND = timedelta(days=7)
"""How far back it is still written down, where nobody looked for a while."""

_OPEN = (ExpectedState.EXPECTED, ExpectedState.MISSING, ExpectedState.UNDECLARED)


def make_ahead(*, now: datetime) -> int:
    """Write down what must come in the next weeks; return how many rows are new. Harmless when repeated."""
    today = clock.business_date(now)
    known = ExpectedFile.objects.filter(business_date__gte=today - BEHIND)
    before = known.count()
    for expectation in FileExpectation.objects.select_related("partner"):
        _write_down(expectation, today=today, now=now)
    return known.count() - before


@transaction.atomic
def _write_down(expectation: FileExpectation, *, today: date, now: datetime) -> None:
    wanted: dict[date, datetime] = {}
    if expectation.is_active:
        days = business_dates(expectation, first=today - BEHIND, last=today + AHEAD)
        wanted = {day: due_at(expectation, day) for day in days}
    key = {"partner": expectation.partner, "kind": expectation.kind}
    waiting = ExpectedFile.objects.filter(**key, state=ExpectedState.EXPECTED)
    # What nobody waits for any more goes; what is past due stays, so that nothing is overlooked by an edit.
    waiting.filter(due_at__gt=now).exclude(business_date__in=wanted).delete()
    for row in waiting.filter(business_date__in=wanted).select_for_update():
        if row.due_at != wanted[row.business_date]:
            ExpectedFile.objects.filter(pk=row.pk).update(due_at=wanted[row.business_date])
    known = set(
        ExpectedFile.objects.filter(**key, business_date__in=wanted).values_list("business_date", flat=True)
    )
    new = [ExpectedFile(**key, business_date=day, due_at=wanted[day]) for day in wanted if day not in known]
    ExpectedFile.objects.bulk_create(new, ignore_conflicts=True)


def miss_overdue(*, now: datetime) -> int:
    """Raise the alarm for every file whose time is over; return how many are missing since now."""
    overdue = ExpectedFile.objects.filter(state=ExpectedState.EXPECTED, due_at__lte=now)
    return sum(_miss(pk, now=now) for pk in overdue.order_by("due_at").values_list("pk", flat=True))


@transaction.atomic
def _miss(expected_id: int, *, now: datetime) -> bool:
    expected = (
        ExpectedFile.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("partner")
        .filter(pk=expected_id, state=ExpectedState.EXPECTED)
        .first()
    )
    if expected is None:
        return False
    came = _accepted_file(expected)
    if came is not None:  # accepted before the row was written
        _settle(expected, came)
        return False
    expected.miss(now=now)
    expected.save(update_fields=["state", "alarmed_at"])
    _sound("file_missing", expected)
    return True


def arrived(file: ReceivedFile) -> None:
    """The file was accepted: whoever waited for it waits no longer. Runs in the transaction that accepts it."""
    expected = _locked(file)
    if expected is not None:
        _settle(expected, file)


def arrived_empty(file: ReceivedFile, *, now: datetime) -> None:
    """A file without a line came, and nobody said that it would be empty: an alarm. Runs in its transaction."""
    expected = _locked(file)
    if expected is None or expected.state == ExpectedState.UNDECLARED:
        return
    expected.arrive_empty(file_id=file.pk, now=now)
    expected.save(update_fields=["state", "file", "alarmed_at"])
    _sound("file_empty_undeclared", expected, file_no=file.file_no)


@transaction.atomic
def waive(expected: ExpectedFile, *, by_id: int, remark: str) -> ExpectedFile:
    """People say that the file need not come; raises Refusal when it has, and without a remark."""
    if not remark.strip():
        raise Refusal(errors.REMARK_MISSING)
    current = ExpectedFile.objects.select_for_update().get(pk=expected.pk)
    if current.state not in (ExpectedState.EXPECTED, ExpectedState.MISSING):
        raise Refusal(errors.EXPECTATION_SETTLED)
    current.waive(by_id=by_id, remark=remark.strip())
    current.save(update_fields=["state", "waived_by", "remark"])
    return current


def _locked(file: ReceivedFile) -> ExpectedFile | None:
    if file.business_date is None:
        return None
    return (
        ExpectedFile.objects.select_for_update(of=("self",))
        .select_related("partner")
        .filter(partner=file.partner_id, kind=file.kind, business_date=file.business_date, state__in=_OPEN)
        .first()
    )


def _accepted_file(expected: ExpectedFile) -> ReceivedFile | None:
    key = {
        "partner": expected.partner_id,
        "kind": expected.kind,
        "business_date": expected.business_date,
        "state": ReceivedState.ACCEPTED,
    }
    return ReceivedFile.objects.filter(**key).order_by("received_at").first()


def _settle(expected: ExpectedFile, file: ReceivedFile) -> None:
    if file.received_at <= expected.due_at:
        expected.arrive(file_id=file.pk)
    else:
        expected.arrive_late(file_id=file.pk)
    expected.save(update_fields=["state", "file"])


def _sound(alarm: str, expected: ExpectedFile, **told: str) -> None:
    sound(
        alarm,
        partner=expected.partner.code,
        kind=expected.kind,
        business_date=str(expected.business_date),
        due_at=str(expected.due_at),
        **told,
    )
