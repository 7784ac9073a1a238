"""Promises made by one statement are the promises made one by one."""

import json
from typing import Any

import pytest
from django.db import transaction

from tests.unipay.messaging.conftest import START
from unipay.messaging import outbox
from unipay.messaging.kinds import kind_names
from unipay.messaging.models import OutboundMessage
from unipay.messaging.set_based import promise_each
from unipay.partners.models import Partner

_QUERY = """
    SELECT %(partner)s AS partner_id, 'contract:' || place AS subject, place + 1 AS resource_version,
        '1380571000' || place AS msisdn, %(payload)s::jsonb AS payload
    FROM generate_series(1, %(count)s) AS place ORDER BY place DESC
"""
_OWN = ("id", "event_id", "_state")


@pytest.fixture
def kind() -> str:
    """A kind that is registered."""
    return kind_names()[0]


@transaction.atomic
def promised(province: Partner, kind: str, *, count: int = 1, payload: Any = None) -> int:
    given = {"partner": province.pk, "payload": json.dumps(payload or {}), "count": count}
    return promise_each(kind=kind, query=_QUERY, given=given, now=START)


def values(message: OutboundMessage) -> dict[str, Any]:
    found = {name: value for name, value in vars(message).items() if name not in _OWN}
    return {**found, "payload": {**message.payload, "event_id": ""}}


@pytest.mark.django_db
def test_a_message_is_the_same_however_it_is_promised(province: Partner, kind: str) -> None:
    payload = {"contract": {"state": "ACTIVE"}, "kind": "something else", "change": None}
    promised(province, kind, payload=payload)
    with transaction.atomic():
        outbox.promise(
            partner=province,
            kind=kind,
            subject="contract:1",
            resource_version=2,
            payload=payload,
            msisdn="13805710001",
            now=START,
        )

    many, one = OutboundMessage.objects.order_by("id")
    assert values(many) == values(one)
    assert many.payload["event_id"] == str(many.event_id)
    assert many.event_id.version == 4


@pytest.mark.django_db
def test_messages_keep_the_order_of_the_query_and_have_events_of_their_own(
    province: Partner, kind: str
) -> None:
    count = promised(province, kind, count=5)

    subjects = list(OutboundMessage.objects.order_by("id").values_list("subject", flat=True))
    assert count == 5
    assert subjects == [f"contract:{place}" for place in (5, 4, 3, 2, 1)]
    assert OutboundMessage.objects.values("event_id").distinct().count() == 5


@pytest.mark.django_db
def test_a_kind_nobody_registered_is_refused(province: Partner) -> None:
    with pytest.raises(ValueError, match="no message kind 'gossip'"):
        promised(province, "gossip")

    assert not OutboundMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_promised_outside_a_transaction(province: Partner, kind: str) -> None:
    with pytest.raises(RuntimeError):
        promise_each(kind=kind, query=_QUERY, given={}, now=START)


@pytest.mark.django_db(transaction=True)
def test_each_partner_is_woken_once_when_it_is_true(province: Partner, kind: str, woken: list[int]) -> None:
    with transaction.atomic():
        promised(province, kind, count=3)
        assert woken == []

    assert woken == [province.pk]
