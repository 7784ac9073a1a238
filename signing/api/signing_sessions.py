"""POST and GET /signing-sessions: a hall sends a subscriber to sign and asks what became of it (domain.md A1)."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from signing import errors
from signing.api.answers import SessionAnswer, SessionOpenedAnswer
from signing.api.examples import SESSION, SESSION_COMPLETED, SESSION_OPENED
from signing.api.orders import SessionOpening, session_order
from signing.flows import signing_session
from signing.links import link_for
from signing.queries import sessions_of
from signing.representation import session_facts
from unipay import clock
from unipay.api.view import Answer, Call, PartnerReadView, PartnerView
from unipay.errors import Refusal


class SigningSessionsView(PartnerView):
    """Open a signing session: the answer says where to send the subscriber's browser."""

    operation = "signing_sessions.create"
    request_class = SessionOpening
    answer_class = SessionOpenedAnswer
    success_status = 201
    tag = "signing"
    reasons = (
        errors.NUMBER_HAS_CONTRACT,
        errors.NUMBERS_INVALID,
        errors.UNKNOWN_NUMBER,
        errors.NUMBER_NOT_YOURS,
        errors.RETURN_URL_NOT_ALLOWED,
        errors.BANK_UNKNOWN,
        errors.BANK_WITHOUT_PAGE,
        errors.BANK_CLOSED,
    )
    examples = (
        OpenApiExample("signing session", value=SESSION, request_only=True),
        OpenApiExample("session opened", value=SESSION_OPENED, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Open the session."""
        session = signing_session.open_session(hall=call.partner, order=session_order(order), now=call.now)
        return Answer(
            201,
            {
                "session_no": session.session_no,
                "state": str(session.state),
                "redirect_url": link_for(session),
                "expires_at": clock.rfc3339(session.expires_at),
            },
        )


class SigningSessionView(PartnerReadView):
    """Read a signing session of your own."""

    operation = "signing_sessions.read"
    answer_class = SessionAnswer
    tag = "signing"
    reasons = (errors.SESSION_NOT_FOUND,)
    examples = (OpenApiExample("session completed", value=SESSION_COMPLETED, response_only=True),)

    def read(self, call: Call) -> dict[str, Any]:
        """The session, if it is the hall's own."""
        session = sessions_of(call.partner).filter(session_no=self.kwargs["session_no"]).first()
        if session is None:
            raise Refusal(errors.SESSION_NOT_FOUND)
        return session_facts(session)
