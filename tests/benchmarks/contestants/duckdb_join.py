"""The floor: DuckDB joins two plain files and keeps what differs, in memory; no vault, no checks, no database."""

from pathlib import Path

import duckdb

from tests.benchmarks.contest import Outcome
from tests.benchmarks.contract_files import COLUMNS, Books, compared


def run(way: str, books: Books) -> Outcome:
    """One statement."""
    outcome, connection = Outcome(), duckdb.connect()
    differs = " OR ".join(f"o.{name} IS DISTINCT FROM t.{name}" for name in compared(way))
    sides = ", ".join(f"{side}.{name} AS {side}_{name}" for side in "ot" for name in COLUMNS)
    with outcome.timed("one statement"):
        connection.execute(
            f"CREATE TABLE differing AS SELECT {sides} FROM {_read(books.ours)} o"
            f" FULL JOIN {_read(books.lines(way))} t ON o.bank_contract_no = t.bank_contract_no"
            f" WHERE o.bank_contract_no IS NULL OR t.bank_contract_no IS NULL OR {differs}"
        )
    outcome.found = connection.execute(
        "SELECT CASE WHEN o_bank_contract_no IS NULL THEN 'MISSING_HERE' WHEN t_bank_contract_no IS NULL"
        " THEN 'MISSING_AT_BANK' ELSE 'DIFFERS' END, coalesce(t_bank_contract_no, o_bank_contract_no) FROM differing"
    ).fetchall()
    return outcome


def _read(path: Path) -> str:
    return f"read_csv('{path}', delim = '|', quote = '', escape = '', header = false, columns = {COLUMNS})"
