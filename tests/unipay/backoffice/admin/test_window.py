from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client

from tests.factories import make_partner
from unipay.backoffice.admin import window
from unipay.backoffice.paging import ImpatientQuery, patience
from unipay.partners.models import PortedNumber

LIST = "/admin/partners/portednumber/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@contextmanager
def no_patience() -> Iterator[None]:
    """Every list takes too long."""
    with patience(seconds=0.1), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")
        yield


def test_a_list_that_takes_too_long_asks_to_be_narrowed(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "patience", no_patience)

    answer = administrator.get(LIST, {"province__id__exact": "1"})

    assert answer.headers["Location"] == LIST
    assert [str(told) for told in get_messages(answer.wsgi_request)] == [
        "That took too long: search for a whole number, or choose fewer filters."
    ]


def test_a_list_that_takes_too_long_unfiltered_is_an_error_and_no_endless_redirect(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "patience", no_patience)

    with pytest.raises(ImpatientQuery):
        administrator.get(LIST)


def test_the_newest_come_first_and_nobody_may_sort_otherwise(administrator: Client) -> None:
    province = make_partner("ZJ", "PROVINCE", key_id="")
    for number in ("13805710002", "13805710001", "13805710003"):
        PortedNumber.objects.create(msisdn=number, province=province)

    rows = administrator.get(LIST, {"o": "1"}).context["cl"].result_list

    assert [row.msisdn for row in rows] == ["13805710003", "13805710001", "13805710002"]


def test_a_long_list_costs_a_few_queries(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    province = make_partner("ZJ", "PROVINCE", key_id="")
    PortedNumber.objects.bulk_create(
        PortedNumber(msisdn=f"1380571{number:04}", province=province) for number in range(120)
    )

    with django_assert_max_num_queries(13):
        page = administrator.get(LIST)

    assert len(page.context["cl"].result_list) == 50
