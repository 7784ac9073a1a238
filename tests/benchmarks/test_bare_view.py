"""The peer of `make bench` is only a peer while it makes the rows our API makes."""

import json
from typing import Any

import pytest
from django.db.models import Model
from django.test import RequestFactory

from signing.models import Contract, HeldNumber, SigningTransaction
from tests.benchmarks import bare_view, orders
from tests.partner_client import PartnerClient
from tests.signing.factories import make_contract, the_bank
from unipay.messaging.models import InboundRequest, OutboundMessage

pytestmark = pytest.mark.django_db

# What belongs to one row alone, or to the safety that the bare view goes without.
DIFFERING = {
    *(
        "id",
        "contract_no",
        "msisdn",
        "contract_id",
        "transaction_no",
        "event_id",
        "request_no",
        "bank_contract_no",
    ),
    *("subject", "body", "digest", "key_id", "signature", "request_id"),
    *("opened_at", "occurred_at", "created_at", "next_attempt_at", "received_at", "answered_at"),
    *("payload", "answer", "pgh_id", "pgh_created_at", "pgh_obj_id", "pgh_context_id"),
}


def make_provisional(place: int) -> Contract:
    return make_contract(
        "PROVISIONAL",
        contract_no=orders.contract_no(place),
        msisdn=orders.msisdn(place),
        offer=orders.OFFER,
        bank_contract_no="",
    )


def rows_about(contract: Contract) -> dict[str, list[dict[str, Any]]]:
    """Everything there is about the contract, but for what differs from row to row."""
    history = Contract.pgh_event_model.objects.filter(pgh_obj=contract, pgh_label="update")
    found: dict[str, Any] = {
        "contract": Contract.objects.filter(pk=contract.pk),
        "held": HeldNumber.objects.filter(contract=contract),
        "history": history,
        "journal": SigningTransaction.objects.filter(contract=contract),
        "outbox": OutboundMessage.objects.filter(msisdn=contract.msisdn),
        "inbox": InboundRequest.objects.filter(msisdn=contract.msisdn),
    }
    return {name: [_compared(row) for row in rows] for name, rows in found.items()}


def _compared(row: Model) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in DIFFERING}


def test_the_bare_view_makes_the_rows_our_api_makes() -> None:
    bank = the_bank()
    bare, ours = make_provisional(0), make_provisional(1)

    sent = RequestFactory().post(orders.BARE_PATH, orders.signing_result(0), content_type="application/json")
    bare_answer = bare_view.signing_result(sent)
    our_answer = PartnerClient(bank).post(orders.API_PATH, orders.signing_result(1))

    assert (bare_answer.status_code, our_answer.status_code) == (200, 200)
    assert rows_about(bare) == rows_about(ours)
    assert json.loads(bare_answer.content).keys() == our_answer.json().keys()
    assert [len(rows) for rows in rows_about(ours).values()] == [1, 1, 1, 1, 1, 1]
