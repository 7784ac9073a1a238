"""Requests no decent program sends are answered with problems all the same, and nothing of them gets through."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.partner_client import PartnerClient
from tests.signed_session import ADDRESS, session_of
from unipay.partners.models import LegalBank

pytestmark = pytest.mark.django_db

ORDER = {"request_no": "R-1", "name": "Bank of Foshan"}


@pytest.fixture
def session(bank: PartnerClient) -> requests.Session:
    return session_of(bank)


def problem(response: requests.Response) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["Unipay-Request-Id"]
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("%00", "path_unknown"),
        ("a%00b", "path_unknown"),
        ("a%2Fb", "path_unknown"),
        ("a/b", "path_unknown"),
        ("%E7%8E%8B", "name_unknown"),
        ("%FF%FE", "name_unknown"),
        ("%ED%A0%80", "name_unknown"),
        ("%F0%9F%98%80", "name_unknown"),
        ("a%0Ab", "name_unknown"),
        ("%20", "name_unknown"),
        ("'%22;--%25s", "name_unknown"),
        ("a" * 20_000, "name_unknown"),
    ],
)
def test_an_odd_number_in_a_path_is_the_number_of_nothing(
    session: requests.Session, name: str, code: str
) -> None:
    assert problem(session.get(f"{ADDRESS}/api/v1/banks/{name}")) == (404, code)


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"a{n}=1" for n in range(900)),
        "a=1&" * 900,
        "limit=" + "9" * 20_000,
        "cursor=" + "a" * 20_000,
        "cursor=%00",
        "cursor=%FF",
        "=",
        "%00=%00",
        "limit[]=1",
    ],
)
def test_a_flood_of_queries_is_faulty(session: requests.Session, query: str) -> None:
    response = session.get(f"{ADDRESS}/api/v1/all-banks?{query}")

    assert problem(response) == (400, "request_faulty")
    assert len(response.content) < 10_000


def test_more_parameters_than_django_reads_are_a_bad_request(session: requests.Session) -> None:
    response = session.get(f"{ADDRESS}/api/v1/all-banks?" + "a=1&" * 2000)

    assert problem(response) == (400, "bad_request")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-HTTP-Method-Override": "DELETE"}, 201),
        ({"X-Forwarded-For": "\xff" * 100}, 201),
        ({"Accept-Language": "a-" * 5000 + ";q=\xff"}, 201),
        ({"Cookie": "sessionid=\xff; csrftoken=\xfe"}, 201),
        ({"Accept": "\xff;;;q=x"}, 406),
        ({"Accept": "application/xml"}, 406),
        ({"Content-Type": "application/json;;charset"}, 415),
        ({"Content-Type": "\xe7\x8e\x8b"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Encoding": "gzip"}, 415),
    ],
)
def test_odd_headers_change_nothing_or_are_refused(
    session: requests.Session, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()}

    response = session.post(f"{ADDRESS}/api/v1/banks", json=ORDER, headers=sent)

    assert response.status_code == status
    assert LegalBank.objects.count() == (status == 201)
    if status != 201:
        problem(response)


ALTERED: list[tuple[Callable[[str], str], str]] = [
    (lambda header: f"{header},{header}", "signature_malformed"),
    (lambda header: f"{header}, Basic eDp5", "signature_malformed"),
    (lambda header: header + "a" * 60_000, "signature_malformed"),
    (lambda header: header.replace('"', ""), "signature_malformed"),
    (lambda header: header.encode().decode("utf-16", "replace"), "signature_malformed"),
    (lambda header: header.replace("RSA-SHA256", "SM2-SM3", 1), "signature_invalid"),
    (lambda header: header.replace("ICBC", "NOBODY", 1), "signature_invalid"),
    (lambda header: " ", "signature_malformed"),
    (lambda header: "", "signature_missing"),
]


@pytest.mark.parametrize(("alter", "code"), ALTERED)
def test_an_altered_authorization_proves_nobody(bank: PartnerClient, alter: Any, code: str) -> None:
    header = alter(bank.authorization("GET", "/api/v1/all-banks"))

    response = bank.client.get("/api/v1/all-banks", headers={"Authorization": header})

    assert (response.status_code, response.json()["code"]) == (401, code)
    assert response["Content-Type"] == "application/problem+json"
    assert "Unipay-Signature" not in response
