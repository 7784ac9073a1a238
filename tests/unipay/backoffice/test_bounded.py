"""Several lists are counted at once, and none further than anybody could leaf."""

from typing import Any

import pytest

from unipay.backoffice import bounded
from unipay.backoffice.bounded import bounded_counts
from unipay.partners.models import LegalBank

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _four_banks() -> None:
    LegalBank.objects.bulk_create(LegalBank(code=f"B{n}", name="Bank") for n in range(4))


def test_all_lists_are_counted_in_one_query(django_assert_num_queries: Any) -> None:
    banks = LegalBank.objects.order_by("name")

    with django_assert_num_queries(1):
        counted = bounded_counts(every=banks, one=banks.filter(code="B1"), none=banks.filter(code="X"))

    assert counted == {"every": 4, "one": 1, "none": 0}


def test_counting_ends_where_lists_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_ROWS", 3)

    assert bounded_counts(every=LegalBank.objects.all()) == {"every": 3}


def test_a_list_that_can_hold_nothing_is_not_asked_for(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert bounded_counts(nothing=LegalBank.objects.filter(code__in=[])) == {"nothing": 0}
