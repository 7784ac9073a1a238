"""Whatever happens under /api/, the answer names its request and an error is problem+json."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from unipay.api import errors
from unipay.api.problems import PROBLEM_JSON, problem_body
from unipay.api.rendering import canonical_json
from unipay.api.request_id import current_request_id
from unipay.errors import Reason, Refusal

PREFIX = "/api/"
_KEPT = ("Allow", "Content-Language")
_REASONS: dict[int, Reason] = {
    400: errors.BAD_REQUEST,
    403: errors.OPERATION_NOT_PERMITTED,
    404: errors.PATH_UNKNOWN,
    405: errors.METHOD_NOT_ALLOWED,
    413: errors.BODY_TOO_LARGE,
    503: errors.TEMPORARILY_UNAVAILABLE,
}


class ProblemMiddleware:
    """Replaces the pages Django itself answers errors with: an address nobody serves, a host that is not ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on what does not concern the API."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request_id = current_request_id()
        response = self.get_response(request)
        if response.status_code >= 400 and response.headers.get("Content-Type") != PROBLEM_JSON:
            response = _as_problem(response, request_id)
        response["Unipay-Request-Id"] = request_id
        return response


def _as_problem(response: HttpResponse, request_id: str) -> HttpResponse:
    reason = _REASONS.get(response.status_code, errors.INTERNAL_ERROR)
    body = canonical_json(problem_body(Refusal(reason), request_id))
    headers = {name: response[name] for name in _KEPT if name in response}
    headers["Content-Length"] = str(len(body))
    # The page that is replaced may have looked at the session; the problem depends on the language only.
    headers["Vary"] = "Accept-Language"
    return HttpResponse(body, status=reason.status, content_type=PROBLEM_JSON, headers=headers)
