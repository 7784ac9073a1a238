"""Every error of the API as RFC 9457 problem details, whoever raised it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404
from django.http.request import UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response

from unipay.api import errors
from unipay.api.request_id import current_request_id
from unipay.errors import Fault, Reason, Refusal, TransportFailed, Unanswered
from unipay.messaging.answers import problem_body

__all__ = ["PROBLEM_JSON", "exception_handler", "faults_of", "problem_body", "problem_headers", "refusal_of"]

PROBLEM_JSON = "application/problem+json"
CHALLENGE = "UNIPAY-RSA-SHA256, UNIPAY-SM2-SM3"
RETRY_SECONDS = 2
MOST_FAULTS = 100

log = structlog.get_logger(__name__)

# The first class that fits decides.
_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (exceptions.NotAuthenticated, errors.SIGNATURE_MISSING),
    (exceptions.AuthenticationFailed, errors.SIGNATURE_INVALID),
    (exceptions.PermissionDenied, errors.OPERATION_NOT_PERMITTED),
    (PermissionDenied, errors.OPERATION_NOT_PERMITTED),
    (exceptions.NotFound, errors.PATH_UNKNOWN),
    (Http404, errors.PATH_UNKNOWN),
    (exceptions.MethodNotAllowed, errors.METHOD_NOT_ALLOWED),
    (exceptions.NotAcceptable, errors.NOT_ACCEPTABLE),
    (exceptions.UnsupportedMediaType, errors.MEDIA_TYPE_UNSUPPORTED),
    (exceptions.ParseError, errors.BODY_MALFORMED),
    (RequestDataTooBig, errors.BODY_TOO_LARGE),
    (SuspiciousOperation, errors.BAD_REQUEST),
    (UnreadablePostError, errors.BAD_REQUEST),
)
_PASSING = (DatabaseError, InterfaceError)
_PARTNER_SILENT = (TransportFailed, Unanswered)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception a view let out; what nobody expected is logged with its traceback."""
    refusal = refusal_of(exc)
    body = problem_body(refusal, current_request_id())
    headers = problem_headers(refusal)
    if isinstance(exc, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    return Response(body, status=refusal.reason.status, headers=headers, content_type=PROBLEM_JSON)


def refusal_of(exc: Exception) -> Refusal:
    """Return the refusal an exception amounts to for the partner."""
    if isinstance(exc, Refusal):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        return Refusal(errors.REQUEST_FAULTY, faults=tuple(islice(faults_of(exc.detail), MOST_FAULTS)))
    if isinstance(exc, exceptions.Throttled):
        return Refusal(errors.RATE_LIMITED, retry_after=int(getattr(exc, "wait", None) or RETRY_SECONDS))
    if isinstance(exc, _PARTNER_SILENT):
        log.warning("partner_unanswered", error=str(exc))
        return Refusal(errors.PARTNER_UNANSWERED, retry_after=RETRY_SECONDS)
    if isinstance(exc, _PASSING):
        log.exception("database_refused", exc_info=exc)
        return Refusal(errors.TEMPORARILY_UNAVAILABLE, retry_after=RETRY_SECONDS)
    for kind, reason in _REASONS:
        if isinstance(exc, kind):
            return Refusal(reason)
    log.exception("unexpected_exception", exc_info=exc)
    return Refusal(errors.INTERNAL_ERROR)


def problem_headers(refusal: Refusal) -> dict[str, str]:
    """Return the headers that belong to the refusal: the challenge of a 401, the wait of a refusal that passes."""
    headers = {}
    if refusal.reason.status == 401:
        headers["WWW-Authenticate"] = CHALLENGE
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return headers


def faults_of(detail: Any, path: str = "") -> Iterator[Fault]:
    """Flatten a serializer's nested errors: the fault of an item is at "secondary_msisdns[1]" or "account.number"."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from faults_of(inner, _path_to(path, name))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            yield from faults_of(inner, path if isinstance(inner, str) else _path_to(path, position))
    else:
        yield Fault(path, getattr(detail, "code", None) or "invalid", str(detail))


def _path_to(path: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    if name == "non_field_errors":
        return path
    return f"{path}.{name}" if path else name
