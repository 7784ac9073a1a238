"""Filling a table by one statement as fast as PostgreSQL can: no triggers, indexes and constraints made afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
_CONSTRAINTS = """
    SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('f', 'u')
"""


@contextmanager
def filling(table: str) -> Iterator[None]:
    """Take off what every inserted row would pay for, put it back, and let the planner know what is there."""
    _execute("SET maintenance_work_mem = '256MB'; SET synchronous_commit = off")
    indexes, constraints = _rows(_INDEXES, table), _rows(_CONSTRAINTS, table)
    _execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for name, _definition in constraints:
        _execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in indexes:
        _execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        _execute(definition)
    for name, definition in constraints:
        _execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    _execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    _execute(f"VACUUM ANALYZE {table}")


def _rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
