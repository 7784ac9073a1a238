"""Lists of tables with a hundred million rows: nobody counts them, and nobody leafs through them either."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.core.paginator import Paginator
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.functional import cached_property
from psycopg2.errors import QueryCanceled

MOST_ROWS = 1000
PATIENCE_SECONDS = 5


class ImpatientQuery(Exception):
    """The query took longer than somebody at a screen would wait."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than it lets anybody leaf; the rest is found by search and filters."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, MOST_ROWS at most; reads no more than that."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows[:MOST_ROWS].count()


@contextmanager
def patience(*, seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Stop queries that take longer, in a transaction of their own; raises ImpatientQuery."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
            yield
            # In an outer transaction the setting would outlive this block.
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise ImpatientQuery from error
        raise
