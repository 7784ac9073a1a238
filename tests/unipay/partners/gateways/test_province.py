"""What a province answers, read strictly: a decision, a refusal with our reason, or no answer at all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.partner_server import PartnerServer, Reply
from unipay.errors import TransportFailed, Unanswered
from unipay.partners.gateways import province as gateway
from unipay.partners.gateways.province import Eligibility, NumberStatus
from unipay.partners.models import Partner

PREPAID_TERMS: dict[str, Any] = {
    "user_type": "PREPAID",
    "threshold_default_fen": 1000,
    "threshold_max_fen": 5000,
    "amount_default_fen": 5000,
    "amount_max_fen": 50000,
    "auto_pay_allowed": False,
}
MAY_SIGN: dict[str, Any] = {"result_code": "0000", "decision": "MAY_SIGN", "terms_offer": PREPAID_TERMS}
ALREADY_SIGNED: dict[str, Any] = {
    "result_code": "0000",
    "decision": "ALREADY_SIGNED",
    "contract": {
        "bank_code": "CCB",
        "state": "ACTIVE",
        "bank_contract_no": "C-1",
        "signed_at": "2026-10-01T08:00:00+08:00",
        "holder": "张三",
    },
}
NUMBER_STATUS: dict[str, Any] = {
    "result_code": "0000",
    "status": "NORMAL",
    "user_type": "POSTPAID",
    "joined_network_at": "2020-01-01T00:00:00+08:00",
    "identity_matches": True,
}


def check(province: Partner) -> Eligibility:
    return gateway.check_eligibility(
        province,
        request_no="q1",
        msisdn="13805710001",
        secondary_msisdns=("13805710002",),
        bank_code="ICBC",
    )


def test_the_province_is_asked_about_the_number_and_the_bank(
    province: Partner, province_server: PartnerServer
) -> None:
    province_server.always(Reply(MAY_SIGN))

    check(province)

    assert province_server.called[0].path == "/eligibility-checks"
    assert province_server.bodies == [
        {
            "request_no": "q1",
            "msisdn": "13805710001",
            "secondary_msisdns": ["13805710002"],
            "bank_code": "ICBC",
        }
    ]


def test_a_prepaid_number_may_sign_within_the_limits_told(
    province: Partner, province_server: PartnerServer
) -> None:
    province_server.always(Reply(MAY_SIGN))

    assert check(province) == Eligibility("MAY_SIGN", terms_offer=PREPAID_TERMS)


def test_a_postpaid_number_has_no_limits_but_auto_pay(
    province: Partner, province_server: PartnerServer
) -> None:
    terms = {"user_type": "POSTPAID", "auto_pay_allowed": True}
    province_server.always(Reply({**MAY_SIGN, "terms_offer": terms}))

    offered = check(province).terms_offer

    assert offered == {**dict.fromkeys(PREPAID_TERMS), "user_type": "POSTPAID", "auto_pay_allowed": True}


def test_of_another_banks_contract_only_the_particulars_are_taken(
    province: Partner, province_server: PartnerServer
) -> None:
    province_server.always(Reply(ALREADY_SIGNED))

    eligibility = check(province)

    assert eligibility.decision == "ALREADY_SIGNED"
    assert eligibility.contract == {
        "bank_code": "CCB",
        "state": "ACTIVE",
        "bank_contract_no": "C-1",
        "signed_at": "2026-10-01T08:00:00+08:00",
    }


@pytest.mark.parametrize("decision", [{}, {"decision": "REFUSED"}])
def test_a_refusal_bears_our_reason(
    province: Partner, province_server: PartnerServer, decision: dict[str, str]
) -> None:
    province_server.always(Reply({"result_code": "2001", **decision, "detail": "停机"}))

    assert check(province) == Eligibility("REFUSED", reason_code="number_not_normal", detail="停机")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "no result code"),
        ({"result_code": "9000"}, "9000 leaves the outcome unknown"),
        ({"result_code": "8888"}, "8888 leaves the outcome unknown"),
        ({"result_code": "0000"}, "decision is none of"),
        ({"result_code": "0000", "decision": "REFUSED"}, "decision is none of"),
        ({"result_code": "0000", "decision": ["MAY_SIGN"]}, "decision is none of"),
        ({"result_code": "2001", "decision": "MAY_SIGN"}, "contradicts itself"),
        ({"result_code": "2001", "detail": {"x": 1}}, "detail is not a text"),
        ({**MAY_SIGN, "terms_offer": None}, "terms_offer is not an object"),
        (
            {**MAY_SIGN, "terms_offer": {**PREPAID_TERMS, "user_type": "BOTH"}},
            "terms_offer.user_type is none of",
        ),
        (
            {**MAY_SIGN, "terms_offer": {**PREPAID_TERMS, "threshold_max_fen": "5000"}},
            "terms_offer.threshold_max_fen is not an amount in fen",
        ),
        (
            {**MAY_SIGN, "terms_offer": {**PREPAID_TERMS, "amount_max_fen": 50.0}},
            "terms_offer.amount_max_fen is not an amount in fen",
        ),
        (
            {**MAY_SIGN, "terms_offer": {**PREPAID_TERMS, "amount_default_fen": -1}},
            "terms_offer.amount_default_fen is not an amount in fen",
        ),
        (
            {**MAY_SIGN, "terms_offer": {**PREPAID_TERMS, "amount_default_fen": True}},
            "terms_offer.amount_default_fen is not an amount in fen",
        ),
        (
            {**MAY_SIGN, "terms_offer": {**PREPAID_TERMS, "threshold_default_fen": 5001}},
            "terms_offer.threshold_default_fen is more than the maximum",
        ),
        (
            {**MAY_SIGN, "terms_offer": {"user_type": "POSTPAID", "auto_pay_allowed": "yes"}},
            "terms_offer.auto_pay_allowed is neither true nor false",
        ),
        ({**MAY_SIGN, "terms_offer": {"user_type": "POSTPAID"}}, "terms_offer.auto_pay_allowed is neither"),
        ({"result_code": "0000", "decision": "ALREADY_SIGNED"}, "contract is not an object"),
        ({**ALREADY_SIGNED, "contract": {"bank_code": "CCB"}}, "contract.state is not a text"),
        (
            {**ALREADY_SIGNED, "contract": {**ALREADY_SIGNED["contract"], "signed_at": "yesterday"}},
            "contract.signed_at is not a moment",
        ),
        (
            {
                **ALREADY_SIGNED,
                "contract": {**ALREADY_SIGNED["contract"], "signed_at": "2026-10-01T08:00:00"},
            },
            "contract.signed_at is a moment without an offset",
        ),
    ],
)
def test_an_answer_nobody_understands_is_no_answer(
    province: Partner, province_server: PartnerServer, body: dict[str, Any], detail: str
) -> None:
    province_server.always(Reply(body))

    with pytest.raises(Unanswered, match=detail):
        check(province)


def test_a_province_without_an_address_certainly_was_not_asked(province: Partner) -> None:
    with pytest.raises(TransportFailed, match="ZJ has no address for check_eligibility"):
        check(province)


def test_a_number_status_is_read(province: Partner, province_server: PartnerServer) -> None:
    province_server.always(Reply(NUMBER_STATUS))

    status = gateway.number_status(province, request_no="q2", msisdn="13805710001")

    joined = datetime(2019, 12, 31, 16, tzinfo=UTC)
    assert status == NumberStatus("NORMAL", "POSTPAID", joined, identity_matches=True)
    assert province_server.called[0].path == "/number-status"
    assert province_server.bodies == [{"request_no": "q2", "msisdn": "13805710001"}]


def test_a_province_need_not_compare_identities(province: Partner, province_server: PartnerServer) -> None:
    province_server.always(Reply({**NUMBER_STATUS, "identity_matches": None}))

    status = gateway.number_status(province, request_no="q2", msisdn="13805710001")

    assert status.identity_matches is None


def test_a_number_the_province_does_not_know_is_refused(
    province: Partner, province_server: PartnerServer
) -> None:
    province_server.always(Reply({"result_code": "2005"}))

    status = gateway.number_status(province, request_no="q2", msisdn="13805710001")

    assert status == NumberStatus("REFUSED", reason_code="unknown_number")


@pytest.mark.parametrize("missing", ["status", "user_type", "joined_network_at"])
def test_a_number_status_with_a_gap_is_no_answer(
    province: Partner, province_server: PartnerServer, missing: str
) -> None:
    province_server.always(Reply({name: fact for name, fact in NUMBER_STATUS.items() if name != missing}))

    with pytest.raises(Unanswered, match=missing):
        gateway.number_status(province, request_no="q2", msisdn="13805710001")
