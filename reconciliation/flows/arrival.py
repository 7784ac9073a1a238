"""What happens when a book's file was accepted: a run is opened for it (domain.md B, steps 1 and 3).

A file for a day that has a run already is the corrected file of that day: it takes the place of the one before. An
increment that a later full list covers is kept, but decides nothing.
"""

from datetime import date, datetime, timedelta

import structlog
from django.db import connection, transaction

from reconciliation.flows import advance, overtaking
from reconciliation.kinds import BANK_FULL, BANK_INCREMENT, PROVINCE_FULL, PROVINCE_INCREMENT
from reconciliation.models import Run
from reconciliation.states import Period, Side
from unipay import check_digit, clock
from unipay.exchange.models import ReceivedFile
from unipay.exchange.reading import Reading

log = structlog.get_logger(__name__)

_COMPARES = {
    BANK_INCREMENT: (Side.BANK, Period.INCREMENT),
    BANK_FULL: (Side.BANK, Period.FULL),
    PROVINCE_INCREMENT: (Side.PROVINCE, Period.INCREMENT),
    PROVINCE_FULL: (Side.PROVINCE, Period.FULL),
}
_NAMESPACE = 40  # keeps these advisory locks apart from those of other subjects


def file_accepted(file: ReceivedFile, reading: Reading, now: datetime) -> None:
    """Open the file's run and take it as far as it goes while its lines are at hand; harmless when repeated."""
    run = open_run(file, now=now)
    try:
        advance.advance(run.run_no, now=clock.now, reading=reading)
    except Exception:
        # The file did its part; the run shows what went wrong, and is taken up again from there.
        log.exception("run_not_advanced", run_no=run.run_no)


@transaction.atomic
def open_run(file: ReceivedFile, *, now: datetime) -> Run:
    """Return the run of an accepted file, opened now if it is new."""
    side, period = _COMPARES[file.kind]
    _lock_book(file.partner_id, file.kind)
    known = Run.objects.filter(file=file).first()
    if known is not None:
        return known
    day = file.business_date or clock.business_date(now) - timedelta(days=1)
    book = {"partner_id": file.partner_id, "side": side, "period": period, "business_date": day}
    before = Run.objects.select_for_update().filter(**book, is_current=True).first()
    if before is not None:
        overtaking.by_corrected_file(before, file_no=file.file_no, now=now)
    run = Run.objects.create(
        run_no=check_digit.new_number("R"),
        **book,
        cut_off_at=_cut_off(file, day),
        file=file,
        replaces=before,
        opened_at=now,
    )
    if before is not None:
        overtaking.take_over(before, by=run)
    overtaking.by_earlier_full(run, now=now)
    return run


def _cut_off(file: ReceivedFile, day: date) -> datetime:
    """No file knows what happened after it came, whatever it says of itself."""
    return min(file.cut_off_at or clock.business_day_start(day + timedelta(days=1)), file.received_at)


def _lock_book(partner_id: int, kind: str) -> None:
    """Two files of one book are taken in one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_NAMESPACE, f"{partner_id}:{kind}"])
