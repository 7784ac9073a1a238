"""What happens when a bank asks to sign a number (domain.md A2, steps 2 to 4.5)."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from signing.flows.bank_channel import Question, conclude, prepare
from signing.models import Contract, HeldNumber
from signing.particulars import Account, SigningRequest
from tests.signing.factories import (
    ACCOUNT,
    HOLDER,
    MSISDN,
    NOW,
    PREPAID_OFFER,
    make_contract,
    the_bank,
    the_province,
)
from unipay import clock
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage
from unipay.partners.gateways.province import Eligibility
from unipay.partners.models import MaintenanceWindow, Partner

pytestmark = pytest.mark.django_db

MAY_SIGN = Eligibility("MAY_SIGN", terms_offer=PREPAID_OFFER)


def request(**changed: Any) -> SigningRequest:
    usual: dict[str, Any] = {
        "msisdn": MSISDN,
        "account": ACCOUNT,
        "holder": HOLDER,
        "channel": "COUNTER",
        "business_date": clock.business_date(NOW),
    }
    return SigningRequest(**{**usual, **changed})


def question(bank: Partner | None = None, **changed: Any) -> Question:
    the_province()
    return prepare(bank=bank or the_bank(), request=request(**changed), request_no="r-1", now=NOW)


def test_a_number_that_may_be_signed_gets_a_provisional_contract_with_the_provinces_terms() -> None:
    contract = conclude(question(secondary_msisdns=("13805710002",)), MAY_SIGN, now=NOW)

    kept = Contract.objects.get()
    assert kept == contract
    assert (kept.state, kept.user_type, kept.offer) == ("PROVISIONAL", "PREPAID", PREPAID_OFFER)
    assert kept.expires_at == NOW + timedelta(minutes=30)
    assert (kept.account_number, kept.account_mask) == (ACCOUNT.number, "622202*********0128")
    assert set(HeldNumber.objects.values_list("msisdn", "is_primary")) == {
        (MSISDN, True),
        ("13805710002", False),
    }
    assert not OutboundMessage.objects.exists()


@pytest.mark.parametrize(
    ("reason_code", "expected"),
    [
        ("number_not_normal", "number_not_normal"),
        ("exclusive_service", "exclusive_service"),
        ("number_blacklisted", "number_blacklisted"),
        ("secondary_not_allowed", "secondary_not_allowed"),
        ("something_new", "province_refused"),
    ],
)
def test_a_refusal_of_the_province_is_passed_on_with_its_reason(reason_code: str, expected: str) -> None:
    with pytest.raises(Refusal) as refused:
        conclude(question(), Eligibility("REFUSED", reason_code, "停机"), now=NOW)

    assert (refused.value.reason.code, refused.value.detail) == (expected, "停机")
    assert not Contract.objects.exists()


def test_a_contract_only_the_province_knows_is_told_to_the_bank() -> None:
    known = {"bank_code": "ABC", "state": "ACTIVE", "signed_at": "2026-01-01T00:00:00+08:00"}

    with pytest.raises(Refusal) as refused:
        conclude(question(), Eligibility("ALREADY_SIGNED", contract=known), now=NOW)

    assert (refused.value.reason.code, refused.value.conflict) == ("number_has_contract", known)


@pytest.mark.parametrize("state", ["PROVISIONAL", "ACTIVE", "SUSPENDED"])
def test_a_standing_contract_here_is_refused_before_the_province_is_asked(state: str) -> None:
    make_contract(state, bank=the_bank("CCB"))

    with pytest.raises(Refusal) as refused:
        question()

    assert refused.value.reason.code == "number_has_contract"
    assert refused.value.conflict is not None
    assert (refused.value.conflict["bank_code"], refused.value.conflict["state"]) == ("CCB", state)


@pytest.mark.parametrize("state", ["CONTESTED", "TERMINATED"])
def test_a_contract_that_does_not_stand_is_no_obstacle(state: str) -> None:
    make_contract(state, bank=the_bank("CCB"))

    contract = conclude(question(), MAY_SIGN, now=NOW)

    assert contract.state == "PROVISIONAL"


def test_a_bank_that_lost_our_answer_and_asks_again_gets_its_own_provisional_contract() -> None:
    once = conclude(question(), MAY_SIGN, now=NOW)

    again = conclude(question(), MAY_SIGN, now=NOW)

    assert again == once
    assert Contract.objects.count() == 1


def test_another_account_is_not_the_same_signing() -> None:
    conclude(question(), MAY_SIGN, now=NOW)

    with pytest.raises(Refusal) as refused:
        question(account=Account("6222021234567890999", "DEBIT"))

    assert refused.value.reason.code == "number_has_contract"


def test_a_number_signed_while_the_province_was_asked_is_refused() -> None:
    asked = question()
    make_contract("ACTIVE", bank=the_bank("CCB"))

    with pytest.raises(Refusal) as refused:
        conclude(asked, MAY_SIGN, now=NOW)

    assert refused.value.reason.code == "number_has_contract"
    assert Contract.objects.count() == 1


def test_a_bank_in_maintenance_is_refused_new_signings() -> None:
    bank = the_bank()
    MaintenanceWindow.objects.create(
        partner=bank, period=(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    )

    with pytest.raises(Refusal) as refused:
        question(bank)

    assert (refused.value.reason.code, refused.value.reason.status) == ("bank_closed", 503)


def test_a_number_no_province_knows_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        question(msisdn="13900000000")

    assert refused.value.reason.code == "unknown_number"


def test_too_many_secondary_numbers_are_refused(settings: LazySettings) -> None:
    settings.UNIPAY_MAX_SECONDARY_NUMBERS = 1

    with pytest.raises(Refusal) as refused:
        question(secondary_msisdns=("13805710002", "13805710003"))

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("secondary_msisdns", "too_many")
    ]
