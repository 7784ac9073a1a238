"""POST /signings: a bank asks to sign a number (domain.md A2)."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from signing import errors
from signing.api.answers import ContractAnswer
from signing.api.examples import PROVISIONAL, SIGNING
from signing.api.orders import SigningOrder, signing_request
from signing.flows import bank_channel
from signing.flows.bank_channel import Question
from signing.representation import contract_facts
from unipay.api.view import Answer, AskingView, Call
from unipay.partners.gateways.province import Eligibility


class SigningsView(AskingView[tuple[Question, Eligibility]]):
    """Ask to sign a number: answered with a provisional contract and the province's terms, or refused."""

    operation = "signings.create"
    request_class = SigningOrder
    answer_class = ContractAnswer
    success_status = 201
    tag = "signing"
    reasons = (
        errors.NUMBER_HAS_CONTRACT,
        errors.NUMBERS_INVALID,
        errors.NUMBER_NOT_NORMAL,
        errors.EXCLUSIVE_SERVICE,
        errors.NUMBER_BLACKLISTED,
        errors.SECONDARY_NOT_ALLOWED,
        errors.UNKNOWN_NUMBER,
        errors.PROVINCE_REFUSED,
        errors.PROVINCE_UNANSWERED,
        errors.BANK_CLOSED,
    )
    examples = (
        OpenApiExample("signing", value=SIGNING, request_only=True),
        OpenApiExample("provisional contract", value=PROVISIONAL, response_only=True),
    )

    def ask(self, order: dict[str, Any], call: Call) -> tuple[Question, Eligibility]:
        """Ask the home province."""
        request = signing_request(order)
        question = bank_channel.prepare(
            bank=call.partner, request=request, request_no=call.request_no, now=call.now
        )
        return question, bank_channel.ask(question)

    def effect(self, order: dict[str, Any], call: Call, answered: tuple[Question, Eligibility]) -> Answer:
        """Keep the provisional contract."""
        contract = bank_channel.conclude(*answered, now=call.now)
        return Answer(201, contract_facts(contract))
