"""A run's files: each batch with its request file and how far that is, and the return files that came."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.admin.columns import BATCH_COLOURS, RETURN_COLOURS
from billing.admin.sheet import NOTHING, Table, link, moment, money
from billing.kinds import RETURNS
from billing.models import DebitBatch, DebitReturn, DebitRun
from billing.states import BATCH_AWAITS, RUN_OVER
from unipay.backoffice.provinces import visible_provinces
from unipay.backoffice.subscriber import Cell
from unipay.exchange.models import Route, SentState

MOST_FILES = 40


def upload_address(run: DebitRun) -> str:
    """Return the address of the upload page with bank, kind and day of the return file chosen."""
    chosen = urlencode(
        {
            "partner": run.arrangement.bank_id,
            "kind": RETURNS[run.arrangement.way],
            "business_date": run.debit_date.isoformat(),
        }
    )
    return f"{reverse('admin:exchange_receivedfile_upload')}?{chosen}"


def batches(run: DebitRun, person: Any, now: datetime) -> Table:
    """Return the run's request files with their journey, and with what each holds for who may see every province."""
    found = run.batches.select_related("sent_file").order_by("sequence", "id")[:MOST_FILES]
    is_all = visible_provinces(person) is None
    return Table(
        _("request files"),
        (
            _("batch"),
            _("request file"),
            _("how far"),
            _("what to do"),
            _("answer due"),
            pgettext("file", "lines"),
            pgettext("money", "asked for"),
        ),
        [
            [
                Cell(each.batch_no, _("file %(sequence)d") % {"sequence": each.sequence}),
                link(each.sent_file, person, each.sent_file.name if each.sent_file else ""),
                Cell(each.get_state_display(), each.remark or _journey(each), BATCH_COLOURS[each.state]),
                _to_do(each, run, person),
                Cell(moment(each.answer_due_at), _late(each, now)),
                Cell(f"{each.item_count:,}") if is_all else Cell(NOTHING),
                money(each.asked_fen if is_all else None),
            ]
            for each in found
        ],
        _("No request file was written.")
        if run.state in RUN_OVER
        else _("No request file is written yet: they are, once the run may leave."),
        right=frozenset({5, 6}),
    )


def returns(run: DebitRun, person: Any) -> Table:
    """Return the return files that answered the run's batches."""
    found = DebitReturn.objects.filter(batch__run=run).select_related("file", "failure_file").order_by("-id")
    is_all = visible_provinces(person) is None
    return Table(
        _("return files"),
        (
            _("return file"),
            _("how far"),
            _("failure file"),
            pgettext("time", "received"),
            pgettext("file", "lines"),
            _("failed"),
            _("settled amount"),
        ),
        [
            [
                link(each, person, each.file.name, below=each.return_no),
                Cell(each.get_state_display(), colour=RETURN_COLOURS[each.state]),
                link(each.failure_file, person, each.failure_file.name if each.failure_file else ""),
                Cell(moment(each.received_at)),
                Cell(f"{each.line_count:,}") if is_all else Cell(NOTHING),
                Cell(f"{each.failed_count:,}") if is_all else Cell(NOTHING),
                money(each.settled_fen if is_all else None),
            ]
            for each in found[:MOST_FILES]
        ],
        _("No return file came yet."),
        right=frozenset({4, 5, 6}),
    )


def _journey(batch: DebitBatch) -> str:
    file = batch.sent_file
    if file is None:
        return ""
    at = file.settled_at or file.delivered_at or file.written_at
    return f"{file.get_route_display()} · {file.get_state_display()} · {moment(at)}"


def _to_do(batch: DebitBatch, run: DebitRun, person: Any) -> Cell:
    """By hand (domain.md C5): staff fetch the request file, and bring the return file."""
    file = batch.sent_file
    if file is None or batch.state not in BATCH_AWAITS:
        return Cell(NOTHING)
    is_by_hand = file.route == Route.HAND
    if is_by_hand and file.state == SentState.READY and person.has_perm("exchange.download_sentfile"):
        address = reverse("admin:exchange_sentfile_download", args=[file.pk])
        return Cell(_("download the request file"), _("and hand it to the bank"), address=address)
    if person.has_perm("exchange.upload_receivedfile"):
        return Cell(_("upload the return file"), address=upload_address(run))
    return Cell(NOTHING)


def _late(batch: DebitBatch, now: datetime) -> str:
    is_late = batch.state in BATCH_AWAITS and batch.answer_due_at < now
    return _("overdue") if is_late else ""
