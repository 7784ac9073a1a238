"""The doors partners come through: a view says what it reads, which right it needs, and calls one flow.

class TerminationView(PartnerView):
    operation = "contracts.terminate"
    request_class = TerminationOrder

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        contract = termination.terminate(self.kwargs["contract_no"], by=call.partner, ..., now=call.now)
        return Answer(200, contract_body(contract))
"""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, cast

import pghistory
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from unipay import clock
from unipay.api import errors
from unipay.api.answer_signature import sign_answer
from unipay.api.caller import Call, Caller
from unipay.api.pagination import page_of
from unipay.api.parsing import StrictJSONParser, require_plain, require_unique_names
from unipay.api.problems import PROBLEM_JSON
from unipay.api.rendering import AcceptOnly, CanonicalJSONRenderer, canonical_json
from unipay.api.request_id import current_request_id
from unipay.api.serializers import OrderSerializer, PageQuery
from unipay.errors import Reason, Refusal
from unipay.messaging import inbox
from unipay.messaging.inbox import Answer, Envelope, Replied

__all__ = ["Answer", "AskingView", "Call", "PartnerListView", "PartnerReadView", "PartnerView"]

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)


class SignedView(APIView):
    """Proves who calls before anything else, and signs every answer once that is known.

    For the documentation: `answer_class` (serializer of the 2xx body), `success_status`, `reasons` (the view's
    own refusals), `examples` (drf-spectacular's OpenApiExample), `tag`; where bodies are no JSON, `request_body` and
    `answer_media_type`, and where several statuses say yes, `other_success_statuses`.

    `beside`: the view of the other methods on the same address, which has a path of its own right behind this one's.
    """

    operation: ClassVar[str]
    answer_class: ClassVar[Any] = None
    success_status: ClassVar[int] = 200
    reasons: ClassVar[Sequence[Reason]] = ()
    examples: ClassVar[Sequence[Any]] = ()
    tag: ClassVar[str] = ""
    request_body: ClassVar[Any] = None
    answer_media_type: ClassVar[str] = ""
    other_success_statuses: ClassVar[Sequence[int]] = ()
    beside: "type[SignedView] | None" = None

    parser_classes = [StrictJSONParser]
    renderer_classes = [CanonicalJSONRenderer]
    content_negotiation_class = AcceptOnly
    format_kwarg = None
    caller: Caller | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Leave the other methods of the address to the view beside this one."""
        if self.beside and (request.method or "").lower() in self.beside.http_method_names:
            return self.beside.as_view()(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Prove the caller, count the request, check the right; in this order, whatever the method is called."""
        if (request.method or "").lower() not in self.http_method_names:
            raise MethodNotAllowed(request.method or "")
        renderer, media_type = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = renderer, media_type
        self.caller = caller_of(request)
        if "\x00" in request.path:  # no key of ours, and PostgreSQL would not even look for it
            raise Refusal(errors.PATH_UNKNOWN)
        self.check_throttles(request)
        self.check_permissions(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Have the answer signed once its bytes are known."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if self.caller is not None:
            final.add_post_render_callback(partial(sign_answer, algorithm=self.caller.key.algorithm))
        return final

    def call_of(self, request: Request, request_no: str = "") -> Call:
        """Return what an effect needs to know of the request."""
        caller = caller_of(request)
        return Call(
            partner=caller.partner,
            request_no=request_no,
            now=clock.now(),
            key_id=caller.key.key_id,
            signature=caller.signature,
            request_id=current_request_id(),
        )


class OrderView(SignedView):
    """A POST with the partner's own request number: the same request gets the same answer."""

    request_class: ClassVar[type[OrderSerializer]]
    http_method_names = ["post"]

    def post(self, request: Request, **kwargs: Any) -> Response:
        """Validate, answer through the inbox, and say whether the answer is a repetition."""
        order = self.order_in(request)
        call = self.call_of(request, order["request_no"])
        context = {
            "source": "API",
            "partner": call.partner.code,
            "operation": self.operation,
            "request_no": call.request_no,
            "request_id": call.request_id,
        }
        with pghistory.context(**context):
            replied = self.reply(order, call, self.envelope_of(request, order, call))
        return answer_response(replied)

    def order_in(self, request: Request) -> dict[str, Any]:
        """Return the validated body; raises Refusal or ValidationError."""
        require_plain(request._request)
        if not request._request.body:
            raise Refusal(errors.BODY_MALFORMED, "the body is empty")
        serializer = self.request_class(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def envelope_of(self, request: Request, order: dict[str, Any], call: Call) -> Envelope:
        """Return the request as the inbox keeps it."""
        path = request.get_full_path()
        asked = canonical_json([request.method, path, request.data])
        return Envelope(
            partner=call.partner,
            request_no=call.request_no,
            operation=self.operation,
            digest=hashlib.sha256(asked).hexdigest(),
            key_id=call.key_id,
            signature=call.signature,
            request_id=call.request_id,
            body=request._request.body.decode(),
            msisdn=order.get("msisdn", ""),
            now=call.now,
            subject=next((str(value) for value in self.kwargs.values()), "")[:80],
        )

    def reply(self, order: dict[str, Any], call: Call, envelope: Envelope) -> Replied:
        """Answer through the inbox."""
        raise NotImplementedError


class PartnerView(OrderView):
    """An order whose effect is one transaction of ours."""

    def reply(self, order: dict[str, Any], call: Call, envelope: Envelope) -> Replied:
        """Carry the effect out once."""
        return inbox.answer_once(envelope, partial(self.effect, order, call))

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Call one flow; raises Refusal. Runs inside the transaction that keeps the answer."""
        raise NotImplementedError


class AskingView(OrderView, Generic[T]):
    """An order for which another partner has to be asked first."""

    lease_seconds: ClassVar[int] = inbox.LEASE_SECONDS

    def reply(self, order: dict[str, Any], call: Call, envelope: Envelope) -> Replied:
        """Ask under a lease, then carry the effect out once."""
        return inbox.answer_asking(
            envelope,
            partial(self.ask, order, call),
            partial(self.effect, order, call),
            lease_seconds=self.lease_seconds,
        )

    def ask(self, order: dict[str, Any], call: Call) -> T:
        """Ask the other partner, outside any transaction; raises Refusal."""
        raise NotImplementedError

    def effect(self, order: dict[str, Any], call: Call, answered: T) -> Answer:
        """Call one flow with what the other partner said; raises Refusal. Runs inside a transaction."""
        raise NotImplementedError


class PartnerReadView(SignedView):
    """A GET of one resource of the partner's own."""

    http_method_names = ["get"]

    def get(self, request: Request, **kwargs: Any) -> Response:
        """Answer with the resource."""
        return Response(self.read(self.call_of(request)))

    def read(self, call: Call) -> dict[str, Any]:
        """Return the resource (its keys are in self.kwargs); raises Refusal with a 404 reason."""
        raise NotImplementedError


class PartnerListView(SignedView, Generic[Row]):
    """A GET of the partner's own rows, newest first, in pages: {results, next_cursor}."""

    http_method_names = ["get"]
    query_class: ClassVar[type[PageQuery]] = PageQuery

    def get(self, request: Request, **kwargs: Any) -> Response:
        """Answer with one page."""
        query = self.query_in(request)
        rows, next_cursor = page_of(self.rows(query, self.call_of(request)), query)
        return Response({"results": [self.represent(row) for row in rows], "next_cursor": next_cursor})

    def query_in(self, request: Request) -> dict[str, Any]:
        """Return the validated query; raises Refusal or ValidationError."""
        require_unique_names(request.query_params)
        serializer = self.query_class(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def rows(self, query: dict[str, Any], call: Call) -> QuerySet[Row, Row]:
        """Return the rows the partner may see and asked for, unordered."""
        raise NotImplementedError

    def represent(self, row: Row) -> dict[str, Any]:
        """Return one row as partners read it."""
        raise NotImplementedError


def caller_of(request: Request) -> Caller:
    """Return who signed the request, proving it first where that has not happened yet."""
    return cast(Caller, request.user)


def answer_response(replied: Replied) -> Response:
    """Return the answer as it was or is given; a kept refusal is a problem again."""
    answer = replied.answer
    headers = {"Idempotent-Replay": "true"} if replied.replayed else {}
    content_type = PROBLEM_JSON if answer.status >= 400 else None
    return Response(answer.body, status=answer.status, headers=headers, content_type=content_type)
