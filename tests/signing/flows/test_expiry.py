"""What happens when a signing runs out of time (domain.md A2): the bank's answer decides, silence ends nothing."""

from datetime import timedelta
from typing import Any

import pytest

from signing.flows.expiry import (
    Overdue,
    claim_overdue_contracts,
    claim_overdue_sessions,
    settle,
)
from signing.models import Contract, ManualCase, SigningSession
from tests.signing.factories import NOW, fresh, make_contract, make_session, the_bank
from unipay.messaging.models import OutboundMessage
from unipay.partners.gateways.bank import SigningQuery

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=31)
NEXT_DAY = NOW + timedelta(hours=25)
SAID: dict[str, Any] = {
    "bank_contract_no": "ICBC-7",
    "account": {"number": "6222021234567890128", "type": "DEBIT"},
    "holder": {"name": "张三丰", "identity_no": "330102199003071003"},
    "terms": {},
    "signed_at": "2026-03-02T12:10:00+08:00",
    "business_date": "2026-03-02",
}


def test_what_is_overdue_is_claimed_once() -> None:
    due = make_contract("PROVISIONAL")
    make_contract("PROVISIONAL", msisdn="13805710002", opened_at=LATER)

    first = claim_overdue_contracts(now=LATER, limit=10)
    second = claim_overdue_contracts(now=LATER, limit=10)

    assert (first, second) == ([due.pk], [])
    assert claim_overdue_contracts(now=LATER + timedelta(minutes=5), limit=10) == [due.pk]


def test_sessions_that_ended_are_not_claimed() -> None:
    due = make_session("AT_BANK")
    make_session("FAILED")

    assert claim_overdue_sessions(now=LATER, limit=10) == [due.pk]


def test_a_bank_that_did_not_sign_ends_the_contract() -> None:
    contract = make_contract("PROVISIONAL")

    settle(Overdue(contract=contract), SigningQuery("NOT_SIGNED"), now=LATER)

    contract = fresh(contract)
    assert (contract.state, contract.end_reason) == ("TERMINATED", "EXPIRED")


def test_a_bank_that_signed_but_whose_notice_was_lost_makes_the_contract_formal() -> None:
    contract = make_contract("PROVISIONAL")

    settle(Overdue(contract=contract), SigningQuery("SIGNED", SAID), now=LATER)

    contract = fresh(contract)
    assert (contract.state, contract.bank_contract_no) == ("ACTIVE", "ICBC-7")
    assert OutboundMessage.objects.get().kind == "contract_changed"


def test_a_session_signed_at_the_bank_whose_notice_was_lost_completes() -> None:
    session = make_session("AT_BANK")

    settle(Overdue(session=session), SigningQuery("SIGNED", SAID), now=LATER)

    session = fresh(session)
    assert session.state == "COMPLETED"
    assert Contract.objects.get().state == "ACTIVE"


@pytest.mark.parametrize("query", [None, SigningQuery("PENDING"), SigningQuery("SIGNED", {"terms": {}})])
def test_silence_or_an_unusable_answer_ends_nothing_for_a_day(query: SigningQuery | None) -> None:
    contract = make_contract("PROVISIONAL")

    settle(Overdue(contract=contract), query, now=LATER)

    contract = fresh(contract)
    assert contract.state == "PROVISIONAL"


def test_after_a_day_of_silence_the_number_is_free_again() -> None:
    contract = make_contract("PROVISIONAL")

    settle(Overdue(contract=contract), None, now=NEXT_DAY)

    contract = fresh(contract)
    assert (contract.state, contract.end_reason) == ("TERMINATED", "EXPIRED")


def test_an_expired_session_is_told_to_the_hall() -> None:
    session = make_session("OPENED")

    settle(Overdue(session=session), SigningQuery("NOT_SIGNED"), now=LATER)

    assert SigningSession.objects.get().state == "EXPIRED"
    message = OutboundMessage.objects.get()
    assert (message.partner.code, message.kind, message.payload["state"]) == (
        "HALL",
        "signing_outcome",
        "EXPIRED",
    )


def test_a_lost_notice_for_a_number_signed_elsewhere_makes_a_case() -> None:
    make_contract("ACTIVE", bank=the_bank("CCB"))
    session = make_session("AT_BANK")

    settle(Overdue(session=session), SigningQuery("SIGNED", SAID), now=LATER)

    assert ManualCase.objects.get().reason == "STANDING_CONTRACT"


def test_what_was_signed_meanwhile_is_not_ended() -> None:
    seen_before = Contract.objects.get(pk=make_contract("PROVISIONAL").pk)
    signed = Contract.objects.get()
    signed.activate(signed_at=NOW)
    signed.save()

    settle(Overdue(contract=seen_before), SigningQuery("NOT_SIGNED"), now=LATER)

    assert Contract.objects.get().state == "ACTIVE"
