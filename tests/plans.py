"""Which tables a statement reads whole: the plans PostgreSQL makes for what the code sends."""

import json
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

Statement = tuple[str, Any]


@contextmanager
def statements_sent() -> Iterator[list[Statement]]:
    """Collect the statements that ask for rows or change them, with their parameters."""
    sent: list[Statement] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.split()[0] in ("SELECT", "WITH", "UPDATE", "INSERT", "DELETE"):
            sent.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield sent


def tables_read_whole(statements: Iterable[Statement]) -> set[str]:
    """Return the tables that any of the statements would read from beginning to end.

    One that a limit stops early on its way is not read whole.
    """
    return {table for statement in statements for table in _scanned(_plan(*statement))}


def _plan(sql: str, parameters: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        (said,) = cursor.fetchone()
    plan: dict[str, Any] = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    return plan


def _scanned(node: dict[str, Any], most: float = math.inf) -> Iterator[str]:
    """The tables scanned under the node, which may cost `most`: less than half of a scan is not all of it."""
    if node["Node Type"] == "Limit":
        most = min(most, node["Total Cost"])
    if node["Node Type"] == "Seq Scan" and node["Total Cost"] / 2 <= most:
        yield node["Relation Name"]
    for each in node.get("Plans", []):
        yield from _scanned(each, most)
