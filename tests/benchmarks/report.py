"""What a run found, as tables for people: on the terminal, and in RESULTS.md with machine, date and versions."""

import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "RESULTS.md"
PACKAGES = ("Django", "djangorestframework", "psycopg2-binary", "gunicorn", "celery", "httpx", "cryptography")


@dataclass(frozen=True)
class Finding:
    """One table: what was measured, and what has to be known to read it."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def circumstances(database: str, *, rows: int) -> list[tuple[str, str]]:
    """Where and when the run took place; `database` is PostgreSQL's version."""
    memory = psutil.virtual_memory().total / 1024**3
    return [
        ("machine", f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}"),
        ("load at the start", f"{os.getloadavg()[0]:.1f}"),
        ("date", f"{datetime.now().astimezone():%Y-%m-%d %H:%M %z}"),
        ("commit", _commit()),
        ("Python", platform.python_version()),
        ("PostgreSQL", database),
        ("packages", ", ".join(f"{name} {version(name)}" for name in PACKAGES)),
        ("contracts in the database", f"{rows:,}"),
    ]


def show(console: Console, findings: Iterable[Finding]) -> None:
    """Print the tables."""
    for finding in findings:
        table = Table(title=finding.title, title_justify="left", caption_justify="left")
        for number, column in enumerate(finding.columns):
            table.add_column(column, justify="right" if number and _is_figure(finding, number) else "left")
        for row in finding.rows:
            table.add_row(*row)
        console.print(table)
        for note in finding.notes:
            console.print(f"  {note}", style="dim")
        console.print()


def write(facts: Iterable[tuple[str, str]], findings: Iterable[Finding]) -> None:
    """Write RESULTS.md."""
    RESULTS.write_text("\n".join([*_heading(facts), *(line for each in findings for line in _section(each))]))


def append(facts: Iterable[tuple[str, str]], findings: Iterable[Finding]) -> None:
    """Add the findings of a run of its own below what RESULTS.md says, with its circumstances."""
    circumstances = "; ".join(f"{name}: {fact}" for name, fact in facts if name != "packages")
    added = [line for each in findings for line in _section(_apart(each, circumstances))]
    RESULTS.write_text("\n".join([RESULTS.read_text().rstrip("\n"), "", *added]))


def _apart(finding: Finding, circumstances: str) -> Finding:
    return replace(finding, title=f"{finding.title}, on request", notes=[*finding.notes, f"{circumstances}."])


def _heading(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "# What `make bench` measured last"
    yield ""
    yield "Peers and Unipay side by side, on the same rows, in one run. Only ratios of one run mean anything."
    yield ""
    for name, fact in facts:
        yield f"- {name}: {fact}"
    yield ""


def _section(finding: Finding) -> Iterator[str]:
    yield f"## {finding.title}"
    yield ""
    yield f"| {' | '.join(finding.columns)} |"
    marks = ["--:" if n and _is_figure(finding, n) else "---" for n in range(len(finding.columns))]
    yield f"| {' | '.join(marks)} |"
    for row in finding.rows:
        yield f"| {' | '.join(row)} |"
    yield ""
    for note in finding.notes:
        yield f"{note}  "
    yield ""


def _is_figure(finding: Finding, column: int) -> bool:
    return any(row[column][:1].isdigit() for row in finding.rows if row[column])


def _processor() -> str:
    with open("/proc/cpuinfo") if Path("/proc/cpuinfo").exists() else open(os.devnull) as lines:
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _commit() -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=RESULTS.parent, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ":!RESULTS.md")
        return f"{git('rev-parse', '--short', 'HEAD') or 'unknown'}{' with changes' if changed else ''}"
    except OSError:
        return "unknown"
