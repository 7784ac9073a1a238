"""POST /number-events: the province's door."""

import pytest

from signing.models import Contract
from tests.partner_client import PartnerClient
from tests.signing.factories import MSISDN, make_contract, the_bank, the_province

pytestmark = pytest.mark.django_db

EVENT = {
    "request_no": "e-1",
    "event": "NUMBER_CLOSED",
    "msisdn": MSISDN,
    "occurred_at": "2026-06-01T09:00:00+08:00",
}


def test_the_answer_names_what_ended() -> None:
    contract = make_contract("ACTIVE")

    answer = PartnerClient(the_province()).post("/api/v1/number-events", EVENT)

    assert answer.json() == {
        "msisdn": MSISDN,
        "event": "NUMBER_CLOSED",
        "terminated": [contract.contract_no],
        "amended": [],
    }


def test_a_bank_may_not_speak_of_numbers() -> None:
    make_contract("ACTIVE")

    answer = PartnerClient(the_bank()).post("/api/v1/number-events", EVENT)

    assert (answer.status_code, answer.json()["code"]) == (403, "operation_not_permitted")
    assert Contract.objects.get().state == "ACTIVE"


def test_a_time_without_its_offset_is_refused() -> None:
    order = {**EVENT, "occurred_at": "2026-06-01T09:00:00"}

    answer = PartnerClient(the_province()).post("/api/v1/number-events", order)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["occurred_at"]
