"""How the database is emptied after a test that commits: rows are deleted where there are any. TRUNCATE of every table
makes every index anew, on the disk, which takes longer than most of the tests themselves."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

_truncate = DatabaseOperations.sql_flush


@contextmanager
def deleting() -> Iterator[None]:
    """Let Django's flush delete instead of truncate, as long as the caller likes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DatabaseOperations, "sql_flush", _delete)
        yield


def _delete(operations: Any, style: Any, tables: Iterable[str], **options: bool) -> list[str]:
    names = list(tables)
    with operations.connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (may_pass_triggers,) = cursor.fetchone()
        if options.get("reset_sequences") or not names or not may_pass_triggers:
            return _truncate(operations, style, names, **options)
        quoted = [operations.quote_name(name) for name in names]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT {place} WHERE EXISTS (SELECT FROM {name})" for place, name in enumerate(quoted)
            )
        )
        filled = [quoted[place] for (place,) in cursor.fetchall()]
    # Append-only tables refuse to be deleted from, and foreign keys would want an order.
    return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in filled)]
