"""A bank's full list against our book: ours from the sealed file to discrepancies in PostgreSQL, beside DuckDB joining
two plain files (the floor), PostgreSQL alone, datacompy, and a loop over the ORM."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import contract_books
from tests.benchmarks.contest import Outcome, perform
from tests.benchmarks.contract_files import NUMBERS, WAYS, Books
from tests.benchmarks.report import Finding

_FLOOR = "duckdb_join"
_CONTESTANTS = {
    _FLOOR: "bare DuckDB join of two plain files: the floor",
    "ours": "ours",
    "postgresql_staging": "PostgreSQL alone: staging table, join",
    "datacompy_polars": "datacompy over Polars, two plain files",
    "orm_loop": "loop over the ORM",
}
# Beyond this size only the floor and ours are measured: the others would need more memory than there is, or hours.
_LARGE = 10_000_000
_COLUMNS = ["contracts and lines", "accounts by", "", "seconds", "to the floor", "memory MB"]


def measure(*counts: str) -> list[Finding]:
    """Compare books of so many contracts each, by account numbers and by masks."""
    rows, notes = [], []
    for count in map(int, counts):
        with tempfile.TemporaryDirectory(prefix="unipay-books-") as directory:
            books = Books(Path(directory), count)
            contract_books.make(books)
            for way in WAYS:
                outcomes = dict(_performed(books, way))
                rows += _rows(books, way, outcomes)
                notes.append(f"{count:,} by {way}, ours: {_stages(outcomes['ours'])}.")
    notes += [
        "Memory is that of the contestant's own process, without PostgreSQL's. Each runs once. Goals for ours:"
        " at most 1.5 times the floor, less than 1 GB with 2 M, 2 GB with 20 M.",
        "Everybody must find exactly the differences planted, five in a thousand; the loop over the ORM runs over a"
        " sample of the lines and is extrapolated (~), and does not look for what the bank leaves out.",
        "Only ours opens a sealed file, checks every value, and classifies: shields, who holds a number, its home.",
    ]
    return [Finding("A bank's book compared with ours", _COLUMNS, rows, notes)]


def _performed(books: Books, way: str) -> Iterator[tuple[str, Outcome]]:
    planted = books.planted()
    for name in _CONTESTANTS if books.count < _LARGE else (_FLOOR, "ours"):
        outcome = perform(name, way, books)
        if not outcome.sample and outcome.found != planted:
            raise RuntimeError(f"{name} did not find what was planted in {books.count:,} contracts by {way}.")
        yield name, outcome


def _rows(books: Books, way: str, outcomes: dict[str, Outcome]) -> Iterator[list[str]]:
    floor = outcomes[_FLOOR].seconds
    for name, outcome in outcomes.items():
        share = books.count / outcome.sample if outcome.sample else 1
        seconds = outcome.seconds * share
        yield [
            f"{books.count:,}",
            "number" if way == NUMBERS else "mask",
            _CONTESTANTS[name],
            f"{'~' if outcome.sample else ''}{seconds:,.1f}",
            f"{seconds / floor:,.1f}",
            f"{outcome.peak_mb:,.0f}",
        ]


def _stages(outcome: Outcome) -> str:
    return ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in outcome.stages.items())
