"""The lines of a return file on their way from its reading into the database, a million at a time."""

from typing import Any

from django.db import connection
from duckdb import DuckDBPyConnection

from billing.models import ReturnLine
from unipay.exchange.reading import Reading

_AT_ONCE = 10_000
_COLUMNS = (
    "returned_id",
    "line_no",
    "item_no",
    "result_code",
    "debited_fen",
    "bank_transaction_no",
    "effect",
    "remark",
)
_NULL = r"'\N'"


class _Lines:
    """What psycopg2 reads from: lines that DuckDB wrote in the manner of COPY."""

    def __init__(self, rows: DuckDBPyConnection) -> None:
        self._rows = rows

    def read(self, _size: int = -1) -> bytes:
        return "".join(line for (line,) in self._rows.fetchmany(_AT_ONCE)).encode()


def keep(reading: Reading, returned_id: int) -> None:
    """Keep every good line of the file as a line of the return."""
    lines = reading.connection.execute(
        f"SELECT {_line(reading.fields, returned_id)} FROM lines WHERE NOT is_faulty ORDER BY line_no"
    )
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {ReturnLine._meta.db_table} ({', '.join(_COLUMNS)}) FROM STDIN", _Lines(lines), 1 << 20
        )
        cursor.execute(f"ANALYZE {ReturnLine._meta.db_table}")


def batches_named(reading: Reading) -> list[str]:
    """Return the batch numbers that the lines name, the most frequent first; none where the layout has no column."""
    if "batch_no" not in reading.fields:
        return []
    found: list[Any] = reading.connection.execute(
        "SELECT batch_no FROM lines WHERE NOT is_faulty AND batch_no IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
    ).fetchall()
    return [batch_no for (batch_no,) in found]


def _line(fields: tuple[str, ...], returned_id: int) -> str:
    """SQL of one line for COPY: what a layout does not carry is empty."""
    texts = {"item_no": 32, "result_code": 32, "bank_transaction_no": 64, "reason_text": 200}
    said = {name: _text(name, longest) if name in fields else "''" for name, longest in texts.items()}
    fen = f"coalesce(debited_fen::VARCHAR, {_NULL})" if "debited_fen" in fields else _NULL
    parts = [str(int(returned_id)), "line_no", said["item_no"], said["result_code"], fen]
    parts += [said["bank_transaction_no"], "''", said["reason_text"]]
    return " || chr(9) || ".join(f"({part})" for part in parts) + " || chr(10)"


def _text(name: str, longest: int) -> str:
    kept = f"left(coalesce({name}, ''), {longest})"
    return rf"replace(replace({kept}, '\', '\\'), chr(9), ' ')"
