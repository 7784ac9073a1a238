import pytest
from django.db import OperationalError, connection

from unipay.backoffice import paging
from unipay.backoffice.paging import BoundedPaginator, ImpatientQuery, patience
from unipay.partners.models import LegalBank

pytestmark = pytest.mark.django_db


def make_banks(number: int) -> None:
    LegalBank.objects.bulk_create(LegalBank(code=f"B{each:04}", name="bank") for each in range(number))


def test_a_short_list_is_counted_exactly() -> None:
    make_banks(7)

    paginator = BoundedPaginator(LegalBank.objects.order_by("-id"), 5)

    assert (paginator.count, paginator.num_pages) == (7, 2)


def test_a_long_list_is_counted_no_further_than_people_leaf(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    monkeypatch.setattr(paging, "MOST_ROWS", 10)
    make_banks(25)
    paginator = BoundedPaginator(LegalBank.objects.order_by("-id"), 5)

    with django_assert_num_queries(1) as asked:
        assert paginator.count == 10

    assert "LIMIT 10" in asked.captured_queries[0]["sql"]
    assert [bank.code for bank in paginator.page(2)] == ["B0019", "B0018", "B0017", "B0016", "B0015"]


def test_a_query_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(ImpatientQuery), patience(seconds=0.1), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)


def test_patience_ends_with_its_block() -> None:
    with patience(seconds=3), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("3s",)

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)


def test_another_error_of_the_database_is_not_taken_for_impatience() -> None:
    with pytest.raises(OperationalError), patience():
        raise OperationalError("the server is gone")
