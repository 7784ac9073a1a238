"""POST /number-events: a province says what happened to a number (domain.md A5)."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from signing import errors
from signing.api.answers import NumberEventAnswer
from signing.api.examples import NUMBER_EVENT, NUMBER_EVENT_ANSWER
from signing.api.orders import NumberEventOrder
from signing.flows import number_event
from signing.flows.number_event import NumberEvent
from signing.states import NumberEventKind
from unipay.api.view import Answer, Call, PartnerView


class NumberEventsView(PartnerView):
    """Report that a number was closed, transferred or recycled: the former owner's contracts end."""

    operation = "number_events.create"
    request_class = NumberEventOrder
    answer_class = NumberEventAnswer
    tag = "numbers"
    reasons = (errors.NUMBER_NOT_YOURS,)
    examples = (
        OpenApiExample("number closed", value=NUMBER_EVENT, request_only=True),
        OpenApiExample("contract ended", value=NUMBER_EVENT_ANSWER, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Take the event in."""
        kind, msisdn = NumberEventKind(order["event"]), order["msisdn"]
        event = NumberEvent(kind, msisdn, order["occurred_at"], order.get("joined_network_at"))
        ended = number_event.accept_event(call.partner, event, request_no=call.request_no, now=call.now)
        return Answer(
            200,
            {
                "msisdn": msisdn,
                "event": str(kind),
                "terminated": [contract.contract_no for contract in ended.terminated],
                "amended": [contract.contract_no for contract in ended.amended],
            },
        )
