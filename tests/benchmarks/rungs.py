"""The ladder from the bare view to the whole API: every rung is the one below it and one layer of safety more, and all
layers are the project's own. The last rung is the API itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import path
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from signing.api.signing_results import SigningResultsView
from tests.benchmarks import bare_view, orders
from unipay import clock, signatures
from unipay.api import errors
from unipay.api.authentication import sent_target
from unipay.api.caller import Caller
from unipay.api.view import answer_response
from unipay.errors import Refusal
from unipay.messaging.models import InboundRequest
from unipay.partners.keys import live_key
from unipay.urls import urlpatterns as our_urlpatterns


class TakenAtItsWord(BaseAuthentication):
    """Believes the Authorization header."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        claimed = request.META["HTTP_AUTHORIZATION"].partition('partner="')[2].partition('"')[0]
        key = live_key(claimed, orders.KEY_ID)
        assert key is not None
        return Caller(key.partner, key, ""), None


class SignatureAlone(BaseAuthentication):
    """Proves the signature; a nonce may be used for ever."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        credentials = signatures.parse_authorization(request.META["HTTP_AUTHORIZATION"])
        key = live_key(credentials.partner, credentials.key)
        text = signatures.request_text(
            "POST",
            sent_target(request._request),
            credentials.timestamp,
            credentials.nonce,
            request._request.body,
        )
        if key is None or not signatures.verify(key.public_key, key.algorithm, text, credentials.signature):
            raise Refusal(errors.SIGNATURE_INVALID)
        return Caller(key.partner, key, credentials.signature), None


class StrictOrder(SigningResultsView):
    """Every field is read strictly; what follows is the bare view's."""

    authentication_classes = (TakenAtItsWord,)
    permission_classes = ()
    throttle_classes = ()

    def post(self, request: Request, **kwargs: Any) -> Response:
        self.order_in(request)
        with transaction.atomic():
            return Response(bare_view.write(request.data, request._request.body.decode()))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        return APIView.finalize_response(self, request, response, *args, **kwargs)


class ChecksAndLocks(StrictOrder):
    """The flow: numbers locked, contract locked, terms and numbers checked, a standing contract looked for."""

    def post(self, request: Request, **kwargs: Any) -> Response:
        order = self.order_in(request)
        call = self.call_of(request, order["request_no"])
        with transaction.atomic():
            answer = self.effect(order, call)
            InboundRequest.objects.create(
                partner=call.partner,
                request_no=call.request_no,
                operation=self.operation,
                msisdn=order["msisdn"],
                body=request._request.body.decode(),
                state="DONE",
                status=answer.status,
                answer=answer.body,
                received_at=call.now,
                answered_at=clock.now(),
            )
        return Response(answer.body)


class Inbox(ChecksAndLocks):
    """The same request gets the same answer."""

    def post(self, request: Request, **kwargs: Any) -> Response:
        order = self.order_in(request)
        call = self.call_of(request, order["request_no"])
        return answer_response(self.reply(order, call, self.envelope_of(request, order, call)))


class HistoryContext(Inbox):
    """History knows which partner and which request it was."""

    post = SigningResultsView.post


class Signature(HistoryContext):
    """Who sent it is proven."""

    authentication_classes = (SignatureAlone,)


class Nonce(HistoryContext):
    """A nonce counts once."""

    authentication_classes = SigningResultsView.authentication_classes


class RightsAndRate(Nonce):
    """The partner has the right, and has not asked too often."""

    permission_classes = SigningResultsView.permission_classes
    throttle_classes = SigningResultsView.throttle_classes


class SignedAnswer(RightsAndRate):
    """The partner can prove what we answered."""

    finalize_response = SigningResultsView.finalize_response


@dataclass(frozen=True)
class Rung:
    """One rung: what it adds, and its view; the two last things a rung may have are no part of a view."""

    adds: str
    view: Callable[..., Any]
    path: str
    wakes_worker: bool = False
    has_middleware: bool = False


RUNGS = (
    Rung("bare view", bare_view.signing_result, orders.BARE_PATH),
    Rung("every field read strictly (DRF)", StrictOrder.as_view(), "/rung/strict-order"),
    Rung("numbers locked, terms and rivals checked", ChecksAndLocks.as_view(), "/rung/checks"),
    Rung("inbox: same request, same answer", Inbox.as_view(), "/rung/inbox"),
    Rung("history knows partner and request", HistoryContext.as_view(), "/rung/history"),
    Rung("signature proven", Signature.as_view(), "/rung/signature"),
    Rung("nonce counts once", Nonce.as_view(), "/rung/nonce"),
    Rung("right and rate limit", RightsAndRate.as_view(), "/rung/rights"),
    Rung("answer signed", SignedAnswer.as_view(), "/rung/signed-answer"),
    Rung("worker woken after commit", SignedAnswer.as_view(), "/rung/wake-up", wakes_worker=True),
    Rung(
        "middleware: logs, metrics, headers; connection proven alive: the API",
        SigningResultsView.as_view(),
        orders.API_PATH,
        wakes_worker=True,
        has_middleware=True,
    ),
)
urlpatterns = [
    *(path(rung.path.lstrip("/"), rung.view) for rung in RUNGS if rung.path != orders.API_PATH),
    *our_urlpatterns,
]
