"""`manage.py reconcile_contracts`: takes a file through every stage in the foreground and prints what came of it."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from reconciliation.kinds import BANK_FULL, BANK_INCREMENT, PROVINCE_FULL, PROVINCE_INCREMENT
from reconciliation.models import Run
from reconciliation.states import Difference, DiscrepancyState, RunState
from reconciliation.summary import summary, treated_count
from unipay import clock
from unipay.errors import Refusal
from unipay.exchange.flows import check, receive
from unipay.exchange.models import FileOrigin, ReceivedFile, ReceivedState
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

_KINDS = {
    (PartnerKind.BANK, "increment"): BANK_INCREMENT,
    (PartnerKind.BANK, "full"): BANK_FULL,
    (PartnerKind.PROVINCE, "increment"): PROVINCE_INCREMENT,
    (PartnerKind.PROVINCE, "full"): PROVINCE_FULL,
}
_TITLES = {
    "lines": pgettext_lazy("file", "lines"),
    "faulty_lines": _("faulty lines"),
    "contracts_there": _("contracts there"),
    "contracts_here": _("contracts here"),
    "even": _("even"),
    "discrepancies": _("discrepancies"),
}
_PIECE = 4 * 1024 * 1024
_LOOK_SECONDS = 0.5


class Command(BaseCommand):
    """Keeps the file, checks it, compares, corrects; the same file again is refused and shows its run."""

    help = "Reconcile a partner's contract file with our book, in the foreground."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what the command takes."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--partner", required=True, metavar="CODE")
        parser.add_argument("--kind", required=True, choices=["increment", "full"])
        parser.add_argument("--business-date", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the file in and through every stage."""
        console = Console(stderr=True, highlight=False)
        file = self._keep(options)
        run = _go_through(file, console)
        if run is None:
            file = ReceivedFile.objects.get(pk=file.pk)
            raise CommandError(f"{file.file_no}: {file.state}: {file.refusal or file.last_error}")
        told = summary(run)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            drawn = StringIO()
            Console(file=drawn, highlight=False, width=120).print(_table(told))
            self.stdout.write(drawn.getvalue())

    def _keep(self, options: dict[str, Any]) -> ReceivedFile:
        partner = Partner.objects.filter(code=options["partner"]).first()
        kind = _KINDS.get((PartnerKind(partner.kind), options["kind"])) if partner else None
        if partner is None or kind is None:
            raise CommandError(f"{options['partner']} is no bank or province we know.")
        try:
            return receive.keep(
                partner=partner,
                kind=kind,
                name=options["file"].name,
                chunks=_pieces(options["file"]),
                origin=FileOrigin.COMMAND,
                business_date=options["business_date"],
                now=clock.now(),
            )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except Refusal as refusal:
            raise CommandError(_refused(refusal)) from refusal


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece


def _refused(refusal: Refusal) -> str:
    """The reason, and where the same file came before, what came of it."""
    said = f"{refusal.reason.title} {refusal.detail}".strip()
    earlier = Run.objects.filter(file__file_no=(refusal.conflict or {}).get("file_no")).first()
    return f"{said} {earlier.run_no}: {earlier.get_state_display()}" if earlier else said


def _go_through(file: ReceivedFile, console: Console) -> Run | None:
    """Check the file, and with it go through the run, while the progress is shown; return the run there is."""
    work = threading.Thread(target=_work, args=[file.pk])
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(str(_("reading")), total=None)
        work.start()
        while work.is_alive():
            work.join(_LOOK_SECONDS)
            progress.update(task, **_progress(file))
    return Run.objects.select_related("partner", "file").filter(file=file).first()


def _work(file_id: int) -> None:
    """Read the file here, or wait for the worker that took it."""
    try:
        waiting = threading.Event()
        while True:
            file = check.check(file_id, now=clock.now)
            if (
                file.handled_at
                or file.last_error
                or file.state not in (ReceivedState.RECEIVED, ReceivedState.ACCEPTED)
            ):
                return
            waiting.wait(_LOOK_SECONDS)
    finally:
        connection.close()


def _progress(file: ReceivedFile) -> dict[str, Any]:
    run = Run.objects.filter(file=file).first()
    if run is None:
        return {"description": str(_("reading"))}
    if run.state == RunState.APPROVED:
        return {
            "description": str(_("correcting")),
            "total": run.discrepancy_count,
            "completed": treated_count(run),
        }
    return {"description": str(run.get_state_display())}


def _table(told: dict[str, Any]) -> Table:
    state = str(RunState(told["state"]).label)
    table = Table(
        title=f"{told['run_no']}  {told['partner']} {told['business_date']}: {state}", title_justify="left"
    )
    table.add_column("")
    table.add_column("", justify="right")
    for name, title in _TITLES.items():
        table.add_row(str(title), f"{told[name]:,}" if told[name] is not None else "–")
    for difference, states in told["differences"].items():
        done = ", ".join(f"{DiscrepancyState(state).label} {count:,}" for state, count in states.items())
        table.add_row(str(Difference(difference).label), done)
    if told["waits_for"]:
        table.add_row(str(_("waits for")), told["waits_for_what"])
    return table
