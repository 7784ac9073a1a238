"""A partner has its limit of requests a minute, an address has one of requests that prove to be nobody's."""

import pytest
import time_machine

from tests.factories import make_partner
from tests.partner_client import PartnerClient, is_signed_by_us
from unipay.api import throttling

PATH = "/api/v1/all-banks"

pytestmark = pytest.mark.django_db


@pytest.fixture
def slow() -> PartnerClient:
    return PartnerClient(make_partner("SLOW", operations=("banks.read",), rate_limit_per_minute=2))


@time_machine.travel("2026-10-01T08:00:50+08:00", tick=False)
def test_a_request_over_the_limit_is_told_when_the_next_minute_begins(slow: PartnerClient) -> None:
    statuses = [slow.get(PATH).status_code for _ in range(2)]

    response = slow.get(PATH)

    assert statuses == [200, 200]
    assert (response.status_code, response.json()["code"]) == (429, "rate_limited")
    assert response["Retry-After"] == "10"
    assert is_signed_by_us(response)


def test_the_next_minute_begins_anew(slow: PartnerClient) -> None:
    with time_machine.travel("2026-10-01T08:00:50+08:00", tick=False):
        statuses = [slow.get(PATH).status_code for _ in range(3)]
    with time_machine.travel("2026-10-01T08:01:00+08:00", tick=False):
        statuses.append(slow.get(PATH).status_code)

    assert statuses == [200, 200, 429, 200]


@time_machine.travel("2026-10-01T08:00:50+08:00", tick=False)
def test_one_partner_s_limit_is_not_another_s(slow: PartnerClient, bank: PartnerClient) -> None:
    for _ in range(3):
        slow.get(PATH)

    assert bank.get(PATH).status_code == 200


@time_machine.travel("2026-10-01T08:00:45+08:00", tick=False)
def test_an_address_that_keeps_failing_is_turned_away_but_proven_partners_are_not(
    bank: PartnerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "FAILURES_PER_MINUTE", 2)
    statuses = [bank.get(PATH, authorization="garbage").status_code for _ in range(2)]

    response = bank.get(PATH, authorization="garbage")

    assert statuses == [401, 401]
    assert (response.status_code, response.json()["code"], response["Retry-After"]) == (
        429,
        "rate_limited",
        "15",
    )
    assert bank.get(PATH).status_code == 200
