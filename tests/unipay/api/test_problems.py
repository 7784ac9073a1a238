"""Every error under /api/ is problem+json with a code, whoever raised it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.http.request import UnreadablePostError
from django.test import Client
from django.utils.translation import get_language
from rest_framework import exceptions

from tests.partner_client import PartnerClient, is_signed_by_us
from tests.unipay.api import views
from unipay.api.problems import refusal_of
from unipay.errors import TransportFailed, Unanswered
from unipay.partners.models import LegalBank

PATH = "/api/v1/banks"


def faults(response: Any) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in response.json()["errors"]]


@pytest.mark.django_db
def test_a_problem_says_all_that_rfc_9457_and_we_promise(bank: PartnerClient, settings: Any) -> None:
    settings.UNIPAY_PUBLIC_URL = "https://unipay.example"

    response = bank.post(PATH, {"request_no": "R-1", "name": "taken"}, headers={"Accept-Language": "en"})

    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert is_signed_by_us(response)
    assert response.json() == {
        "type": "https://unipay.example/api/docs/errors#name_taken",
        "title": "another partner",
        "status": 409,
        "detail": "another partner",
        "code": "name_taken",
        "finality": "FINAL_FAILURE",
        "request_id": response["Unipay-Request-Id"],
        "errors": [],
        "conflict": {"code": "B9"},
    }


@pytest.mark.django_db
def test_a_refusal_that_passes_says_when_to_come_back(bank: PartnerClient) -> None:
    response = bank.post(PATH, {"request_no": "R-1", "name": "later"})

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert response.json()["finality"] == "UNKNOWN"


@pytest.mark.django_db
def test_every_faulty_field_is_named_at_its_place(bank: PartnerClient) -> None:
    order = {
        "request_no": "R 1",
        "fee_fen": 1.5,
        "msisdn": 13805710001,
        "branches": [{"city": "Foshan"}, {"city": "", "zip": "1"}, "x"],
        "numbers": ["13805710001", "1"],
        "colour": "red",
    }

    response = bank.post(PATH, order)

    assert response.status_code == 400
    assert response.json()["code"] == "request_faulty"
    assert sorted(faults(response)) == [
        ("branches[1].city", "blank"),
        ("branches[1].zip", "unknown_field"),
        ("branches[2]", "invalid"),
        ("colour", "unknown_field"),
        ("fee_fen", "invalid"),
        ("msisdn", "invalid"),
        ("name", "required"),
        ("numbers[1]", "invalid"),
        ("request_no", "invalid"),
    ]
    assert not LegalBank.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("en", "another partner"), ("zh-CN,zh;q=0.9", "其他合作方")])
def test_people_read_a_problem_in_their_language(
    bank: PartnerClient, language: str, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated = {"en": "another partner", "zh-hans": "其他合作方"}

    class Title(str):
        def __str__(self) -> str:
            return translated[get_language()]

    monkeypatch.setattr(views, "NAME_TAKEN", views.Reason("name_taken", 409, Title()))

    response = bank.post(PATH, {"request_no": "R-1", "name": "taken"}, headers={"Accept-Language": language})

    assert response.json()["title"] == title


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "path_unknown"),
        ("POST", "/api/v1/nothing", 404, "path_unknown"),
        ("GET", "/api/", 404, "path_unknown"),
        ("GET", "/api/v1/%00%ff", 404, "path_unknown"),
        ("GET", "/api/v1/banks", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/all-banks", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/all-banks", 405, "method_not_allowed"),
        ("BREW", "/api/v1/all-banks", 405, "method_not_allowed"),
    ],
)
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.django_db
def test_django_s_own_errors_are_problems_too(
    settings: Any, debug: bool, method: str, path: str, status: int, code: str
) -> None:
    settings.DEBUG = debug

    response = Client().generic(method, path)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["request_id"] == response["Unipay-Request-Id"]
    assert response.has_header("Allow") == (status == 405)


@pytest.mark.django_db
def test_a_problem_outside_any_endpoint_is_written_as_every_other(settings: Any) -> None:
    settings.UNIPAY_PUBLIC_URL = "https://unipay.example"

    response = Client().get("/api/v1/nothing", headers={"Accept-Language": "zh"})

    assert response.content.startswith('{"code":"path_unknown","detail":"该地址不存在。",'.encode())
    assert response["Content-Length"] == str(len(response.content))
    assert (response["Content-Language"], response["Vary"]) == ("zh-hans", "Accept-Language")


@pytest.mark.django_db
def test_a_flood_of_faults_is_answered_with_the_first_ones(bank: PartnerClient) -> None:
    flood = {f"x{n}": n for n in range(30_000)}
    branches = [{"city": ""} for _ in range(1000)]

    unknown = bank.post(PATH, {"request_no": "R-1", "name": "a", **flood})
    faulty = bank.post(PATH, {"request_no": "R-1", "name": "a", "branches": branches})

    assert len(faults(unknown)) == 20
    assert len(faults(faulty)) == 100


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_a_problem(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["unipay.example"]

    response = Client().get("/api/v1/all-banks", headers={"Host": "other.example"})

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


@pytest.mark.django_db
def test_an_answer_in_another_format_is_not_to_be_had(bank: PartnerClient) -> None:
    response = bank.get("/api/v1/all-banks", headers={"Accept": "text/html"})

    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")


@pytest.mark.django_db
def test_an_unexpected_exception_tells_nothing_but_its_request_id(bank: PartnerClient) -> None:
    response = bank.post(PATH, {"request_no": "R-1", "name": "broken"}, headers={"Accept-Language": "en"})

    assert response.status_code == 500
    assert is_signed_by_us(response)
    assert response.json() | {"request_id": "", "type": ""} == {
        "type": "",
        "title": "Something went wrong on our side: ask again with the same request_no.",
        "status": 500,
        "detail": "Something went wrong on our side: ask again with the same request_no.",
        "code": "internal_error",
        "finality": "UNKNOWN",
        "request_id": "",
        "errors": [],
    }


@pytest.mark.parametrize(
    ("given", "returned"),
    [("trace-1", "trace-1"), ("x" * 65, None), ("a b", None), ("a\x00b", None), ("", None)],
)
@pytest.mark.django_db
def test_a_trusted_proxy_s_request_id_is_kept_only_if_it_is_fit_for_use(
    settings: Any, given: str, returned: str | None
) -> None:
    settings.DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True

    response = Client().get("/api/v1/nothing", headers={"X-Request-ID": given})

    if returned is None:
        assert len(response["Unipay-Request-Id"]) == 36
    else:
        assert response["Unipay-Request-Id"] == returned


@pytest.mark.parametrize(
    ("raised", "code", "retry_after"),
    [
        (IntegrityError("two at once"), "temporarily_unavailable", 2),
        (OperationalError("server closed the connection"), "temporarily_unavailable", 2),
        (TransportFailed("no route"), "partner_unanswered", 2),
        (Unanswered("time-out"), "partner_unanswered", 2),
        (Http404(), "path_unknown", None),
        (PermissionDenied(), "operation_not_permitted", None),
        (SuspiciousOperation(), "bad_request", None),
        (UnreadablePostError(), "bad_request", None),
        (exceptions.NotAuthenticated(), "signature_missing", None),
        (exceptions.AuthenticationFailed(), "signature_invalid", None),
        (exceptions.Throttled(wait=7), "rate_limited", 7),
        (exceptions.ParseError(), "body_malformed", None),
        (ValueError("anything"), "internal_error", None),
    ],
)
def test_every_exception_amounts_to_a_reason(raised: Exception, code: str, retry_after: int | None) -> None:
    refusal = refusal_of(raised)

    assert (refusal.reason.code, refusal.retry_after) == (code, retry_after)
