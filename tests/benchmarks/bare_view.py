"""The peer: a bare Django view that makes the rows a signing result makes, as the ORM's manual would write it, and
asks nothing: who sent it, whether it came before, who else is at work, whether any of it may be."""

import json
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from signing.models import Contract, SigningTransaction
from signing.representation import contract_facts
from tests.benchmarks.orders import BARE_PATH
from unipay import check_digit
from unipay.messaging.models import InboundRequest, OutboundMessage


@csrf_exempt
def signing_result(request: HttpRequest) -> JsonResponse:
    """Make the contract formal; a transaction around it costs less than four commits."""
    with transaction.atomic():
        answer = JsonResponse(write(json.loads(request.body), request.body.decode()))
    # What CommonMiddleware does; without it the answer would come in pieces.
    answer["Content-Length"] = len(answer.content)
    return answer


def write(order: dict[str, Any], body: str) -> dict[str, Any]:
    """Make the rows: contract (with held number and history by trigger), journal, outbox, inbox; return the answer."""
    facts, contract = write_effect(order)
    write_inbox(order, body, contract, facts)
    return facts


def write_effect(order: dict[str, Any]) -> tuple[dict[str, Any], Contract]:
    """All rows but the inbox's."""
    now = timezone.now()
    contract = Contract.objects.select_related("bank").get(contract_no=order["contract_no"])
    contract.bank_contract_no = order["bank_contract_no"]
    contract.recharge_threshold_fen = order["terms"]["recharge_threshold_fen"]
    contract.recharge_amount_fen = order["terms"]["recharge_amount_fen"]
    contract.activate(signed_at=datetime.fromisoformat(order["signed_at"]))
    contract.version += 1
    contract.save()
    SigningTransaction.objects.create(
        transaction_no=check_digit.new_number("T"),
        kind="SIGNED",
        contract=contract,
        version=contract.version,
        bank=contract.bank,
        province_id=contract.province_id,
        msisdn=contract.msisdn,
        secondary_msisdns=contract.secondary_msisdns,
        bank_contract_no=contract.bank_contract_no,
        account_index=contract.account_index,
        account_mask=contract.account_mask,
        recharge_threshold_fen=contract.recharge_threshold_fen,
        recharge_amount_fen=contract.recharge_amount_fen,
        auto_pay=contract.auto_pay,
        source="BANK",
        source_partner=contract.bank,
        request_no=order["request_no"],
        business_date=date.fromisoformat(order["business_date"]),
        occurred_at=now,
    )
    facts = contract_facts(contract)
    OutboundMessage.objects.create(
        partner_id=contract.province_id,
        kind="contract_changed",
        subject=f"contract:{contract.contract_no}",
        resource_version=contract.version,
        msisdn=contract.msisdn,
        payload={"change": "SIGNED", "business_date": order["business_date"], "contract": facts},
        created_at=now,
        next_attempt_at=now,
    )
    return facts, contract


def write_inbox(order: dict[str, Any], body: str, contract: Contract, facts: dict[str, Any]) -> None:
    """The request and its answer, as a log."""
    now = timezone.now()
    InboundRequest.objects.create(
        partner=contract.bank,
        request_no=order["request_no"],
        operation="signing_results.create",
        msisdn=order["msisdn"],
        body=body,
        state="DONE",
        status=200,
        answer=facts,
        received_at=now,
        answered_at=now,
    )


urlpatterns = [path(BARE_PATH.lstrip("/"), signing_result)]
