"""What operations watch about partners and keys."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg2.extras import DateTimeTZRange

from tests.factories import make_partner
from unipay.partners import watch
from unipay.partners.keys import own_key, retire_own_key, rotate_own_key
from unipay.partners.models import Endpoint, MaintenanceWindow, OwnKey, Partner, PartnerKey

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
A_DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def codes(partners: Any) -> list[str]:
    return sorted(partners.values_list("code", flat=True))


def key(partner: Partner, **fields: Any) -> PartnerKey:
    """One more key of the partner."""
    number = PartnerKey.objects.count()
    usual = {"key_id": f"n{number}", "fingerprint": f"{number}", "slot": 2, "valid_from": NOW - 9 * A_DAY}
    return PartnerKey.objects.create(
        partner=partner, algorithm="RSA-SHA256", public_key="", **{**usual, **fields}
    )


def test_closed_are_those_closed_suspended_or_in_a_maintenance_window() -> None:
    make_partner("OPEN")
    make_partner("CLOSED", status="CLOSED")
    make_partner("SUSPENDED", status="SUSPENDED")
    for code, begins, ends in (("NIGHT", -1, 1), ("OVER", -2, -1), ("LATER", 1, 2)):
        period = DateTimeTZRange(NOW + begins * A_DAY, NOW + ends * A_DAY)
        MaintenanceWindow.objects.create(partner=make_partner(code), period=period)

    closed = watch.closed_partners(Partner.objects.all(), now=NOW)

    assert codes(closed) == ["CLOSED", "NIGHT", "SUSPENDED"]


def test_keyless_are_those_we_deal_with_whose_keys_are_all_over_or_not_begun() -> None:
    make_partner("FINE")
    make_partner("NONE", key_id="", base_url="https://none.example")
    make_partner("SUSPENDED", key_id="", status="SUSPENDED")
    key(make_partner("ENDED", key_id=""), valid_until=NOW)
    key(make_partner("RETIRED", key_id=""), retired_at=NOW - A_DAY)
    key(make_partner("LATER", key_id=""), valid_from=NOW + A_DAY)

    keyless = watch.keyless_partners(Partner.objects.all(), now=NOW)

    assert codes(keyless) == ["ENDED", "LATER", "NONE", "RETIRED"]


def test_a_bank_without_a_line_needs_no_key() -> None:
    make_partner("BY_HAND", key_id="")
    Endpoint.objects.create(
        partner=make_partner("REACHED", key_id=""),
        operation="query_signing",
        url="https://bank.example/query",
    )
    make_partner("PROVINCE", "PROVINCE", key_id="")

    keyless = watch.keyless_partners(Partner.objects.all(), now=NOW)

    assert codes(keyless) == ["PROVINCE", "REACHED"]


@pytest.mark.parametrize(
    ("days", "is_found"), [(-1, False), (0, False), (1, True), (30, True), (31, False), (None, False)]
)
def test_a_key_that_ends_within_thirty_days_is_found(days: int | None, is_found: bool) -> None:
    key(make_partner(key_id=""), valid_until=None if days is None else NOW + days * A_DAY)

    assert watch.ending_keys(PartnerKey.objects.all(), now=NOW).exists() is is_found


@pytest.mark.parametrize(
    ("successor", "is_found"),
    [
        ({"valid_until": None}, False),
        ({"valid_until": NOW + 31 * A_DAY}, False),
        ({"valid_until": NOW + 20 * A_DAY}, True),
        ({"retired_at": NOW}, True),
    ],
)
def test_a_key_with_a_successor_is_not_found(successor: dict[str, Any], is_found: bool) -> None:
    partner = make_partner(key_id="")
    ending = key(partner, slot=1, valid_until=NOW + 9 * A_DAY)
    key(partner, **successor)

    found = watch.ending_keys(PartnerKey.objects.filter(pk=ending.pk), now=NOW)

    assert found.exists() is is_found


def test_a_pair_of_ours_is_due_for_rotation_before_it_is_a_year_old() -> None:
    old, young = own_key("RSA-SHA256", NOW), own_key("SM2-SM3", NOW)
    OwnKey.objects.filter(pk=old.pk).update(signs_from=NOW - 335 * A_DAY)
    OwnKey.objects.filter(pk=young.pk).update(signs_from=NOW - 334 * A_DAY)

    assert list(watch.aged_own_keys(OwnKey.objects.all(), now=NOW)) == [old]


def test_a_pair_with_a_successor_or_retired_is_not_due() -> None:
    rotated, retired = own_key("RSA-SHA256", NOW), own_key("SM2-SM3", NOW)
    rotate_own_key("RSA-SHA256", now=NOW)
    retire_own_key(retired, now=NOW, even_the_only=True)
    OwnKey.objects.filter(pk__in=[rotated.pk, retired.pk]).update(signs_from=NOW - 400 * A_DAY)

    assert not watch.aged_own_keys(OwnKey.objects.all(), now=NOW).exists()
