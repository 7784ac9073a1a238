"""Where numbers are at home, asked in one statement, is where each is asked alone."""

import pytest
from django.db import connection

from tests.factories import make_partner, make_province
from unipay.partners import queries
from unipay.partners.home_sql import home_province_of
from unipay.partners.models import PortedNumber

pytestmark = pytest.mark.django_db


def test_many_numbers_are_at_home_where_each_of_them_is() -> None:
    make_province("ZJ", prefix="138", key_id="")
    make_province("NB", prefix="1380574", key_id="")
    shanghai = make_partner("SH", "PROVINCE", key_id="")
    PortedNumber.objects.create(msisdn="13805740009", province=shanghai)
    PortedNumber.objects.create(msisdn="13900000001", province=shanghai)
    numbers = ["13805740001", "13805710001", "13805740009", "13900000001", "13900000002"]

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {home_province_of('number')} FROM unnest(%s) WITH ORDINALITY AS asked (number, place)"
            " ORDER BY place",
            [numbers],
        )
        found = [province_id for (province_id,) in cursor.fetchall()]

    alone = [queries.home_province(number) for number in numbers]
    assert found == [province.pk if province else None for province in alone]
    assert found.count(None) == 1
