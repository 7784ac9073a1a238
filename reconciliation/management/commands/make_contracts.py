"""`manage.py make_contracts`: makes a consistent book for trials, and partners' views of it with known differences."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from reconciliation.states import Period, Side
from reconciliation.trial import making, view
from reconciliation.trial.drift import View, found_as
from reconciliation.trial.filling import Filled
from unipay import clock
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

_BUFFER = 1 << 20


class Command(BaseCommand):
    """Makes contracts, and writes what a bank and a province hold of them; the same seed makes the same again."""

    help = "Make a consistent book of contracts for trials, and files of partners that differ from it in known ways."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the command takes."""
        parser.add_argument("--count", type=int, default=0, help="how many contracts to make")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same book")
        parser.add_argument("--bank", action="append", default=[], metavar="CODE", help="at these banks only")
        parser.add_argument(
            "--bank-file", type=Path, metavar="FILE", help="write the first bank's view of our book"
        )
        parser.add_argument("--province", default="", metavar="CODE", help="whose view --province-file is")
        parser.add_argument(
            "--province-file", type=Path, metavar="FILE", help="write a province's view of our book"
        )
        parser.add_argument(
            "--period", choices=["full", "increment"], default="full", help="what the files hold"
        )
        parser.add_argument("--drift", type=float, default=0.005, help="share of the contracts that differ")
        parser.add_argument(
            "--business-date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="else yesterday"
        )
        parser.add_argument("--json", action="store_true", help="print what was made as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the book, then the files, and say what was made."""
        _refuse_a_real_centre()
        day = options["business_date"] or clock.business_date(clock.now()) - timedelta(days=1)
        banks = _partners(PartnerKind.BANK, options["bank"])
        filled = self._fill(options, banks, day) if options["count"] else None
        views = [
            self._write(
                path,
                view.Wanted(partner, side, *_asked(options, day), layout, options["drift"], options["seed"]),
            )
            for path, partner, side, layout in self._files(options, banks, day)
        ]
        summary = _summary(filled, views)
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False, indent=1))
        else:
            _print(summary, Console(file=sys.stdout, highlight=False))

    def _fill(self, options: dict[str, Any], banks: list[Partner], day: date) -> Filled:
        with self._progress("Contracts", total=options["count"]) as progress:
            return making.make(
                options["count"], seed=options["seed"], banks=banks, last_day=day, progress=progress
            )

    def _files(
        self, options: dict[str, Any], banks: list[Partner], day: date
    ) -> Iterator[tuple[Path, Partner, Side, Any]]:
        period = Period(options["period"].upper())
        if options["bank_file"]:
            yield options["bank_file"], banks[0], Side.BANK, making.layout(banks[0], Side.BANK, period, day)
        if options["province_file"]:
            province = _partners(PartnerKind.PROVINCE, [options["province"]] if options["province"] else [])[
                0
            ]
            layout = making.layout(province, Side.PROVINCE, period, day)
            yield options["province_file"], province, Side.PROVINCE, layout

    def _write(self, path: Path, wanted: view.Wanted) -> View:
        with self._progress(str(path), total=None) as progress, path.open("wb", _BUFFER) as file:
            return view.write(wanted, file, progress=progress)

    @contextmanager
    def _progress(self, what: str, *, total: int | None) -> Iterator[Callable[[int], None]]:
        console = Console(stderr=True, quiet=not sys.stderr.isatty())
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as shown:
            task = shown.add_task(what, total=total)
            yield lambda done: shown.update(task, completed=done)


def _refuse_a_real_centre() -> None:
    if not settings.UNIPAY_SANDBOX and Partner.objects.filter(kind=PartnerKind.BANK).exists():
        raise CommandError(
            "This centre has partners of its own: invented contracts are made only where UNIPAY_SANDBOX=1."
        )


def _partners(kind: PartnerKind, codes: list[str]) -> list[Partner]:
    known = Partner.objects.filter(kind=kind, is_virtual=False).order_by("code")
    if not codes:
        found = list(known)
    else:
        by_code = {partner.code: partner for partner in known.filter(code__in=codes)}
        missing = [code for code in codes if code not in by_code]
        if missing:
            raise CommandError(f"There is no {kind.label} {', '.join(missing)}.")
        found = [by_code[code] for code in codes]
    if not found:
        raise CommandError("There are no partners yet: run `manage.py load_demo` first.")
    return found


def _asked(options: dict[str, Any], day: date) -> tuple[Period, date]:
    return Period(options["period"].upper()), day


def _summary(filled: Filled | None, views: list[View]) -> dict[str, Any]:
    made = {"made": filled.made, "left_out": filled.left_out} if filled else None
    return {"contracts": made, "files": [_said(each) for each in views]}


def _said(each: View) -> dict[str, Any]:
    return {
        "partner": each.partner,
        "side": each.side.value,
        "period": each.period.value,
        "business_date": each.business_date.isoformat(),
        "lines": each.lines,
        "faulty_lines": each.faulty_lines,
        "planted": {
            way.value: {
                "count": count,
                "found_as": found_as(way, each.side).value,
                "examples": each.examples[way],
            }
            for way, count in sorted(each.planted.items())
        },
        "expected": each.expected(),
    }


def _print(summary: dict[str, Any], console: Console) -> None:
    if summary["contracts"]:
        console.print(
            "Contracts made: {made}, there already or their number held: {left_out}".format(
                **summary["contracts"]
            )
        )
    for each in summary["files"]:
        title = "{partner} {period} {business_date}: {lines} lines, {faulty_lines} faulty".format(**each)
        table = Table(title=title)
        for heading in ("planted", "times", "found as", "for example"):
            table.add_column(heading)
        for way, planted in each["planted"].items():
            table.add_row(way, str(planted["count"]), planted["found_as"], planted["examples"][0])
        console.print(table)
