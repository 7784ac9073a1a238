"""One worker at a time for one thing, across transactions: a lock of the database session, which a crash lets go at
once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def exclusively(namespace: int, row_id: int) -> Iterator[bool]:
    """Hold a thing while the block runs, across transactions; yields False where another worker holds it.

    `namespace` keeps the things of one table apart from those of others. The lock belongs to the connection: when that
    is lost so is the lock, and the next statement of this worker fails.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [namespace, row_id])
        (held,) = cursor.fetchone()
    if not held:
        yield False
        return
    session = connection.connection
    try:
        yield True
    finally:
        if connection.connection is session and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [namespace, row_id])


def hold_until_commit(namespace: int, row_id: int) -> bool:
    """Hold a thing until the transaction at hand ends, as `exclusively` does for a block; False where another worker
    holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [namespace, row_id])
        (held,) = cursor.fetchone()
    return bool(held)
