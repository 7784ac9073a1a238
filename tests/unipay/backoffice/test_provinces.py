"""Whose subscribers somebody may see."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError

from tests.factories import make_province
from unipay.backoffice.models import Posting
from unipay.backoffice.provinces import may_see_province, visible_provinces

pytestmark = pytest.mark.django_db


def posted(*codes: str) -> tuple[User, list[int]]:
    user = User.objects.create_user("clerk", is_staff=True)
    provinces = [make_province(code, prefix=f"138{number:04}") for number, code in enumerate(codes)]
    Posting.objects.bulk_create(Posting(user=user, province=province) for province in provinces)
    return user, [province.pk for province in provinces]


def test_a_person_without_a_posting_sees_the_whole_country() -> None:
    user, _none = posted()

    assert visible_provinces(user) is None
    assert may_see_province(user, make_province("ZJ").pk)


def test_a_posted_person_sees_these_provinces_only() -> None:
    user, provinces = posted("ZJ", "JS")
    elsewhere = make_province("GD", prefix="1390000").pk

    assert visible_provinces(user) == frozenset(provinces)
    assert may_see_province(user, provinces[0])
    assert not may_see_province(user, elsewhere)
    assert may_see_province(user, None)


def test_a_superuser_sees_all_whatever_the_posting() -> None:
    user, _provinces = posted("ZJ")
    user.is_superuser = True

    assert visible_provinces(user) is None


def test_asking_again_costs_nothing(django_assert_num_queries: Any) -> None:
    user, _provinces = posted("ZJ")
    nobody, _none = User.objects.create_user("other"), None

    with django_assert_num_queries(2):
        for _each in range(3):
            visible_provinces(user)
            visible_provinces(nobody)


def test_nobody_logged_in_is_posted_nowhere() -> None:
    assert visible_provinces(AnonymousUser()) is None


def test_a_person_is_posted_to_a_province_once() -> None:
    user, (province,) = posted("ZJ")

    with pytest.raises(IntegrityError):
        Posting.objects.create(user=user, province_id=province)
