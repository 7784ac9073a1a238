"""GET /api/v1/requests/{request_no}: what became of a request, for every doubt a partner may have."""

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from unipay import clock
from unipay.api import errors
from unipay.api.view import Call, PartnerReadView
from unipay.errors import Refusal
from unipay.messaging import inbox
from unipay.messaging.models import InboundRequest
from unipay.messaging.models.inbound import InboundState

ANSWERED = {
    "request_no": "20261121-000006",
    "state": "DONE",
    "operation": "contracts.terminate",
    "status": 200,
    "answer": {"contract_no": "C-7K3M-9QXD-2T5W-8RNA-H", "state": "TERMINATED", "version": 4},
    "received_at": "2026-11-21T15:30:00+08:00",
    "answered_at": "2026-11-21T15:30:00+08:00",
}


class RequestStatusAnswer(serializers.Serializer[Any]):
    """What became of a request."""

    request_no = serializers.CharField()
    state = serializers.ChoiceField(choices=InboundState.choices)
    operation = serializers.CharField(allow_null=True)
    status = serializers.IntegerField(allow_null=True)
    answer = serializers.DictField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class RequestStatusView(PartnerReadView):
    """What became of one of your requests.

    `state` is IN_PROGRESS or DONE; of a request that is done, `status` and `answer` repeat what it was answered with.
    404 `request_not_found` means that nothing under this number has reached us so far, and nothing has happened.
    """

    operation = "requests.read"
    answer_class = RequestStatusAnswer
    reasons = (errors.REQUEST_NOT_FOUND,)
    tag = "requests"
    examples = (OpenApiExample("answered request", value=ANSWERED, response_only=True),)

    def read(self, call: Call) -> dict[str, Any]:
        """Look at the lock before the row, as whoever holds the lock may be about to write the row."""
        request_no = self.kwargs["request_no"]
        is_being_answered = inbox.is_being_answered(call.partner, request_no)
        row = InboundRequest.objects.filter(partner=call.partner, request_no=request_no).first()
        if row is None and not is_being_answered:
            raise Refusal(errors.REQUEST_NOT_FOUND)
        return request_body(request_no, row)


def request_body(request_no: str, row: InboundRequest | None) -> dict[str, Any]:
    """Return the request as its sender reads it; without a row it is being answered this moment."""
    if row is None:
        row = InboundRequest(request_no=request_no, state=InboundState.IN_PROGRESS)
    return {
        "request_no": request_no,
        "state": row.state,
        "operation": row.operation or None,
        "status": row.status,
        "answer": row.answer,
        "received_at": row.received_at and clock.rfc3339(row.received_at),
        "answered_at": row.answered_at and clock.rfc3339(row.answered_at),
    }
