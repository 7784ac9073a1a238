"""What is append-only is not emptied at once either: TRUNCATE passes the triggers of rows."""

import pytest
from django.db import DatabaseError, connection, transaction

from unipay.never_emptied import MAY_EMPTY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "table", ["billing_journalentry", "billing_ledgerline", "signing_signingtransaction"]
)
def test_a_journal_is_never_emptied(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {MAY_EMPTY} = off")
        with pytest.raises(DatabaseError, match=f"{table} is never emptied"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")


def test_what_would_empty_a_journal_with_it_is_refused_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {MAY_EMPTY} = off")
        with pytest.raises(DatabaseError, match="is never emptied"), transaction.atomic():
            cursor.execute("TRUNCATE billing_ledgeraccount CASCADE")
