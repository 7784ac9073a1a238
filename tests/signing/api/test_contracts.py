"""GET /contracts and what may be asked of one: the doors, not the flows behind them."""

from datetime import timedelta
from typing import Any

import pytest

from signing.models import Contract
from tests.partner_client import PartnerClient, is_signed_by_us
from tests.signing.factories import ACCOUNT, HOLDER, fresh, make_contract, the_bank, the_hall, the_province
from unipay import clock

pytestmark = pytest.mark.django_db

DAY = "2026-03-02"


def test_a_bank_reads_its_contract_with_personal_data_masked() -> None:
    contract = make_contract("ACTIVE", secondary_msisdns=["13805710002"])

    answer = PartnerClient(the_bank()).get(f"/api/v1/contracts/{contract.contract_no}")

    body = answer.json()
    assert (answer.status_code, body["contract_no"], body["state"]) == (200, contract.contract_no, "ACTIVE")
    assert body["secondary_msisdns"] == ["13805710002"]
    assert body["terms"] == {"recharge_threshold_fen": 2000, "recharge_amount_fen": 5000, "auto_pay": False}
    assert body["signed_at"] == "2026-03-02T12:00:00+08:00"
    for secret in (ACCOUNT.number, HOLDER.name, HOLDER.identity_no):
        assert secret not in answer.content.decode()
    assert is_signed_by_us(answer)


def test_an_offer_is_told_whole_however_it_came() -> None:
    contract = make_contract("ACTIVE", offer={"user_type": "POSTPAID", "auto_pay_allowed": True})

    answer = PartnerClient(the_bank()).get(f"/api/v1/contracts/{contract.contract_no}")

    assert answer.json()["terms_offer"] == {
        "user_type": "POSTPAID",
        "threshold_default_fen": None,
        "threshold_max_fen": None,
        "amount_default_fen": None,
        "amount_max_fen": None,
        "auto_pay_allowed": True,
    }


def test_partners_see_only_their_own() -> None:
    own = make_contract("ACTIVE")
    make_contract("ACTIVE", bank=the_bank("CCB"), msisdn="13805710002")
    elsewhere = the_province("JS", prefix="1380025")

    seen = {
        partner.code: [
            row["contract_no"] for row in PartnerClient(partner).get("/api/v1/contracts").json()["results"]
        ]
        for partner in (the_bank(), the_province(), elsewhere, the_hall(serves=elsewhere))
    }

    assert seen["ICBC"] == [own.contract_no]
    assert len(seen["ZJ"]) == 2
    assert seen["JS"] == []
    assert seen["HALL"] == []


def test_a_list_is_read_page_by_page_newest_first() -> None:
    contracts = [make_contract("TERMINATED") for _ in range(5)]
    client = PartnerClient(the_bank())
    seen: list[str] = []
    cursor = ""

    for _page in range(3):
        page = client.get(f"/api/v1/contracts?limit=2{cursor}").json()
        seen += [row["contract_no"] for row in page["results"]]
        cursor = f"&cursor={page['next_cursor']}"

    assert page["next_cursor"] is None
    assert seen == [contract.contract_no for contract in reversed(contracts)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("msisdn=13805710001", 1),
        ("msisdn=13805710009", 0),
        ("state=ACTIVE", 1),
        ("state=TERMINATED", 0),
        ("bank_contract_no=B-1", 1),
        ("signed_from=2026-03-01T00:00:00%2B08:00&signed_to=2026-03-03T00:00:00%2B08:00", 1),
        ("signed_from=2026-03-03T00:00:00%2B08:00&signed_to=2026-03-04T00:00:00%2B08:00", 0),
    ],
)
def test_a_list_is_narrowed(query: str, expected: int) -> None:
    make_contract("ACTIVE", bank_contract_no="B-1")

    answer = PartnerClient(the_bank()).get(f"/api/v1/contracts?{query}")

    assert len(answer.json()["results"]) == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("signed_from=2026-03-01T00:00:00%2B08:00", "signed_to"),
        ("signed_to=2026-03-01T00:00:00%2B08:00", "signed_from"),
        ("signed_from=2026-03-01T00:00:00%2B08:00&signed_to=2026-04-02T00:00:00%2B08:00", "signed_to"),
        ("signed_from=2026-03-02T00:00:00%2B08:00&signed_to=2026-03-01T00:00:00%2B08:00", "signed_to"),
        ("state=GONE", "state"),
        ("msisdn=1", "msisdn"),
        ("colour=red", "colour"),
    ],
)
def test_a_faulty_query_is_refused_by_name(query: str, field: str) -> None:
    answer = PartnerClient(the_bank()).get(f"/api/v1/contracts?{query}")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_an_amendment_repeated_gets_the_same_answer_and_happens_once() -> None:
    contract = make_contract("ACTIVE")
    client = PartnerClient(the_bank())
    order = {"request_no": "a-1", "terms": {"recharge_amount_fen": 6000}, "business_date": DAY}
    path = f"/api/v1/contracts/{contract.contract_no}/amendments"

    first, second = client.post(path, order), client.post(path, order)

    assert (first.status_code, second.status_code) == (200, 200)
    assert (first.content, second.headers["Idempotent-Replay"]) == (second.content, "true")
    assert fresh(contract).version == 2


def test_a_refused_amendment_tells_what_is_in_the_way() -> None:
    contract = make_contract("TERMINATED")
    order = {"request_no": "a-1", "terms": {"recharge_amount_fen": 6000}, "business_date": DAY}

    answer = PartnerClient(the_bank()).post(f"/api/v1/contracts/{contract.contract_no}/amendments", order)

    body = answer.json()
    assert (answer.status_code, body["code"], body["finality"]) == (
        409,
        "contract_not_active",
        "FINAL_FAILURE",
    )
    assert body["conflict"]["state"] == "TERMINATED"


@pytest.mark.parametrize(
    ("order", "fields"),
    [
        ({}, ["request_no", "reason", "business_date"]),
        ({"request_no": "t 1", "reason": "BANK_REQUEST", "business_date": DAY}, ["request_no"]),
        ({"request_no": "t-1", "reason": "EXPIRED", "business_date": DAY}, ["reason"]),
        ({"request_no": "t-1", "reason": "BANK_REQUEST", "business_date": "2026-02-30"}, ["business_date"]),
        ({"request_no": "t-1", "reason": "BANK_REQUEST", "business_date": DAY, "why": "x"}, ["why"]),
    ],
)
def test_a_faulty_termination_is_refused_field_by_field_and_ends_nothing(
    order: dict[str, Any], fields: list[str]
) -> None:
    contract = make_contract("ACTIVE")

    answer = PartnerClient(the_bank()).post(f"/api/v1/contracts/{contract.contract_no}/termination", order)

    assert answer.status_code == 400
    assert sorted(error["field"] for error in answer.json()["errors"]) == sorted(fields)
    assert Contract.objects.get().state == "ACTIVE"


def test_a_hall_of_the_country_may_end_any_contract_and_a_bank_without_the_right_none() -> None:
    contract = make_contract("ACTIVE")
    order = {"request_no": "t-1", "reason": "SUBSCRIBER_REQUEST", "business_date": DAY}
    path = f"/api/v1/contracts/{contract.contract_no}/termination"
    the_bank().permissions.filter(operation="contracts.terminate").delete()

    refused = PartnerClient(the_bank()).post(path, order)
    ended = PartnerClient(the_hall()).post(path, order)

    assert (refused.status_code, refused.json()["code"]) == (403, "operation_not_permitted")
    assert (ended.status_code, ended.json()["state"]) == (200, "TERMINATED")


def test_the_history_says_which_partner_changed_the_contract_in_which_request() -> None:
    contract = make_contract("ACTIVE", opened_at=clock.now() - timedelta(days=1))
    order = {"request_no": "t-7", "reason": "BANK_REQUEST", "business_date": DAY}

    answer = PartnerClient(the_bank()).post(f"/api/v1/contracts/{contract.contract_no}/termination", order)

    event = contract.events.order_by("-pgh_id").first()
    assert event.state == "TERMINATED"
    said = event.pgh_context.metadata
    assert (said["partner"], said["request_no"]) == ("ICBC", "t-7")
    assert said["request_id"] == answer.headers["Unipay-Request-Id"]
