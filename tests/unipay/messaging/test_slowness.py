"""Whether a partner is slow is told from its latest attempts, and only where there are enough of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.factories import make_partner
from unipay.messaging import slowness
from unipay.messaging.models import DeliveryAttempt, OutboundMessage
from unipay.messaging.slowness import LOOK_BACK, SlowPartner, slow_partners
from unipay.partners.models import Partner

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def attempts(partner: Partner, *latencies: int, started_at: datetime = NOW, **fields: Any) -> None:
    message = OutboundMessage.objects.create(
        partner=partner,
        kind="notice",
        subject="x",
        resource_version=1,
        payload={},
        created_at=NOW,
        next_attempt_at=NOW,
    )
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            message=message, number=1, started_at=started_at, latency_ms=latency, outcome="ACKNOWLEDGED"
        )
        for latency in latencies
    )


def test_the_slowest_twentieth_does_not_make_a_partner_slow() -> None:
    quick, slow, slower = (make_partner(code) for code in ("ICBC", "CCB", "ABC"))
    attempts(quick, *[50] * 19, 9000)
    attempts(slow, *[50] * 18, 2500, 2600)
    attempts(slower, *[5000] * 20)

    found = slow_partners(now=NOW)

    assert found == [SlowPartner(slower.pk, 5000, 20), SlowPartner(slow.pk, 2500, 20)]


def test_a_few_slow_calls_say_nothing() -> None:
    attempts(make_partner(), *[9000] * 9)

    assert slow_partners(now=NOW) == []


def test_calls_of_an_hour_ago_say_nothing() -> None:
    attempts(make_partner(), *[9000] * 20, started_at=NOW - LOOK_BACK)

    assert slow_partners(now=NOW) == []


def test_no_more_than_the_latest_calls_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowness, "MOST_ATTEMPTS", 20)
    partner = make_partner()
    attempts(partner, *[9000] * 20)
    attempts(partner, *[50] * 20)

    assert slow_partners(now=NOW) == []
