"""Counting for people: as far as their lists go, and several lists in one query."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from unipay.backoffice.paging import MOST_ROWS


def bounded_counts(**lists: QuerySet[Any]) -> dict[str, int]:
    """Return how many rows each list has, MOST_ROWS at most, asking the database once."""
    parts: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for name, rows in lists.items():
        try:
            parts[name] = rows.order_by().values("pk")[:MOST_ROWS].query.sql_with_params()
        except EmptyResultSet:
            continue
    counted = dict.fromkeys(lists, 0)
    if parts:
        statement = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS rows)" for sql, _ in parts.values())
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {statement}", [each for _, given in parts.values() for each in given])
            counted |= dict(zip(parts, cursor.fetchone(), strict=True))
    return counted
