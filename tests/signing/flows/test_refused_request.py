"""What happens when a bank signed although it was refused, or lost our answer (domain.md A4)."""

from typing import Any

import pytest

from signing.models import Contract, ManualCase, SigningTransaction
from tests.partner_client import PartnerClient
from tests.signing.factories import ACCOUNT, HOLDER, MSISDN, NOW, make_contract, the_bank, the_province
from unipay import clock
from unipay.messaging.models import InboundRequest, InboundState

pytestmark = pytest.mark.django_db

REQUEST: dict[str, Any] = {
    "request_no": "s-1",
    "msisdn": MSISDN,
    "account": {"number": ACCOUNT.number, "type": ACCOUNT.type},
    "holder": {"name": HOLDER.name, "identity_no": HOLDER.identity_no},
    "channel": "KIOSK",
    "business_date": "2026-03-02",
}


def notice(**changed: Any) -> dict[str, Any]:
    return {
        "request_no": "n-1",
        "result": "SIGNED",
        "signing_request_no": "s-1",
        "msisdn": MSISDN,
        "bank_contract_no": "CCB-1",
        "account": REQUEST["account"],
        "holder": REQUEST["holder"],
        "signed_at": clock.rfc3339(clock.now()),
        "business_date": "2026-03-02",
        **changed,
    }


def announce(client: PartnerClient, **changed: Any) -> Any:
    return client.post("/api/v1/signing-results", notice(**changed))


def refused_client() -> PartnerClient:
    """CCB, whose request was refused since ICBC has a contract for the number."""
    make_contract("ACTIVE", bank=the_bank("ICBC"))
    client = PartnerClient(the_bank("CCB"))
    assert client.post("/api/v1/signings", REQUEST).status_code == 409
    return client


def test_a_bank_that_signed_against_a_refusal_is_a_case_and_both_contracts_are_kept() -> None:
    client = refused_client()

    answer = announce(client)

    contested = Contract.objects.get(bank__code="CCB")
    case = ManualCase.objects.get()
    assert (answer.status_code, answer.json()["state"]) == (200, "CONTESTED")
    assert answer.json()["case_no"] == case.case_no
    assert (contested.channel, contested.account_number) == ("KIOSK", ACCOUNT.number)
    assert (case.reason, case.standing, case.contested) == (
        "LATE_RESULT",
        Contract.objects.get(bank__code="ICBC"),
        contested,
    )
    assert not SigningTransaction.objects.exists()


def test_announcing_it_again_changes_nothing() -> None:
    client = refused_client()
    once = announce(client).json()

    again = announce(client, request_no="n-2").json()

    assert (again["contract_no"], again["case_no"]) == (once["contract_no"], once["case_no"])
    assert Contract.objects.count() == 2
    assert ManualCase.objects.count() == 1


def test_a_bank_that_lost_our_answer_names_its_own_request() -> None:
    the_province()
    bank = the_bank("CCB")
    provisional = make_contract("PROVISIONAL", bank=bank, opened_at=clock.now())
    InboundRequest.objects.create(
        partner=bank,
        request_no="s-1",
        operation="signings.create",
        digest="0" * 64,
        key_id="k1",
        request_id="x",
        body="{}",
        state=InboundState.DONE,
        status=201,
        answer={"contract_no": provisional.contract_no},
        received_at=NOW,
        answered_at=NOW,
    )

    answer = announce(PartnerClient(bank))

    assert (answer.json()["contract_no"], answer.json()["state"]) == (provisional.contract_no, "ACTIVE")
    assert not ManualCase.objects.exists()


def test_a_request_nobody_sent_is_not_found() -> None:
    answer = announce(PartnerClient(the_bank("CCB")), signing_request_no="s-9")

    assert (answer.status_code, answer.json()["code"]) == (404, "signing_request_not_found")
    assert not Contract.objects.exists()


def test_another_banks_request_is_not_found() -> None:
    refused_client()

    answer = announce(PartnerClient(the_bank("ABC")))

    assert answer.json()["code"] == "signing_request_not_found"


def test_a_notice_about_another_number_contradicts() -> None:
    client = refused_client()

    answer = announce(client, msisdn="13805710002")

    assert (answer.status_code, answer.json()["code"]) == (409, "notice_contradicts")


def test_a_bank_that_heeds_the_refusal_changes_nothing() -> None:
    client = refused_client()

    answer = announce(client, result="FAILED", failure_code="refused_by_unipay")

    assert (answer.status_code, answer.json()["state"]) == (200, "FAILED")
    assert Contract.objects.count() == 1
    assert not ManualCase.objects.exists()


@pytest.mark.parametrize("missing", ["account", "holder", "bank_contract_no"])
def test_what_is_needed_to_keep_it_is_asked_for(missing: str) -> None:
    client = refused_client()
    body = notice()
    del body[missing]

    answer = client.post("/api/v1/signing-results", body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [missing]
