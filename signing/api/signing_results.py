"""POST /signing-results: a bank announces what became of a signing (domain.md A1 step 5, A2 step 4.7)."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer

from signing import errors
from signing.api.answers import NotSignedAnswer, SigningResultAnswer
from signing.api.examples import (
    ACTIVE,
    CARRIER_RESULT,
    CONTESTED,
    FAILED_RESULT,
    NOT_SIGNED,
    REFUSED_RESULT,
    SIGNING_RESULT,
)
from signing.api.orders import SigningResultOrder, signing_notice
from signing.flows import signing_result
from signing.flows.told import Announced, Told
from signing.representation import contract_facts
from signing.states import SessionState
from unipay.api.view import Answer, Call, PartnerView


class SigningResultsView(PartnerView):
    """Announce a signing result: the contract becomes formal, or contested where another one stands."""

    operation = "signing_results.create"
    request_class = SigningResultOrder
    answer_class = PolymorphicProxySerializer(
        component_name="SigningResult",
        serializers=[SigningResultAnswer, NotSignedAnswer],
        resource_type_field_name=None,
    )
    tag = "signing"
    reasons = (
        errors.CONTRACT_NOT_FOUND,
        errors.SESSION_NOT_FOUND,
        errors.SIGNING_REQUEST_NOT_FOUND,
        errors.UNKNOWN_NUMBER,
        errors.NOTICE_CONTRADICTS,
        errors.BANK_CONTRACT_NO_IN_USE,
        errors.TERMS_NOT_ALLOWED,
        errors.SIGNED_IN_THE_FUTURE,
    )
    examples = (
        OpenApiExample("bank channel", value=SIGNING_RESULT, request_only=True),
        OpenApiExample("carrier channel", value=CARRIER_RESULT, request_only=True),
        OpenApiExample("failed", value=FAILED_RESULT, request_only=True),
        OpenApiExample("signed although refused", value=REFUSED_RESULT, request_only=True),
        OpenApiExample("formal contract", value=ACTIVE, response_only=True),
        OpenApiExample("contested", value=CONTESTED, response_only=True),
        OpenApiExample("not signed", value=NOT_SIGNED, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Take the notice in."""
        told = Told(call.partner, signing_notice(order), call.request_no, call.key_id)
        return Answer(200, _facts(signing_result.accept_result(told, now=call.now), order))


def _facts(announced: Announced, order: dict[str, Any]) -> dict[str, Any]:
    if announced.session is not None and announced.contract is None:
        return {"session_no": announced.session.session_no, "state": str(announced.session.state)}
    if announced.contract is None:
        return {"signing_request_no": order["signing_request_no"], "state": str(SessionState.FAILED)}
    facts = contract_facts(announced.contract)
    return {**facts, "case_no": announced.case.case_no} if announced.case else facts
