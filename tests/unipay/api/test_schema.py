"""The OpenAPI document says what an endpoint reads, answers and refuses, and is valid."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from drf_spectacular.validation import validate_schema

from tests.unipay.api import views
from unipay.api.outbound import OutboundCall
from unipay.api.schema_document import PartnerSchemaGenerator
from unipay.messaging.inbox import NOT_KEPT


@pytest.fixture
def document(settings: Any) -> Any:
    settings.UNIPAY_PUBLIC_URL = "https://unipay.example"
    with override("en"):
        return PartnerSchemaGenerator().get_schema(public=True)


def test_the_document_is_valid_openapi_3_1(document: Any) -> None:
    validate_schema(document)

    assert document["openapi"] == "3.1.1"
    assert document["servers"] == [{"url": "https://unipay.example"}]


def test_only_the_partner_api_is_described(document: Any) -> None:
    assert sorted(document["paths"]) == [
        "/api/v1/all-banks",
        "/api/v1/asked-banks",
        "/api/v1/banks",
        "/api/v1/banks/{code}",
        "/api/v1/requests/{request_no}",
    ]


def test_a_post_lists_every_code_under_its_status(document: Any) -> None:
    responses = document["paths"]["/api/v1/asked-banks"]["post"]["responses"]

    codes = {
        status: [
            problem["value"]["code"] for problem in content["application/problem+json"]["examples"].values()
        ]
        for status, response in responses.items()
        if "application/problem+json" in (content := response["content"])
    }
    assert codes == {
        "400": ["bad_request", "body_malformed", "request_faulty"],
        "401": [
            "nonce_replayed",
            "signature_invalid",
            "signature_malformed",
            "signature_missing",
            "timestamp_out_of_range",
        ],
        "403": ["operation_not_permitted", "partner_suspended"],
        "404": ["name_unknown", "path_unknown"],
        "406": ["not_acceptable"],
        "409": ["name_taken", "request_in_progress"],
        "411": ["length_required"],
        "413": ["body_too_large"],
        "415": ["media_type_unsupported"],
        "422": ["request_no_reused"],
        "429": ["rate_limited"],
        "500": ["internal_error"],
        "503": ["ask_later", "partner_unanswered", "temporarily_unavailable"],
    }
    assert {status for status in codes if int(status) in NOT_KEPT} == {
        "400", "401", "403", "413", "415", "429", "500", "503"
    }  # fmt: skip


def test_an_order_is_described_as_strictly_as_it_is_read(document: Any) -> None:
    order = document["components"]["schemas"]["BankOrder"]

    assert order["additionalProperties"] is False
    assert order["required"] == ["name", "request_no"]
    assert order["properties"]["request_no"]["pattern"] == "^[A-Za-z0-9_-]{1,64}$"
    assert order["properties"]["msisdn"]["pattern"] == "^1[3-9][0-9]{9}$"
    assert order["properties"]["name"]["pattern"] == r"^\S(.*\S)?$"
    assert order["properties"]["fee_fen"] == {"type": "integer", "minimum": 0, "maximum": 1000}


def test_a_list_is_described_as_a_page_with_its_query(document: Any) -> None:
    listing = document["paths"]["/api/v1/all-banks"]["get"]

    page = listing["responses"]["200"]["content"]["application/json"]["schema"]
    assert page["required"] == ["results", "next_cursor"]
    assert page["properties"]["results"]["items"] == {"$ref": "#/components/schemas/BankAnswer"}
    assert [parameter["name"] for parameter in listing["parameters"]] == [
        "Accept-Language",
        "cursor",
        "limit",
    ]


def test_an_operation_says_what_it_is_for_and_which_right_it_needs(document: Any) -> None:
    operation = document["paths"]["/api/v1/requests/{request_no}"]["get"]

    assert operation["operationId"] == "get_request_status"
    assert operation["summary"] == "What became of one of your requests."
    assert operation["description"].endswith("Right: `requests.read`")
    assert operation["security"] == [{"signature": []}]
    assert operation["tags"] == ["requests"]


def test_what_we_send_is_described_as_webhooks(monkeypatch: pytest.MonkeyPatch) -> None:
    notice = OutboundCall("bank_entered", "/banks", ("HALL",), "A bank was entered.", views.BankAnswer)
    question = OutboundCall(
        "ask_bank", "/bank-questions", ("BANK",), "Asks.", views.BankAnswer, views.BankAnswer, {"code": "B1"}
    )
    monkeypatch.setattr("unipay.api.outbound._CALLS", {"bank_entered": notice, "ask_bank": question})

    with override("en"):
        document = PartnerSchemaGenerator().get_schema(public=True)

    validate_schema(document)
    sent = document["webhooks"]["bank_entered"]["post"]
    assert sent["description"] == "POST {base address}/banks, to: hall"
    assert sent["responses"] == {"200": {"description": "Acknowledged, by any 2xx."}}
    asked = document["webhooks"]["ask_bank"]["post"]
    assert asked["requestBody"]["content"]["application/json"]["examples"]["AskBank"]["value"] == {
        "code": "B1"
    }
    assert "content" in asked["responses"]["200"]
    assert "| `bank_entered` | `/banks` | hall | A bank was entered. |" in document["info"]["description"]


def test_the_document_comes_in_the_language_asked_for() -> None:
    chinese = Client().get("/api/schema/?lang=zh-hans").json()["info"]["description"]
    english = Client().get("/api/schema/?lang=en").json()["info"]["description"]
    unknown = Client().get("/api/schema/?lang=xx").json()["info"]["description"]

    assert "# 请求签名" in chinese
    assert "# Signing a request" in english
    assert unknown == chinese
