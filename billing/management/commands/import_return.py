"""`manage.py import_return`: takes a return file in, settles it in the foreground, and prints what came of it."""

import json
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rich.console import Console
from rich.table import Table

from billing import debit_summary
from billing.flows import settle_return
from billing.kinds import RETURNS
from billing.management.working import drawn, watched
from billing.models import DebitBatch, DebitReturn
from billing.states import BATCH_AWAITS, DebitWay, ReturnState
from unipay import clock
from unipay.errors import Refusal
from unipay.exchange.flows import check, receive
from unipay.exchange.models import FileOrigin, ReceivedFile, ReceivedState
from unipay.money import format_yuan
from unipay.partners.models import Partner

_TITLES = {
    "lines": pgettext_lazy("file", "lines"),
    "settled": _("settled"),
    "failed": _("failed"),
    "repeated": _("repeated"),
    "left_to_people": _("left to people"),
}
_PIECE = 4 * 1024 * 1024
_LOOK_SECONDS = 0.5
_TRIES = 120


class Command(BaseCommand):
    """Keeps the file, checks it, settles its lines; the same file again is refused."""

    help = "Take in a bank's return file and settle it, in the foreground."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what the command takes."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--bank", metavar="CODE", help="if not said: the one bank that owes an answer")
        parser.add_argument("--kind", choices=[way.lower() for way in DebitWay], help="likewise")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the file in and settle it."""
        bank, way = _answered(options["bank"], (options["kind"] or "").upper())
        file = _keep(options["file"], bank, way)
        watched(partial(_work, file.pk), partial(_progress, file.pk), Console(stderr=True, highlight=False))
        returned = DebitReturn.objects.select_related("file", "bank", "batch").filter(file=file).first()
        if returned is None:
            file = ReceivedFile.objects.get(pk=file.pk)
            raise CommandError(f"{file.file_no}: {file.state}: {file.refusal or file.last_error}")
        told = debit_summary.of_return(returned)
        as_json = json.dumps(told, ensure_ascii=False, indent=2)
        self.stdout.write(as_json if options["json"] else drawn(_table(told)))


def _answered(code: str | None, way: str) -> tuple[Partner, str]:
    """The bank and the way the file must be about: said, or the only one that owes an answer."""
    waiting = DebitBatch.objects.filter(state__in=BATCH_AWAITS)
    if code:
        waiting = waiting.filter(run__arrangement__bank__code=code)
    if way:
        waiting = waiting.filter(run__arrangement__way=way)
    owing = set(waiting.values_list("run__arrangement__bank__code", "run__arrangement__way"))
    if code and way:
        owing = {(code, way)}
    if len(owing) != 1:
        raise CommandError("Say --bank and --kind: not just one bank owes an answer.")
    ((code, way),) = owing
    bank = Partner.objects.filter(code=code).first()
    if bank is None:
        raise CommandError(f"{code} is no bank we know.")
    return bank, way


def _keep(path: Path, bank: Partner, way: str) -> ReceivedFile:
    try:
        return receive.keep(
            partner=bank,
            kind=RETURNS[way],
            name=path.name,
            chunks=_pieces(path),
            origin=FileOrigin.COMMAND,
            now=clock.now(),
        )
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except Refusal as refusal:
        raise CommandError(f"{refusal.reason.title} {refusal.detail}".strip()) from refusal


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece


def _work(file_id: int) -> None:
    """Read the file here, or wait for the worker that took it; settle what others left of it."""
    waiting = threading.Event()
    for _try in range(_TRIES):
        file = check.check(file_id, now=clock.now)
        unread = file.state in (ReceivedState.RECEIVED, ReceivedState.ACCEPTED) and not file.handled_at
        if not unread or file.last_error:
            break
        waiting.wait(_LOOK_SECONDS)
    for _try in range(_TRIES):
        returned = DebitReturn.objects.filter(file_id=file_id, state=ReturnState.OPEN).first()
        if returned is None or not returned.lines.filter(effect="").exists():
            break
        settle_return.settle(returned.return_no, now=clock.now)
        waiting.wait(_LOOK_SECONDS)


def _progress(file_id: int) -> dict[str, Any]:
    returned = DebitReturn.objects.filter(file_id=file_id).first()
    if returned is None:
        return {"description": str(_("reading"))}
    counts = (returned.settled_count, returned.failed_count, returned.repeated_count, returned.odd_count)
    return {
        "description": str(_("settling")),
        "total": returned.line_count,
        "completed": min(sum(counts), returned.line_count),
    }


def _table(told: Mapping[str, Any]) -> Table:
    state = str(ReturnState(told["state"]).label)
    table = Table(
        title=f"{told['return_no']}  {told['bank']} {told['batch_no']}: {state}", title_justify="left"
    )
    table.add_column("")
    table.add_column("", justify="right")
    for name, title in _TITLES.items():
        table.add_row(str(title), f"{told[name]:,}")
    table.add_row(str(_("settled (yuan)")), format_yuan(told["settled_fen"]))
    return table
