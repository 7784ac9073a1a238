"""`make bench`, or `python -m tests.benchmarks`: measure us beside our peers, print the ratios, write RESULTS.md."""

import argparse
import os
import sys
import time

from rich.console import Console

from tests.benchmarks import report
from tests.benchmarks.report import Finding
from tests.benchmarks.stage import NoStage, Stage, set_up

ROWS = 1_000_000
QUICK_ROWS = 100_000
# What each part is told: rounds and seconds, or how many requests, messages, seconds.
PARTS: dict[str, tuple[str, ...]] = {
    "throughput": ("6", "3"),
    "ladder": ("150",),
    "drain": ("400",),
    "latency": ("8",),
    "bank_channel": ("150",),
    "plans": (),
    "back_office": ("9",),
    "correction": ("100000",),
    "ledger": ("200000",),
    "debits": ("1000000",),
    "reconciliation": ("200000", "2000000"),
}
QUICK: dict[str, tuple[str, ...]] = {
    "throughput": ("2", "2"),
    "ladder": ("20",),
    "drain": ("100",),
    "latency": ("3",),
    "bank_channel": ("30",),
    "plans": (),
    "back_office": ("3",),
    "correction": ("4000",),
    "ledger": ("10000",),
    "debits": ("20000",),
    "reconciliation": ("20000",),
}


def main() -> int:
    """Set the stage, perform the parts, and report."""
    asked = _asked()
    console = Console(width=max(120, Console().width), highlight=False)
    try:
        with set_up() as stage:
            facts = report.circumstances(stage.postgresql, rows=asked.rows)
            findings, failed = _perform(stage, asked, console)
    except NoStage as reason:
        console.print(str(reason), style="red", markup=False)
        return 1
    report.show(console, findings)
    if failed:
        console.print(f"Failed, so RESULTS.md is left as it is: {', '.join(failed)}.", style="red")
        return 1
    if asked.append:
        report.append(facts, findings)
    elif asked.write:
        report.write(facts, findings)
        console.print(f"Written to {report.RESULTS}.")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named"
    )
    parser.add_argument("--quick", action="store_true", help="small and rough: only to see that it runs")
    parser.add_argument(
        "--rows", type=int, default=None, help=f"contracts in the database, {ROWS:,} if not said"
    )
    parser.add_argument(
        "--books",
        type=int,
        nargs="+",
        metavar="COUNT",
        help="contracts that reconciliation compares, each size at least twice the one before; 20000000 takes long",
    )
    parser.add_argument(
        "--append", action="store_true", help="add what named parts found to RESULTS.md, for what takes long"
    )
    parser.add_argument("--no-write", dest="write", action="store_false", help="leave RESULTS.md as it is")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    asked.rows = asked.rows or (QUICK_ROWS if asked.quick else ROWS)
    # Only a whole run is worth keeping.
    asked.write = asked.write and not asked.quick and not asked.parts and not asked.books
    return asked


def _perform(stage: Stage, asked: argparse.Namespace, console: Console) -> tuple[list[Finding], list[str]]:
    """Perform one part after the other; return what they found, and which of them failed: the others go on."""
    findings = stage.perform("rows", str(asked.rows))
    failed: list[str] = []
    for part, arguments, changed in _parts(asked):
        started = time.monotonic()
        try:
            with console.status(f"{part} …"):
                findings += stage.perform(part, *arguments, **changed)
        except NoStage as reason:
            console.print(str(reason), style="red", markup=False)
            failed.append(part)
        else:
            console.print(f"[green]✓[/] {part} [dim]({time.monotonic() - started:.0f} s)[/]")
    return findings, failed


def _parts(asked: argparse.Namespace) -> list[tuple[str, tuple[str, ...], dict[str, str]]]:
    sizes = dict(QUICK if asked.quick else PARTS)
    if asked.books:
        sizes["reconciliation"] = tuple(map(str, asked.books))
    parts: list[tuple[str, tuple[str, ...], dict[str, str]]] = []
    for part in asked.parts or PARTS:
        parts.append((part, sizes[part], {}))
        broker = os.environ.get("CELERY_BROKER_URL", "")
        if part == "latency" and broker:
            parts.append((part, sizes[part], {"CELERY_BROKER_URL": broker}))
    return parts


if __name__ == "__main__":
    sys.exit(main())
