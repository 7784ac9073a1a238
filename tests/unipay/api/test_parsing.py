"""Bodies two readers could understand differently are refused, and no body ever becomes a 500."""

import json
from io import BytesIO
from typing import Any

import pytest

from tests.partner_client import PartnerClient, is_signed_by_us
from unipay.api.parsing import MAX_DEPTH, StrictJSONParser, parse_object
from unipay.errors import Refusal
from unipay.partners.models import LegalBank

PATH = "/api/v1/banks"


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"{}", {}),
        (b'{"a": [1, true, null, "x", 2.5]}', {"a": [1, True, None, "x", 2.5]}),
        ('{"名": "张三"}'.encode(), {"名": "张三"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        (nested(MAX_DEPTH - 1), json.loads(nested(MAX_DEPTH - 1))),
    ],
)
def test_a_json_object_is_read(body: bytes, content: dict[str, Any]) -> None:
    assert parse_object(body) == content


MALFORMED = [
    (b"", "not JSON"),
    (b"{", "not JSON"),
    (b"{'a': 1}", "not JSON"),
    (b'{"a": 1} x', "not JSON"),
    (b"\xef\xbb\xbf{}", "not JSON"),
    (b"null", "not a JSON object"),
    (b'"text"', "not a JSON object"),
    (b"[1]", "not a JSON object"),
    ('{"a":"张"}'.encode("gbk"), "not UTF-8"),
    ('{"a":1}'.encode("utf-16"), "not UTF-8"),
    ('{"a":1}'.encode("utf-16-be"), "not JSON"),
    (b'{"a": NaN}', "NaN"),
    (b'{"a": -Infinity}', "-Infinity"),
    (b'{"a": 1e999}', "too large"),
    (b'{"a": ' + b"9" * 5000 + b"}", "a number is too large"),
    (b'{"a": 1, "a": 1}', "given twice"),
    (b'{"x": {"a": 1, "a": 2}}', "given twice"),
    (b'{"a": "\\u0000"}', "NUL"),
    (b'{"\\u0000": 1}', "NUL"),
    (b'{"a": ["\\ud800"]}', "surrogate"),
    (b'{"\\udfff": 1}', "surrogate"),
    (nested(MAX_DEPTH + 1), "nested deeper"),
    (nested(100_000), "nested deeper"),
    (b'{"a":' + b"[" * 500_000, "nested deeper"),
]


@pytest.mark.parametrize(("body", "detail"), MALFORMED)
def test_anything_else_is_malformed(body: bytes, detail: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_object(body)

    assert refused.value.reason.code == "body_malformed"
    assert detail in str(refused.value.detail)


def test_a_name_given_twice_is_named() -> None:
    with pytest.raises(Refusal) as refused:
        parse_object(b'{"b": 1, "\\ud800": 2, "\\ud800": 3, "b": 4}')

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("b", "duplicate_name"),
        ("?", "duplicate_name"),
    ]


def test_a_great_many_repeated_names_are_counted_quickly() -> None:
    body = b"{" + b",".join(b'"%d":1,"%d":1' % (n, n) for n in range(40_000)) + b"}"

    with pytest.raises(Refusal) as refused:
        parse_object(body)

    assert len(refused.value.faults) == 20


@pytest.mark.parametrize("charset", ["UTF-8", "utf8", '"utf-8"'])
def test_utf_8_may_be_named(charset: str) -> None:
    assert StrictJSONParser().parse(BytesIO(b"{}"), f"application/json; charset={charset}") == {}


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "detail"), MALFORMED)
def test_a_malformed_body_is_a_signed_problem(bank: PartnerClient, body: bytes, detail: str) -> None:
    response = bank.post(PATH, body)

    assert (response.status_code, response.json()["code"]) == (400, "body_malformed")
    assert is_signed_by_us(response)
    assert not LegalBank.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=gbk",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ],
)
def test_another_media_type_or_charset_is_unsupported(bank: PartnerClient, content_type: str) -> None:
    response = bank.post(PATH, b'{"request_no": "R-1", "name": "a"}', content_type=content_type)

    assert (response.status_code, response.json()["code"]) == (415, "media_type_unsupported")
    assert not LegalBank.objects.exists()


@pytest.mark.django_db
def test_a_body_over_1_mib_is_too_large(bank: PartnerClient) -> None:
    response = bank.post(PATH, b'{"name": "' + b"a" * 1024 * 1024 + b'"}')

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.django_db
def test_a_body_said_to_be_huge_is_refused_before_it_is_read(bank: PartnerClient) -> None:
    authorization = bank.authorization("POST", PATH)

    response = bank.client.post(
        PATH,
        b"",
        content_type="application/json",
        headers={"Authorization": authorization},
        CONTENT_LENGTH=str(10**15),
    )

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.django_db
def test_a_body_of_unstated_length_is_refused_instead_of_read_as_empty(bank: PartnerClient) -> None:
    headers = {"Authorization": bank.authorization("POST", PATH), "Transfer-Encoding": "chunked"}

    response = bank.client.generic("POST", PATH, b"", headers=headers, CONTENT_LENGTH="")

    assert (response.status_code, response.json()["code"]) == (411, "length_required")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("encoding", "status"), [("gzip", 415), ("GZIP, br", 415), ("identity", 201), ("", 201)]
)
def test_a_compressed_body_is_unsupported(bank: PartnerClient, encoding: str, status: int) -> None:
    order = {"request_no": "R-1", "name": "Bank of Foshan"}

    response = bank.post(PATH, order, headers={"Content-Encoding": encoding})

    assert response.status_code == status
    assert LegalBank.objects.count() == (status == 201)
    assert is_signed_by_us(response)
