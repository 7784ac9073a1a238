"""`manage.py debit_run`: takes a debit run through its stages in the foreground, or tells what it would do."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_lazy as _
from rich.console import Console
from rich.table import Table

from billing import debit_summary, early_run
from billing.debit_errors import DEBIT_RUN_IS_THERE
from billing.flows import debit_run, select_bills
from billing.management.working import drawn, watched
from billing.models import Arrangement, DebitRun
from billing.states import RUN_OVER, DebitWay, Exclusion, ItemState, RunState
from unipay import clock
from unipay.errors import Refusal
from unipay.money import format_yuan

_BEFORE_ITS_FILES = (RunState.OPENED, RunState.SELECTED, RunState.AWAITING_APPROVAL, RunState.APPROVED)


class Command(BaseCommand):
    """Opens the run of an arrangement for a date, or takes up the one there is, and goes as far as possible."""

    help = "Debit the due bills of a bank's arrangement, in the foreground; or say what a run would do."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what the command takes."""
        parser.add_argument("--bank", required=True, metavar="CODE")
        parser.add_argument("--kind", required=True, choices=[way.lower() for way in DebitWay])
        parser.add_argument("--date", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--what-if", action="store_true", help="change nothing, say what a run would do")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell, or do."""
        arrangement = Arrangement.objects.filter(
            bank__code=options["bank"], way=options["kind"].upper()
        ).first()
        if arrangement is None:
            raise CommandError(f"{options['bank']} has no arrangement for {options['kind']}.")
        if options["what_if"]:
            found = select_bills.what_if(arrangement, options["date"])
            told = debit_summary.of_what_if(found, today=clock.business_date(clock.now()))
            self._print(told, _what_if_table(told), as_json=options["json"])
            self._warn(told["warnings"])
            return
        run = _run(arrangement, options["date"])
        self._warn(_warnings(run))
        failure = _go_on(run, Console(stderr=True, highlight=False))
        told = debit_summary.of_run(DebitRun.objects.select_related("arrangement__bank").get(pk=run.pk))
        self._print(told, _run_table(told), as_json=options["json"])
        if failure:
            raise CommandError(failure)

    def _warn(self, warnings: Iterable[str]) -> None:
        for warning in warnings:
            self.stderr.write(warning)

    def _print(self, told: Mapping[str, Any], table: Table, *, as_json: bool) -> None:
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) if as_json else drawn(table))


def _run(arrangement: Arrangement, day: date) -> DebitRun:
    """Open the run, or find the one that was opened before."""
    try:
        return debit_run.open_run(arrangement, day, by_id=None, now=clock.now())
    except Refusal as refusal:
        if refusal.reason is not DEBIT_RUN_IS_THERE:
            raise CommandError(str(refusal.reason.title)) from refusal
        return DebitRun.objects.get(run_no=(refusal.conflict or {})["run_no"])


def _warnings(run: DebitRun) -> list[str]:
    """What to know of a run that goes on ahead of its date; nothing where its files are out."""
    if run.state not in _BEFORE_ITS_FILES:
        return []
    ahead = early_run.of_run(run, today=clock.business_date(clock.now()))
    return early_run.if_opened(ahead) if run.state == RunState.OPENED else early_run.if_sent(ahead)


def _go_on(run: DebitRun, console: Console) -> str:
    """Take the run as far as it goes; return what went wrong, "" for nothing."""

    def advance() -> None:
        debit_run.advance(run.run_no, now=clock.now)

    try:
        watched(advance, partial(_progress, run.pk), console)
    except Refusal as refusal:
        return f"{refusal.reason.title} {refusal.detail}".strip()
    return ""


def _progress(run_id: int) -> dict[str, Any]:
    run = DebitRun.objects.get(pk=run_id)
    shown = {"description": str(run.get_state_display())}
    if run.state in RUN_OVER or run.state != RunState.APPROVED:
        return shown
    written = run.items.exclude(state=ItemState.SELECTED).count()
    return {"description": str(_("writing request files")), "total": run.item_count, "completed": written}


def _run_table(told: Mapping[str, Any]) -> Table:
    state = str(RunState(told["state"]).label)
    table = _table(f"{told['run_no']}  {told['bank']} {told['kind']} {told['date']}: {state}")
    _add_sums(table, told)
    for state, part in told["items_by_state"].items():
        table.add_row(
            str(ItemState(state).label),
            f"{part['items']:,}",
            format_yuan(part["debited_fen"] or part["asked_fen"]),
        )
    for file in told["files"]:
        table.add_row(file["file"], f"{file['items']:,}", format_yuan(file["asked_fen"]))
    return table


def _what_if_table(told: Mapping[str, Any]) -> Table:
    title = _("what a run would do")
    table = _table(f"{told['bank']} {told['kind']} {told['date']}: {title}")
    _add_sums(table, told)
    for province, part in told["provinces"].items():
        table.add_row(province, f"{part['items']:,}", format_yuan(part["fen"]))
    return table


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading, where in (("", "left"), (_("number"), "right"), (_("yuan"), "right")):
        table.add_column(str(heading), justify=where)  # type: ignore[arg-type]
    return table


def _add_sums(table: Table, told: Mapping[str, Any]) -> None:
    table.add_row(str(_("items")), f"{told['items']:,}", format_yuan(told["asked_fen"]))
    table.add_row(str(_("bills asked for")), f"{told['bills']:,}", "")
    table.add_row(str(_("bills left out")), f"{told['left_out']:,}", format_yuan(told["left_out_fen"]))
    for reason, part in told["excluded"].items():
        table.add_row(f"  {Exclusion(reason).label}", f"{part['bills']:,}", format_yuan(part["fen"]))
