from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests.factories import make_partner
from unipay.partners import queries, sightings
from unipay.partners.models import Partner, ResultCode, UnmappedCode

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def see(partner: Partner, code: str, *, now: datetime = NOW, operation: str = "query_signing") -> None:
    with transaction.atomic():
        sightings.note(partner, direction="ANSWER", operation=operation, code=code, now=now)


def test_an_unmapped_code_is_noted_each_time_it_is_seen() -> None:
    bank = make_partner("ICBC", key_id="")

    see(bank, "E9")
    see(bank, "E9", now=NOW + timedelta(hours=1))

    seen = UnmappedCode.objects.get()
    assert (seen.code, seen.times, seen.first_seen_at) == ("E9", 2, NOW)
    assert seen.last_seen_at == NOW + timedelta(hours=1)


def test_asking_for_a_meaning_notes_the_code_that_has_none() -> None:
    bank = make_partner("ICBC", key_id="")

    queries.meaning(bank, "ANSWER", "query_signing", "E9")

    assert [(seen.partner, seen.operation, seen.code) for seen in sightings.unmapped()] == [
        (bank, "query_signing", "E9")
    ]


@pytest.mark.parametrize(
    ("row", "is_left"),
    [
        ({"kind": "BANK"}, False),
        ({"kind": "BANK", "operation": "query_signing"}, False),
        ({"kind": "BANK", "operation": "contract_cancelled"}, True),
        ({"kind": "PROVINCE"}, True),
        ({"kind": "BANK", "direction": "NOTICE"}, True),
    ],
)
def test_a_code_that_got_a_meaning_is_no_longer_listed(row: dict[str, Any], is_left: bool) -> None:
    see(make_partner("ICBC", key_id=""), "E9")

    ResultCode.objects.create(code="E9", finality="UNKNOWN", **row)

    assert sightings.unmapped().exists() == is_left


def test_the_meaning_of_another_partner_is_none_of_this_one() -> None:
    bank, other = make_partner("ICBC", key_id=""), make_partner("CCB", key_id="")
    see(bank, "E9")

    ResultCode.objects.create(kind="BANK", partner=other, code="E9", finality="UNKNOWN")

    assert sightings.unmapped().get().partner == bank


def test_a_partner_that_makes_codes_up_fills_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "MOST_PER_PARTNER", 3)
    bank = make_partner("ICBC", key_id="")

    for number in range(5):
        see(bank, f"E{number}")

    assert UnmappedCode.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_somebody_who_sees_the_same_code() -> None:
    bank = make_partner("ICBC", key_id="")
    other = connections.create_connection("default")

    with transaction.atomic():
        sightings.note(bank, direction="ANSWER", operation="", code="E9", now=NOW)
        with other.cursor() as cursor:
            cursor.execute("SET statement_timeout = 2000")
            name = f"unmapped:{bank.pk}:ANSWER::E9"
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
            (was_free,) = cursor.fetchone()
    other.close()

    assert connection.vendor == "postgresql"
    assert not was_free
    assert UnmappedCode.objects.get().times == 1
