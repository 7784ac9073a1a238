"""The examples a partner's developer copies are what the schema beside them says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override
from jsonschema import Draft202012Validator, FormatChecker

from unipay.api.schema_document import document

with override("en"):
    DOCUMENT = document()


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for group in ("paths", "webhooks"):
        for address, item in DOCUMENT[group].items():
            yield from ((f"{method} {address}", operation) for method, operation in item.items())


def media_types() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in operations():
        yield from (
            (name, content) for content in operation.get("requestBody", {}).get("content", {}).values()
        )
        for status, response in operation["responses"].items():
            yield from ((f"{name} {status}", content) for content in response.get("content", {}).values())


MEDIA_TYPES = list(media_types())


@pytest.mark.parametrize(("name", "content"), MEDIA_TYPES, ids=[name for name, _content in MEDIA_TYPES])
def test_every_body_has_examples_that_are_valid(name: str, content: dict[str, Any]) -> None:
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    validator = Draft202012Validator(schema, format_checker=FormatChecker())

    examples = content.get("examples", {}).values()

    assert examples
    for example in examples:
        assert [error.message for error in validator.iter_errors(example["value"])] == []


def test_our_own_calls_say_which_headers_they_carry() -> None:
    headers = {
        name: [header["name"] for header in operation["parameters"]]
        for name, operation in operations()
        if " /" not in name
    }

    signature = ["Unipay-Timestamp", "Unipay-Nonce", "Unipay-Key", "Unipay-Signature"]
    assert headers["post query_signing"] == signature
    assert headers["post contract_cancelled"] == [*signature, "Unipay-Event-Id"]


def test_no_signature_is_promised_where_nobody_knows_who_calls() -> None:
    signed = {
        status
        for _name, operation in operations()
        for status, response in operation["responses"].items()
        if "Unipay-Signature" in response.get("headers", {})
    }

    assert signed == {
        "200", "201", "202", "206", "400", "403", "404", "409", "415", "416", "422", "429", "500", "503"
    }  # fmt: skip
