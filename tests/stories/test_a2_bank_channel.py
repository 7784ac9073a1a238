"""Domain.md A2, step by step over real HTTP: the bank asks, the province decides, the bank signs, the books agree."""

import pytest

from signing.flows import expiry
from signing.models import Contract
from tests.town import Town
from unipay.messaging.models import InboundRequest
from unipay.sandbox import bank_signing
from unipay.sandbox.bank import ask_to_sign

pytestmark = pytest.mark.django_db(transaction=True)

PREPAID, POSTPAID = "13805710010", "13805710011"


def test_a_prepaid_number_is_offered_terms_and_signed(town: Town) -> None:
    row, reply = ask_to_sign("ICBC", PREPAID)

    assert (reply.status, reply.body["state"]) == (201, "PROVISIONAL")
    assert reply.body["terms_offer"]["threshold_max_fen"] == 5000
    assert town.province_book("ZJ", PREPAID) == []

    [announced] = bank_signing.sign(row)
    town.deliver()

    contract = town.contract(msisdn=PREPAID)
    assert (announced.status, announced.body["state"]) == (200, "ACTIVE")
    assert (contract.state, contract.recharge_threshold_fen, contract.recharge_amount_fen) == (
        "ACTIVE",
        1000,
        5000,
    )
    assert town.book("ICBC", PREPAID) == [(contract.contract_no, "SIGNED")]
    assert town.province_book("ZJ", PREPAID) == [(contract.contract_no, "SIGNED")]
    assert len(town.sms(PREPAID)) == 1


def test_a_postpaid_number_is_signed_with_auto_pay_where_the_province_allows_it(town: Town) -> None:
    row, reply = ask_to_sign("ICBC", POSTPAID)
    bank_signing.sign(row)

    contract = town.contract(msisdn=POSTPAID)
    assert reply.body["terms_offer"]["auto_pay_allowed"] is True
    assert (contract.user_type, contract.auto_pay, contract.recharge_amount_fen) == ("POSTPAID", True, None)


@pytest.mark.parametrize(
    ("ending", "status", "code"),
    [
        ("9001", 409, "number_has_contract"),
        ("9002", 422, "number_not_normal"),
        ("9003", 422, "exclusive_service"),
        ("9004", 422, "number_blacklisted"),
        ("9005", 422, "secondary_not_allowed"),
        ("9006", 422, "unknown_number"),
        ("9012", 503, "province_unanswered"),
        ("9013", 503, "province_unanswered"),
        ("9014", 503, "province_unanswered"),
        ("9015", 503, "province_unanswered"),
    ],
)
def test_what_the_province_does_not_allow_is_refused_with_its_reason(
    town: Town, ending: str, status: int, code: str
) -> None:
    _row, reply = ask_to_sign("ICBC", f"1380571{ending}")

    assert (reply.status, reply.code) == (status, code)
    assert not Contract.objects.exists()
    kept = InboundRequest.objects.filter(operation="signings.create").count()
    assert kept == (0 if status == 503 else 1)


def test_a_province_that_is_slow_but_answers_is_waited_for(town: Town) -> None:
    town.partner("ZJ").__class__.objects.filter(code="ZJ").update(read_timeout_ms=8000)

    _row, reply = ask_to_sign("ICBC", "13805719011")

    assert reply.status == 201


def test_a_number_that_is_signed_is_refused_with_its_particulars(town: Town) -> None:
    row, _reply = ask_to_sign("ICBC", PREPAID)
    bank_signing.sign(row)

    _row, reply = ask_to_sign("CCB", PREPAID)

    assert (reply.status, reply.code) == (409, "number_has_contract")
    assert (reply.body["conflict"]["bank_code"], reply.body["conflict"]["state"]) == ("ICBC", "ACTIVE")


def test_terms_above_what_the_province_allows_are_refused_and_may_be_corrected(town: Town) -> None:
    row, _reply = ask_to_sign("ICBC", "13805719039")
    [refused] = bank_signing.sign(row)

    assert (refused.status, refused.code) == (422, "terms_not_allowed")
    assert [error["field"] for error in refused.body["errors"]] == ["terms.recharge_amount_fen"]

    row.terms = {**row.terms, "recharge_amount_fen": 5000}
    accepted = bank_signing.announce_now(row)[-1]

    assert (accepted.status, accepted.body["state"]) == (200, "ACTIVE")


def test_a_provisional_contract_the_bank_never_signed_ends_and_frees_the_number(town: Town) -> None:
    row, _reply = ask_to_sign("ICBC", "13805719038")
    bank_signing.sign(row)
    contract = town.contract(msisdn="13805719038")

    expiry.settle_contract(contract.pk, now=lambda: contract.expires_at or contract.opened_at)

    ended = town.contract(pk=contract.pk)
    assert (ended.state, ended.end_reason) == ("TERMINATED", "EXPIRED")
    _row, reply = ask_to_sign("CCB", "13805719038")
    assert reply.status == 201


def test_a_provisional_contract_whose_notice_was_lost_becomes_formal_when_queried(town: Town) -> None:
    row, _reply = ask_to_sign("ICBC", "13805719037")
    bank_signing.sign(row)
    contract = town.contract(msisdn="13805719037")

    expiry.settle_contract(contract.pk, now=lambda: contract.opened_at)

    assert town.contract(pk=contract.pk).state == "ACTIVE"


def test_a_bank_that_does_not_answer_the_query_ends_nothing(town: Town) -> None:
    row, _reply = ask_to_sign("ICBC", "13805719035")
    bank_signing.sign(row)
    contract = town.contract(msisdn="13805719035")

    expiry.settle_contract(contract.pk, now=lambda: contract.expires_at or contract.opened_at)

    assert town.contract(pk=contract.pk).state == "PROVISIONAL"


def test_a_province_that_refuses_the_formal_contract_is_a_case(town: Town) -> None:
    msisdn = "13805719021"
    row, _reply = ask_to_sign("ICBC", msisdn)
    bank_signing.sign(row)

    town.deliver()

    assert town.messages(msisdn) == [("ZJ", "contract_changed", "REFUSED")]
    assert town.case().reason == "PROVINCE_REFUSED"


def test_a_bank_that_signs_against_the_refusal_is_a_case_and_the_standing_contract_stays(town: Town) -> None:
    row, _reply = ask_to_sign("ICBC", PREPAID)
    bank_signing.sign(row)
    defiant, refused = ask_to_sign("CCB", PREPAID)
    assert refused.code == "number_has_contract"

    [announced] = bank_signing.sign_despite_refusal(defiant)
    town.deliver()

    case = town.case()
    assert (announced.body["state"], announced.body["case_no"]) == ("CONTESTED", case.case_no)
    assert case.standing is not None
    assert (case.standing.bank.code, case.standing.state) == ("ICBC", "ACTIVE")
    assert town.province_book("ZJ", PREPAID) == [(case.standing.contract_no, "SIGNED")]
