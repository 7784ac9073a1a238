"""The two sides of a comparison: the lines of the run's file, and a place for ours while they are joined."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from reconciliation.flows.work import Work
from unipay.exchange import vault
from unipay.exchange.copying import copy_rows
from unipay.exchange.reading import Reading, open_reading

KEYS = "reconciliation_keys"


@contextmanager
def lines_of(work: Work) -> Iterator[Reading]:
    """The lines of the run's file: those somebody has open, or read again from the vault."""
    if work.reading is not None:
        yield work.reading
        return
    with open_reading(work.run.file) as reading:
        yield reading


@contextmanager
def place_for_ours() -> Iterator[Path]:
    """Where our side stands for the time of the join: numbers, masks and blind indexes, readable by us alone.

    What a crash leaves of it the sweep of the vault takes away.
    """
    with vault.working_directory() as directory:
        yield directory / "ours.csv"


def copy_keys(columns: Sequence[str], keys: Iterable[Sequence[Any]]) -> None:
    """Put what an increment names where our side is read by it, for the time of the transaction."""
    declared = ", ".join(f"{column} text" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {KEYS}")
        cursor.execute(f"CREATE TEMP TABLE {KEYS} ({declared}) ON COMMIT DROP")
    copy_rows(KEYS, columns, keys)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {KEYS}")
