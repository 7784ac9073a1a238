"""Everything wrong with a file, as the list a partner gets and as the first rows people look at."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from unipay.exchange import vault
from unipay.exchange.faults import title
from unipay.exchange.models import ReceivedFile
from unipay.exchange.queries import fault_list_no
from unipay.exchange.reading import Reading

FAULTS_KEPT = 10_000
"""How many faults of one file people can look at; the list holds them all."""

_AT_ONCE = 10_000
_QUERY = 'SELECT line_no, "column", code, excerpt FROM faults ORDER BY line_no, "column", code'
_BEGINNINGS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def keep(file: ReceivedFile, reading: Reading) -> None:
    """Write the fault list of a file into the vault; a file without faults has none."""
    number = fault_list_no(file)
    vault.remove(number)  # of a reading that was cut off
    if reading.faulty_count:
        vault.store(number, _written(reading))


def first_faults(reading: Reading) -> Iterator[tuple[Any, ...]]:
    """Yield the first faults by line: (line_no, column, code, excerpt)."""
    return iter(reading.connection.execute(f"{_QUERY} LIMIT {FAULTS_KEPT}").fetchall())


def _written(reading: Reading) -> Iterator[bytes]:
    yield _lines([("line", "column", "fault", "reason", "excerpt")])
    result = reading.connection.execute(_QUERY)
    while rows := result.fetchmany(_AT_ONCE):
        yield _lines([_row(*row) for row in rows])


def _row(line_no: int, column: str | None, code: str, excerpt: str | None) -> tuple[Any, ...]:
    return line_no, column or "", code, str(title(code)), _harmless(excerpt or "")


def _harmless(text: str) -> str:
    """A spreadsheet must not take what stood in a file for a formula."""
    return f"'{text}" if text.startswith(_BEGINNINGS_OF_FORMULAS) else text


def _lines(rows: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
