"""Rows into PostgreSQL by COPY, streamed: memory stays flat however many there are."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

_NULL = "\\N"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ROWS_A_READ = 2000


class _Lines(io.RawIOBase):
    """What psycopg2 reads from: the rows as lines, encoded a few thousand at a time."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = iter(rows)
        self._rest = b""
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size or size < 0:
            lines = self._next_lines()
            if not lines:
                break
            self._rest += lines
        end = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:end], self._rest[end:]
        return given

    def _next_lines(self) -> bytes:
        lines = []
        for row in self._rows:
            lines.append("\t".join(map(_written, row)))
            if len(lines) == _ROWS_A_READ:
                break
        self.count += len(lines)
        return "".join(f"{line}\n" for line in lines).encode()


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Copy rows (None, text, numbers, booleans, moments, lists of text) into the table, and return how many."""
    quote = connection.ops.quote_name
    lines = _Lines(rows)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {quote(table)} ({', '.join(map(quote, columns))}) FROM STDIN", lines, 1 << 20
        )
    return lines.count


def _written(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return _array(value).translate(_ESCAPED)
    return str(value).translate(_ESCAPED)


def _array(values: Iterable[Any]) -> str:
    return "{" + ",".join(_elements(values)) + "}"


def _elements(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
        yield f'"{escaped}"'
