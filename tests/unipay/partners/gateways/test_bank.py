"""What a bank answers when asked whether it signed."""

from typing import Any

import pytest

from tests.partner_server import PartnerServer, Reply
from unipay.errors import Unanswered
from unipay.partners.gateways.bank import SigningQuery, query_signing
from unipay.partners.models import Partner

CONTRACT: dict[str, Any] = {"msisdn": "13805710001", "bank_contract_no": "B-1", "terms": {"auto_pay": True}}


def query(bank: Partner) -> SigningQuery:
    return query_signing(bank, request_no="q1", msisdn="13805710001", contract_no="UC1")


@pytest.mark.parametrize("named", [{"contract_no": "UC1"}, {"session_no": "US1"}])
def test_a_signing_is_asked_for_by_the_number_given(
    bank: Partner, bank_server: PartnerServer, named: dict[str, str]
) -> None:
    bank_server.always(Reply({"result_code": "0000", "state": "PENDING"}))

    answer = query_signing(bank, request_no="q1", msisdn="13805710001", **named)

    assert answer == SigningQuery("PENDING")
    assert bank_server.called[0].path == "/signing-queries"
    assert bank_server.bodies == [{"request_no": "q1", **named, "msisdn": "13805710001"}]


@pytest.mark.parametrize("named", [{}, {"contract_no": "UC1", "session_no": "US1"}])
def test_a_question_about_no_or_two_signings_is_never_asked(
    bank: Partner, bank_server: PartnerServer, named: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="contract number or its session number"):
        query_signing(bank, request_no="q1", msisdn="13805710001", **named)

    assert bank_server.called == []


def test_a_signed_contract_comes_with_its_content(bank: Partner, bank_server: PartnerServer) -> None:
    bank_server.always(Reply({"result_code": "0000", "state": "SIGNED", "contract": CONTRACT}))

    assert query(bank) == SigningQuery("SIGNED", contract=CONTRACT)


def test_what_was_not_signed_has_no_contract(bank: Partner, bank_server: PartnerServer) -> None:
    bank_server.always(Reply({"result_code": "0000", "state": "NOT_SIGNED", "contract": CONTRACT}))

    assert query(bank) == SigningQuery("NOT_SIGNED")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"result_code": "0000"}, "state is none of NOT_SIGNED, PENDING, SIGNED"),
        ({"result_code": "0000", "state": "SIGNED"}, "contract is not an object"),
        (
            {"result_code": "0000", "state": "SIGNED", "contract": {"msisdn": "13805710001"}},
            "contract.bank_contract_no is not a text",
        ),
        (
            {"result_code": "0000", "state": "SIGNED", "contract": {**CONTRACT, "msisdn": "13805710002"}},
            "contract.msisdn is another number",
        ),
        ({"result_code": "4004", "state": "NOT_SIGNED"}, "the bank does not tell: 4004 not_told"),
        ({"result_code": "5555"}, "leaves the outcome unknown"),
        ({"state": "NOT_SIGNED"}, "no result code"),
    ],
)
def test_a_bank_that_does_not_say_leaves_it_open(
    bank: Partner, bank_server: PartnerServer, body: dict[str, Any], detail: str
) -> None:
    bank_server.always(Reply(body))

    with pytest.raises(Unanswered, match=detail):
        query(bank)
