"""A bank, a province that answers over the wire, and what it has credited."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.partner_client import PartnerClient
from tests.partner_server import Called, PartnerServer, Reply, serving
from tests.signing.factories import the_bank, the_province
from unipay.partners.reference import load_result_codes


@pytest.fixture
def bank(db: None) -> PartnerClient:
    return PartnerClient(the_bank())


@pytest.fixture
def province(db: None) -> Iterator[PartnerServer]:
    """Credits everything, takes everything back."""
    load_result_codes()
    with serving(the_province()) as server:
        server.replies = crediting
        yield server


def crediting(called: Called) -> Reply:
    """What a province that is well answers."""
    return Reply({"result_code": "0000", "results": told(called, "CREDITED")})


def told(called: Called, result: str, **more: Any) -> list[dict[str, Any]]:
    """The same result for everything it was asked to credit."""
    asked = called.body.get("landings", [])
    return [{"recharge_no": each["recharge_no"], "result": result, **more} for each in asked]
