"""What happens when a bank's return file was accepted (domain.md C3, C4): its lines are kept, the batch it answers is
found, and they are settled. What answers no batch of ours that awaits an answer settles nothing: people look.
"""

from datetime import datetime

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from billing import return_lines
from billing.flows import settle_return
from billing.kinds import way_of
from billing.models import DebitBatch, DebitReturn
from billing.states import BATCH_AWAITS, BatchState
from signing.flows import manual_case
from signing.flows.manual_case import Evidence, Matter
from signing.states import CaseReason
from unipay import check_digit, clock
from unipay.exchange.models import ReceivedFile
from unipay.exchange.reading import Reading

log = structlog.get_logger(__name__)

ANSWERABLE = (*BATCH_AWAITS, BatchState.CLOSED)
"""A batch that is closed may be answered again: what was said before changes nothing, anything else is a case."""

_BY_ITEMS = """
    SELECT item.batch_id FROM billing_returnline line JOIN billing_debititem item ON item.item_no = line.item_no
    WHERE line.returned_id = %s AND item.batch_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""


def return_accepted(file: ReceivedFile, reading: Reading, now: datetime) -> None:
    """Keep the file's return and settle it as far as possible; harmless when repeated."""
    returned = keep(file, reading, now=now)
    try:
        settle_return.settle(returned.return_no, now=clock.now)
    except Exception:
        # The file did its part; the return shows what went wrong, and is taken up again from there.
        log.exception("return_not_settled", return_no=returned.return_no)


@transaction.atomic
def keep(file: ReceivedFile, reading: Reading, *, now: datetime) -> DebitReturn:
    """Return the file's return, kept now if it is new."""
    known = DebitReturn.objects.filter(file=file).first()
    if known is not None:
        return known
    returned = DebitReturn.objects.create(
        return_no=check_digit.new_number("DT"),
        file=file,
        bank=file.partner,
        line_count=reading.accepted_count,
        received_at=now,
    )
    return_lines.keep(reading, returned.pk)
    named = return_lines.batches_named(reading)
    batch = _batch_of(returned, named)
    if batch is None or not _note_arrival(batch):
        _leave_to_people(returned, named, batch, now)
    else:
        returned.batch = batch
    returned.save()
    return returned


def _batch_of(returned: DebitReturn, named: list[str]) -> DebitBatch | None:
    """The batch the lines name; where the bank names none, the one most of the items belong to."""
    batches = _batches(returned)
    if named:
        return batches.filter(batch_no=named[0]).first()
    if returned.line_count:
        with connection.cursor() as cursor:
            cursor.execute(_BY_ITEMS, [returned.pk])
            found = cursor.fetchone()
        return batches.filter(pk=found[0]).first() if found else None
    return _the_one_without_failures(returned)


def _the_one_without_failures(returned: DebitReturn) -> DebitBatch | None:
    """An empty file says that nothing failed, where banks name failures only and just one batch awaits that word."""
    silent = _batches(returned).filter(run__arrangement__answers_failures_only=True)
    day = returned.file.business_date
    if day:
        # A file of a day on which something was asked speaks of that; any other day is the one it came back on.
        of_day = silent.filter(run__debit_date=day)
        silent = of_day if of_day.exists() else silent.filter(run__debit_date__lte=day)
    waiting = list(silent.filter(state__in=BATCH_AWAITS)[:2])
    return waiting[0] if len(waiting) == 1 else None


def _batches(returned: DebitReturn) -> QuerySet[DebitBatch]:
    arrangement = {
        "run__arrangement__bank": returned.bank_id,
        "run__arrangement__way": way_of(returned.file.kind),
    }
    return DebitBatch.objects.filter(**arrangement).order_by("pk")


def _note_arrival(batch: DebitBatch) -> bool:
    """Note that an answer came; tells whether the batch may be answered, as it is once nobody else can change it."""
    current = DebitBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if current.state in (BatchState.WRITTEN, BatchState.DELIVERED):
        current.receive_return()
        current.save()
    return current.state in ANSWERABLE


def _leave_to_people(
    returned: DebitReturn, named: list[str], batch: DebitBatch | None, now: datetime
) -> None:
    facts = {
        "file_no": returned.file.file_no,
        "file": returned.file.name,
        "lines": returned.line_count,
        "batch_no": named[0] if named else "",
        "batch_state": batch.state if batch else "",
    }
    manual_case.open_case(
        cause=f"{CaseReason.DEBIT_RETURN}:{returned.return_no}",
        reason=CaseReason.DEBIT_RETURN,
        about=Matter(returned.subject),
        evidence=[Evidence(facts=facts, partner=returned.bank, request_no=returned.file.file_no)],
        now=now,
    )
    returned.batch = batch
    returned.leave_unmatched(now=now)
