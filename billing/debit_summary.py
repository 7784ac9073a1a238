"""What a debit run, a what-if and a return come to, for programs and for people."""

from datetime import date
from typing import Any

from django.db.models import Count, Sum

from billing import early_run
from billing.flows.select_bills import WhatIf
from billing.models import DebitBatch, DebitExclusion, DebitItem, DebitReturn, DebitRun

Told = dict[str, Any]


def of_run(run: DebitRun) -> Told:
    """What the run asks for, left out, and what became of it so far; amounts in fen."""
    items = DebitItem.objects.filter(run=run).values_list("state")
    left_out = DebitExclusion.objects.filter(run=run).values_list("reason")
    batches = DebitBatch.objects.filter(run=run).select_related("sent_file").order_by("pk")
    return {
        "run_no": run.run_no,
        "bank": run.arrangement.bank.code,
        "kind": run.arrangement.way.lower(),
        "date": f"{run.debit_date}",
        "state": run.state,
        "is_stopped": run.is_stopped,
        "items": run.item_count,
        "bills": run.bill_count,
        "asked_fen": run.asked_fen,
        "left_out": run.excluded_count,
        "left_out_fen": run.excluded_fen,
        "excluded": {
            reason: {"bills": bills, "fen": fen}
            for reason, bills, fen in left_out.annotate(Count("pk"), Sum("open_fen")).order_by("reason")
        },
        "items_by_state": {
            state: {"items": count, "asked_fen": asked, "debited_fen": debited}
            for state, count, asked, debited in items.annotate(
                Count("pk"), Sum("asked_fen"), Sum("debited_fen")
            ).order_by("state")
        },
        "files": [_batch(batch) for batch in batches],
        "last_error": run.last_error,
    }


def of_what_if(found: WhatIf, *, today: date) -> Told:
    """What a run would ask for and leave out, and what to know before it is opened; amounts in fen."""
    return {
        "bank": found.arrangement.bank.code,
        "kind": found.arrangement.way.lower(),
        "date": f"{found.debit_date}",
        "items": found.item_count,
        "bills": found.bill_count,
        "asked_fen": found.asked_fen,
        "files": found.file_count,
        "left_out": found.excluded_count,
        "left_out_fen": found.excluded_fen,
        "excluded": {part.name: {"bills": part.count, "fen": part.amount_fen} for part in found.excluded},
        "provinces": {part.name: {"items": part.count, "fen": part.amount_fen} for part in found.provinces},
        "warnings": early_run.if_opened(early_run.of_what_if(found, today=today)),
    }


def of_return(returned: DebitReturn) -> Told:
    """What the lines of a return did; amounts in fen."""
    return {
        "return_no": returned.return_no,
        "file_no": returned.file.file_no,
        "bank": returned.bank.code,
        "batch_no": returned.batch.batch_no if returned.batch else "",
        "state": returned.state,
        "lines": returned.line_count,
        "settled": returned.settled_count,
        "settled_fen": returned.settled_fen,
        "failed": returned.failed_count,
        "repeated": returned.repeated_count,
        "left_to_people": returned.odd_count,
        "last_error": returned.last_error,
    }


def _batch(batch: DebitBatch) -> Told:
    return {
        "batch_no": batch.batch_no,
        "state": batch.state,
        "file": batch.sent_file.name if batch.sent_file else "",
        "items": batch.item_count,
        "asked_fen": batch.asked_fen,
    }
