"""datacompy over Polars: two plain files read whole and compared, as an analyst would."""

from pathlib import Path

import datacompy
import polars

from tests.benchmarks.contest import Outcome
from tests.benchmarks.contract_files import COLUMNS, Books, compared

_KEY = "bank_contract_no"


def run(way: str, books: Books) -> Outcome:
    """Read both, compare, and ask for what differs."""
    outcome, wanted = Outcome(), [_KEY, *compared(way)]
    with outcome.timed("read"):
        ours, theirs = _read(books.ours, wanted), _read(books.lines(way), wanted)
    with outcome.timed("compared"):
        comparison = datacompy.PolarsCompare(ours, theirs, join_columns=[_KEY])
        differing = comparison.all_mismatch()
    for difference, rows in (
        ("MISSING_AT_BANK", comparison.df1_unq_rows),
        ("MISSING_HERE", comparison.df2_unq_rows),
        ("DIFFERS", differing),
    ):
        outcome.found += [(difference, number) for number in rows[_KEY].to_list()]
    return outcome


def _read(path: Path, wanted: list[str]) -> polars.DataFrame:
    kinds = {name: polars.Int64 if kind == "BIGINT" else polars.String for name, kind in COLUMNS.items()}
    whole = polars.read_csv(path, separator="|", has_header=False, quote_char=None, schema=kinds)
    return whole.select(wanted)
