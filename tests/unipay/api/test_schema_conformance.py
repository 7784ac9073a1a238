"""Whatever a partner sends, valid or not, is answered as the OpenAPI document says: no 500, no undocumented answer.

UNIPAY_SCHEMA_EXAMPLES says how many requests are made up for each operation: 25 unless it is set.
"""

import copy
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests
import schemathesis
from django.core.cache import cache
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from signing.api.examples import ACCOUNT, HOLDER
from tests.billing.factories import make_bill, make_recharge
from tests.chart import chart
from tests.partner_client import PartnerClient
from tests.partner_server import Reply, serving
from tests.signed_session import ADDRESS, session_of
from tests.signing.factories import (
    PREPAID_OFFER,
    make_contract,
    make_session,
    the_bank,
    the_hall,
    the_province,
)
from tests.unipay.exchange.factories import make_received, make_sent
from unipay import clock, signatures
from unipay.api.schema_document import document
from unipay.exchange.flows.receive import Arrival
from unipay.exchange.flows.upload import open_upload
from unipay.partners.keys import forget_keys
from unipay.partners.models import NumberSegment, OwnKey, Partner
from unipay.partners.reference import load_result_codes

__all__ = ["chart"]

EXAMPLES = int(os.environ.get("UNIPAY_SCHEMA_EXAMPLES", "25"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
SELDOM_TOLD = {
    "GET /api/v1/bills": "which cursors are ours",
    "POST /api/v1/bills": "that no bill may stand there twice",
    "POST /api/v1/bills/{bill_no}/amendment": "that an amendment says something",
    "GET /api/v1/recharges": "which cursors are ours, and that it asks for no list of everything",
    "POST /api/v1/recharges/{recharge_no}/refund": "that a text holds no blank at its ends",
    "POST /api/v1/recharges/{recharge_no}/reversal": "that a text holds no blank at its ends",
    "POST /api/v1/recharges": "that it is for a number or an agreement, one of the two",
    "GET /api/v1/contracts": "which cursors are ours, and how wide a window may be",
    "GET /api/v1/files": "which cursors are ours",
    "POST /api/v1/files/{file_no}/acknowledgement": "that a refusal says why",
    "POST /api/v1/signing-results": "which fields belong to which kind of result",
}
"""What the schema of an operation does not say, so that a request valid by it may be refused as faulty."""

USUAL_CALLER = {
    "GET /api/v1/bills": "PROVINCE",
    "POST /api/v1/bills": "PROVINCE",
    "GET /api/v1/bills/{bill_no}": "PROVINCE",
    "POST /api/v1/bills/{bill_no}/amendment": "PROVINCE",
    "POST /api/v1/bills/{bill_no}/cancellation": "PROVINCE",
    "POST /api/v1/number-events": "PROVINCE",
    "POST /api/v1/signing-sessions": "HALL",
    "GET /api/v1/signing-sessions/{session_no}": "HALL",
}
FILE: dict[str, Any] = {
    "name": "book.txt",
    "origin": "API",
    "kind": "bank_contract_full",
    "size": 3,
    "digest": "0" * 64,
}
STATES = ("PROVISIONAL", "ACTIVE", "SUSPENDED", "CONTESTED", "TERMINATED")
SESSION_STATES = ("OPENED", "AT_BANK", "COMPLETED", "FAILED", "EXPIRED")
MAY_SIGN = {"result_code": "0000", "decision": "MAY_SIGN", "terms_offer": PREPAID_OFFER}
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE

with override("en"):
    SCHEMA = schemathesis.openapi.from_dict(copy.deepcopy(document()))
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}


@dataclass(frozen=True)
class Town:
    """Who may call, and what there is to be asked about: (number, mobile number) of contracts and sessions."""

    callers: dict[str, requests.Session]
    contracts: list[tuple[str, str]]
    sessions: list[tuple[str, str]]
    files: list[str]
    uploads: list[str]
    bills: list[str]
    recharges: list[str]


@pytest.fixture(autouse=True)
def _endpoints() -> None:
    """The real endpoints, in place of the test endpoints this directory has."""
    cache.clear()
    forget_keys()


@pytest.fixture
def town(chart: None) -> Iterator[Town]:
    """A bank, a hall and the province all numbers are at home in, which lets every one of them sign."""
    bank, province, hall = the_bank(), the_province(), the_hall()
    prefixes = [f"1{digit}" for digit in range(3, 10)]
    NumberSegment.objects.bulk_create(NumberSegment(prefix=prefix, province=province) for prefix in prefixes)
    contracts = [make_contract(state, msisdn=f"1380571000{n}") for n, state in enumerate(STATES)]
    sessions = [make_session(state, msisdn=f"1380571001{n}") for n, state in enumerate(SESSION_STATES)]
    partners = (bank, province, hall)
    Partner.objects.update(rate_limit_per_minute=10**9)
    load_result_codes()
    with serving(province) as server:
        server.always(Reply(MAY_SIGN))
        yield Town(
            {partner.kind: session_of(PartnerClient(partner)) for partner in partners},
            [(contract.contract_no, contract.msisdn) for contract in contracts],
            [(session.session_no, session.msisdn) for session in sessions],
            [make_received(partner=bank).file_no, make_sent(partner=bank).file_no],
            [open_upload(Arrival(**FILE, partner=bank), now=clock.now()).upload_no],
            [make_bill(state).bill_no for state in ("DUE", "SETTLED", "CANCELLED")],
            [make_recharge(state).recharge_no for state in ("PAID", "LANDED", "REVERSED", "REFUND_OWED")],
        )


def moments() -> st.SearchStrategy[str]:
    return st.integers(0, 7_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC).isoformat())


def aim(case: Case, town: Town, data: st.DataObject) -> None:
    """Let half of the requests be about what there is."""
    known = {
        "contract_no": town.contracts,
        "session_no": town.sessions,
        "request_no": [("R-1", ""), ("R-2", "")],
        "file_no": [(number, "") for number in town.files],
        "upload_no": [(number, "") for number in town.uploads],
        "bill_no": [(number, "") for number in town.bills],
        "recharge_no": [(number, "") for number in town.recharges],
        "number": [(0, ""), (1, "")],
    }
    for name in case.path_parameters or {}:
        if data.draw(st.booleans()):
            case.path_parameters[name] = data.draw(st.sampled_from(known[name]))[0]


def make_sense(body: dict[str, Any], town: Town, data: st.DataObject) -> None:
    """Put in what a schema cannot say: dates of our time, a right check digit, numbers that exist, 1 instead of 1.0."""
    sense: dict[str, st.SearchStrategy[Any]] = {
        "request_no": st.sampled_from(["R-1", "R-2"]) | st.uuids().map(str),
        "msisdn": st.sampled_from([msisdn for _no, msisdn in town.contracts] + [body.get("msisdn")]),
        "account": st.just(ACCOUNT),
        "holder": st.just(HOLDER),
        "business_date": st.dates(date(1970, 1, 1), date(2199, 12, 31)).map(str),
        "return_url": st.sampled_from(["https://hall.example/done", "https://other.example/"]),
        "name": st.sampled_from(["book.txt", "../book.txt"]),
        "kind": st.sampled_from(["bank_contract_full", "nonsense"]),
        "size": st.sampled_from([0, 3, 2**53 - 1]),
        "signed_at": moments(),
        "occurred_at": moments(),
        "joined_network_at": moments(),
        "bank_contract_no": st.sampled_from(["B-1", "B-2"]),
        "bank_code": st.sampled_from(["ICBC", "NONE"]),
        "billing_month": st.sampled_from(["2026-10", "2199-12"]),
        "due_date": st.dates(date(1970, 1, 1), date(2199, 12, 31)).map(str),
        "paid_at": moments(),
        "terms_offer": st.sampled_from([PREPAID_OFFER, {"user_type": "POSTPAID", "auto_pay_allowed": True}]),
    }
    for part in (body, *body.get("bills", ())):
        for name in sorted(sense.keys() & part.keys()):
            part[name] = data.draw(sense[name], label=name)
        if type(part.get("amount_fen")) is float:
            part["amount_fen"] = int(part["amount_fen"])
    if "terms" in body:
        values = body["terms"].items()
        body["terms"] = {name: int(value) if type(value) is float else value for name, value in values}


def name_a_signing(body: dict[str, Any], town: Town, data: st.DataObject) -> None:
    """Let a result name the one signing it is about, and that rightly."""
    for name in ("contract_no", "session_no", "signing_request_no"):
        body.pop(name, None)
    name, known = data.draw(st.sampled_from([("contract_no", town.contracts), ("session_no", town.sessions)]))
    body[name], body["msisdn"] = data.draw(st.sampled_from(known))
    body |= {
        "account": ACCOUNT,
        "holder": HOLDER,
        "bank_contract_no": "B-3",
        "failure_code": "account_invalid",
    }
    body["signed_at"] = "2026-03-02T12:00:00+08:00"
    body.pop("secondary_msisdns", None)


def assert_sealed(response: Response) -> None:
    """Whoever is known gets a signed answer."""
    headers = {name: values[0] for name, values in response.headers.items()}
    text = signatures.answer_text(headers["unipay-timestamp"], headers["unipay-nonce"], response.content)
    key = OwnKey.objects.get(key_id=headers["unipay-key"])
    assert signatures.verify(key.public_key, key.algorithm, text, headers["unipay-signature"])


def is_outside(response: Response) -> bool:
    """Answered before anybody asked who it is: another path came of an odd number in it."""
    return response.status_code == 404 and response.json()["code"] == "path_unknown"


bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="UNIPAY_SCHEMA_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", [POSITIVE, NEGATIVE], ids=str)
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_the_document_tells_of(label: str, mode: GenerationMode, town: Town) -> None:
    operation = OPERATIONS[label]

    @bounded
    @given(operation.as_strategy(generation_mode=mode), st.data())
    def conforms(case: Case, data: st.DataObject) -> None:
        aim(case, town, data)
        if mode == POSITIVE and isinstance(case.body, dict):
            make_sense(case.body, town, data)
        if label == "POST /api/v1/signing-results" and mode == POSITIVE and data.draw(st.booleans()):
            name_a_signing(case.body, town, data)
        caller = data.draw(st.sampled_from(sorted(town.callers)) | st.just(USUAL_CALLER.get(label, "BANK")))

        response = case.call(base_url=ADDRESS, session=town.callers[caller])

        case.validate_response(response, checks=CHECKS)
        if response.status_code not in (411, 413) and not is_outside(response):
            assert_sealed(response)
        if mode == POSITIVE and label not in SELDOM_TOLD:
            assert response.status_code in (200, 201, 202, 403, 404, 409, 422), response.json()

    conforms()


@SCHEMA.parametrize()
@settings(bounded, max_examples=1)
def test_every_limit_the_document_names_is_kept(case: Case, town: Town) -> None:
    """What is just within and just beyond each limit, every part left out, wrong types, methods nobody knows."""
    label = case.operation.label
    files = (("file_no", town.files[1]), ("upload_no", town.uploads[0]), ("number", 0))
    money = (("bill_no", town.bills[0]), ("recharge_no", town.recharges[1]))
    for name, known in (
        ("contract_no", town.contracts[1][0]),
        ("session_no", town.sessions[1][0]),
        *files,
        *money,
    ):
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = known

    response = case.call(base_url=ADDRESS, session=town.callers[USUAL_CALLER.get(label, "BANK")])

    if response.status_code == 405:
        assert response.json()["code"] == "method_not_allowed"
    else:
        case.validate_response(response, checks=CHECKS)
