"""What the back office's requests leave in the history, and what their pages are allowed to run."""

from collections.abc import Callable
from typing import Any

import structlog
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from pghistory.middleware import HistoryMiddleware as AnyRequestHistoryMiddleware

from unipay.backoffice.standing import standing_of

ADMIN_POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


def in_admin(request: HttpRequest) -> bool:
    """Tell whether the request is for the back office."""
    # Both with the prefix a server may have put before every address, or neither.
    return request.path.startswith(reverse("admin:index"))


class HistoryMiddleware(AnyRequestHistoryMiddleware):
    """Names the person, the page and the trace id behind every change made in the back office.

    Requests of partners get their context from unipay.api, once their signature is proven.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the context to the admin's requests, and pass all others through."""
        answer = super().__call__ if in_admin(request) else self.get_response
        response: HttpResponse = answer(request)
        return response

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return who (id), where (path), in which request, and in which emergency."""
        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        context = {**super().get_context(request), "request_id": request_id, "source": "BACKOFFICE"}
        broken = standing_of(request.user).break_glass_no
        return {**context, "break_glass": broken} if broken else context


class AdminPolicyMiddleware:
    """Loosens the content security policy for the back office alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace the directives the admin's pages cannot live with."""
        response = self.get_response(request)
        if in_admin(request):
            response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined]
        return response
