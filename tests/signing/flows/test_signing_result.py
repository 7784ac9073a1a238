"""What happens when a bank announces a signing result (domain.md A1 step 5 and 6, A2 steps 4.7 to 4.10)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from signing.flows.signing_result import accept_result
from signing.flows.told import Told
from signing.models import Contract, HeldNumber, ManualCase, SigningTransaction
from signing.particulars import SigningNotice
from signing.terms import Terms
from tests.signing.factories import (
    ACCOUNT,
    HOLDER,
    MSISDN,
    NOW,
    fresh,
    make_contract,
    make_session,
    the_bank,
    the_province,
)
from unipay import clock
from unipay.errors import Refusal
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

NOTICE = SigningNotice(
    signed=True,
    msisdn=MSISDN,
    business_date=clock.business_date(NOW),
    bank_contract_no="ICBC-1",
    signed_at=NOW,
    terms=Terms(3000, 6000),
)


def told(*, bank: str = "ICBC", **changed: Any) -> Told:
    return Told(the_bank(bank), replace(NOTICE, **changed), "r-1", "k1")


def of_session(session_no: str, **changed: Any) -> dict[str, Any]:
    return {"session_no": session_no, "account": ACCOUNT, "holder": HOLDER, **changed}


def promised() -> list[tuple[str, str]]:
    return list(OutboundMessage.objects.order_by("id").values_list("partner__code", "kind"))


def test_a_provisional_contract_becomes_formal_and_the_province_hears_of_it() -> None:
    provisional = make_contract("PROVISIONAL")

    announced = accept_result(told(contract_no=provisional.contract_no), now=NOW)

    contract = Contract.objects.get()
    assert announced.contract == contract
    assert (contract.state, contract.bank_contract_no, contract.version) == ("ACTIVE", "ICBC-1", 2)
    assert (contract.recharge_threshold_fen, contract.recharge_amount_fen) == (3000, 6000)
    assert (contract.signed_at, contract.expires_at) == (NOW, None)
    assert promised() == [("ZJ", "contract_changed")]
    journal = SigningTransaction.objects.get()
    assert (journal.kind, journal.version, journal.request_no, journal.source) == ("SIGNED", 2, "r-1", "BANK")
    assert journal.business_date == NOTICE.business_date


def test_terms_left_open_are_the_provinces_defaults() -> None:
    provisional = make_contract("PROVISIONAL")

    accept_result(told(contract_no=provisional.contract_no, terms=Terms()), now=NOW)

    contract = Contract.objects.get()
    assert (contract.recharge_threshold_fen, contract.recharge_amount_fen) == (2000, 5000)


def test_a_bank_that_wants_a_notice_gets_one() -> None:
    bank = the_bank("CCB", confirms_by_notice=True)
    provisional = make_contract("PROVISIONAL", bank=bank)

    accept_result(told(bank="CCB", contract_no=provisional.contract_no), now=NOW)

    assert promised() == [("ZJ", "contract_changed"), ("CCB", "contract_confirmed")]


def test_a_repeated_notice_changes_nothing() -> None:
    provisional = make_contract("PROVISIONAL")
    once = accept_result(told(contract_no=provisional.contract_no), now=NOW)

    again = accept_result(told(contract_no=provisional.contract_no), now=NOW + timedelta(hours=1))

    assert again.contract == once.contract
    assert Contract.objects.get().version == 2
    assert SigningTransaction.objects.count() == 1
    assert OutboundMessage.objects.count() == 1


def test_a_notice_repeated_after_the_contract_ended_does_not_revive_it() -> None:
    ended = make_contract("TERMINATED", bank_contract_no="ICBC-1")

    announced = accept_result(told(contract_no=ended.contract_no), now=NOW)

    assert announced.contract is not None
    assert announced.contract.state == "TERMINATED"
    assert not ManualCase.objects.exists()


def test_another_bank_contract_number_for_a_signed_contract_contradicts() -> None:
    provisional = make_contract("PROVISIONAL")
    accept_result(told(contract_no=provisional.contract_no), now=NOW)

    with pytest.raises(Refusal) as refused:
        accept_result(told(contract_no=provisional.contract_no, bank_contract_no="ICBC-2"), now=NOW)

    assert refused.value.reason.code == "notice_contradicts"
    assert Contract.objects.get().bank_contract_no == "ICBC-1"


def test_a_standing_contract_of_another_bank_makes_a_case_and_both_are_kept() -> None:
    standing = make_contract("ACTIVE", bank=the_bank("CCB"))
    session = make_session("AT_BANK")

    announced = accept_result(told(**of_session(session.session_no)), now=NOW)

    contested = Contract.objects.get(bank__code="ICBC")
    case = ManualCase.objects.get()
    assert (contested.state, contested.contested_with) == ("CONTESTED", standing)
    assert Contract.objects.get(pk=standing.pk).state == "ACTIVE"
    assert (case.reason, case.standing, case.contested) == ("STANDING_CONTRACT", standing, contested)
    assert announced.case == case
    assert [piece.partner.code for piece in case.evidence.order_by("id") if piece.partner] == ["CCB", "ICBC"]
    assert not SigningTransaction.objects.exists()
    session = fresh(session)
    assert session.state == "COMPLETED"


def test_the_account_number_is_nowhere_in_the_evidence() -> None:
    make_contract("ACTIVE", bank=the_bank("CCB"))
    session = make_session("AT_BANK")

    accept_result(told(**of_session(session.session_no)), now=NOW)

    said = str([piece.facts for piece in ManualCase.objects.get().evidence.all()])
    assert ACCOUNT.number not in said
    assert HOLDER.identity_no not in said
    assert HOLDER.name not in said


def test_a_repeated_clash_answers_with_the_case_that_is_open() -> None:
    make_contract("ACTIVE", bank=the_bank("CCB"))
    session = make_session("AT_BANK")
    once = accept_result(told(**of_session(session.session_no)), now=NOW)

    again = accept_result(told(**of_session(session.session_no)), now=NOW)

    assert (again.contract, again.case) == (once.contract, once.case)
    assert Contract.objects.count() == 2
    assert ManualCase.objects.count() == 1


def test_a_number_held_as_a_secondary_one_clashes_too() -> None:
    make_contract("ACTIVE", bank=the_bank("CCB"), msisdn="13805710009", secondary_msisdns=[MSISDN])
    session = make_session("AT_BANK")

    announced = accept_result(told(**of_session(session.session_no)), now=NOW)

    assert announced.contract is not None
    assert announced.contract.state == "CONTESTED"


def test_another_banks_provisional_contract_stands_in_the_way() -> None:
    provisional = make_contract("PROVISIONAL", bank=the_bank("CCB"))
    session = make_session("AT_BANK")

    announced = accept_result(told(**of_session(session.session_no)), now=NOW)

    assert announced.case is not None
    assert announced.case.standing == provisional


def test_a_carrier_channel_signing_becomes_formal_with_what_the_bank_says() -> None:
    session = make_session("AT_BANK")

    announced = accept_result(told(**of_session(session.session_no)), now=NOW)

    contract = Contract.objects.get()
    session = fresh(session)
    assert announced.contract == contract
    assert (contract.state, contract.channel, contract.account_number) == (
        "ACTIVE",
        "CARRIER",
        ACCOUNT.number,
    )
    assert (session.state, session.contract) == ("COMPLETED", contract)
    assert promised() == [("ZJ", "contract_changed")]


def test_a_session_without_consent_was_never_the_banks_to_sign() -> None:
    session = make_session("OPENED", bank=the_bank())

    with pytest.raises(Refusal) as refused:
        accept_result(told(**of_session(session.session_no)), now=NOW)

    assert refused.value.reason.code == "notice_contradicts"
    assert (refused.value.conflict or {})["state"] == "OPENED"
    assert fresh(session).state == "OPENED"
    assert not Contract.objects.exists()


def test_a_hall_that_the_bank_does_not_tell_hears_it_from_us() -> None:
    session = make_session("AT_BANK", bank=the_bank("CCB", notifies_hall=False))

    accept_result(told(bank="CCB", **of_session(session.session_no)), now=NOW)

    assert promised() == [("ZJ", "contract_changed"), ("HALL", "signing_outcome")]
    outcome = OutboundMessage.objects.get(kind="signing_outcome").payload
    assert (outcome["state"], outcome["contract_state"]) == ("COMPLETED", "ACTIVE")


@pytest.mark.parametrize(("notifies_hall", "expected"), [(True, []), (False, [("HALL", "signing_outcome")])])
def test_a_failed_account_check_ends_the_session(notifies_hall: bool, expected: list[Any]) -> None:
    session = make_session("AT_BANK", bank=the_bank("CCB", notifies_hall=notifies_hall))
    notice = told(bank="CCB", signed=False, session_no=session.session_no, failure_code="account_invalid")

    announced = accept_result(notice, now=NOW)

    session = fresh(session)
    assert announced.contract is None
    assert (session.state, session.failure_code) == ("FAILED", "account_invalid")
    assert promised() == expected
    assert not Contract.objects.exists()


def test_a_bank_that_did_not_sign_ends_the_provisional_contract() -> None:
    provisional = make_contract("PROVISIONAL")

    accept_result(told(signed=False, contract_no=provisional.contract_no, failure_code="x"), now=NOW)

    contract = Contract.objects.get()
    assert (contract.state, contract.end_reason) == ("TERMINATED", "NOT_SIGNED")
    assert not HeldNumber.objects.exists()
    assert not SigningTransaction.objects.exists()


def test_failed_after_signed_contradicts_and_ends_nothing() -> None:
    active = make_contract("ACTIVE", bank_contract_no="ICBC-1")

    with pytest.raises(Refusal) as refused:
        accept_result(told(signed=False, contract_no=active.contract_no, failure_code="x"), now=NOW)

    assert refused.value.reason.code == "notice_contradicts"
    assert Contract.objects.get().state == "ACTIVE"


def test_signed_after_failed_is_kept_contested_and_people_decide() -> None:
    provisional = make_contract("PROVISIONAL")
    accept_result(told(signed=False, contract_no=provisional.contract_no, failure_code="x"), now=NOW)

    announced = accept_result(told(contract_no=provisional.contract_no), now=NOW)

    assert announced.contract is not None
    assert announced.case is not None
    assert (announced.contract.state, announced.case.reason) == ("CONTESTED", "LATE_RESULT")
    assert announced.contract.account_number == ACCOUNT.number
    assert Contract.objects.get(pk=provisional.pk).state == "TERMINATED"


def test_a_late_notice_repeated_makes_one_case() -> None:
    session = make_session("EXPIRED", bank=the_bank())
    once = accept_result(told(**of_session(session.session_no)), now=NOW)

    again = accept_result(told(**of_session(session.session_no)), now=NOW)

    assert again.contract == once.contract
    assert Contract.objects.count() == 1
    assert ManualCase.objects.count() == 1


def test_terms_beyond_the_offer_are_refused_and_nothing_changes() -> None:
    provisional = make_contract("PROVISIONAL")

    with pytest.raises(Refusal) as refused:
        accept_result(told(contract_no=provisional.contract_no, terms=Terms(10001, 5000)), now=NOW)

    assert refused.value.reason.code == "terms_not_allowed"
    assert [fault.field for fault in refused.value.faults] == ["terms.recharge_threshold_fen"]
    assert Contract.objects.get().state == "PROVISIONAL"
    assert not OutboundMessage.objects.exists()


def test_a_signing_time_in_the_future_is_refused() -> None:
    provisional = make_contract("PROVISIONAL")

    with pytest.raises(Refusal) as refused:
        accept_result(
            told(contract_no=provisional.contract_no, signed_at=NOW + timedelta(minutes=6)), now=NOW
        )

    assert refused.value.reason.code == "signed_in_the_future"


@pytest.mark.parametrize("named", [{"contract_no": "C-0"}, {"session_no": "S-0"}])
def test_a_number_nobody_gave_out_is_not_found(named: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        accept_result(told(**named), now=NOW)

    assert refused.value.reason.status == 404


def test_another_banks_contract_is_not_found() -> None:
    provisional = make_contract("PROVISIONAL")

    with pytest.raises(Refusal) as refused:
        accept_result(told(bank="CCB", contract_no=provisional.contract_no), now=NOW)

    assert refused.value.reason.code == "contract_not_found"
    assert Contract.objects.get().state == "PROVISIONAL"


def test_a_notice_about_another_number_contradicts() -> None:
    provisional = make_contract("PROVISIONAL")

    with pytest.raises(Refusal) as refused:
        accept_result(told(contract_no=provisional.contract_no, msisdn="13805710002"), now=NOW)

    assert [fault.field for fault in refused.value.faults] == ["msisdn"]


def test_a_bank_contract_number_in_use_for_another_number_is_refused() -> None:
    make_contract("ACTIVE", msisdn="13805710008", bank_contract_no="ICBC-1")
    provisional = make_contract("PROVISIONAL")

    with pytest.raises(Refusal) as refused:
        accept_result(told(contract_no=provisional.contract_no), now=NOW)

    assert refused.value.reason.code == "bank_contract_no_in_use"
    assert Contract.objects.get(pk=provisional.pk).state == "PROVISIONAL"


def test_one_signing_announced_through_two_sessions_is_one_contract() -> None:
    first, second = make_session("AT_BANK"), make_session("AT_BANK")
    once = accept_result(told(**of_session(first.session_no)), now=NOW)

    again = accept_result(told(**of_session(second.session_no)), now=NOW)

    second = fresh(second)
    assert again.contract == once.contract
    assert (second.state, second.contract) == ("COMPLETED", once.contract)
    assert not ManualCase.objects.exists()


def test_the_database_itself_refuses_a_second_standing_contract() -> None:
    make_contract("ACTIVE")

    with pytest.raises(IntegrityError, match="one_standing_contract_per_number"), transaction.atomic():
        make_contract("ACTIVE", bank=the_bank("CCB"), province=the_province())

    assert HeldNumber.objects.count() == 1


def test_the_database_itself_refuses_a_primary_number_held_as_a_secondary_one() -> None:
    make_contract("ACTIVE", msisdn="13805710009", secondary_msisdns=[MSISDN])

    with pytest.raises(IntegrityError, match="one_standing_contract_holds_a_number"), transaction.atomic():
        make_contract("ACTIVE", bank=the_bank("CCB"))
