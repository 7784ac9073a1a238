"""Which reasons an endpoint may refuse with: its own, and those every endpoint shares."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from unipay.api import errors
from unipay.errors import Reason
from unipay.messaging.errors import REQUEST_IN_PROGRESS, REQUEST_NO_REUSED

_EVERYWHERE = (
    errors.BAD_REQUEST,
    errors.SIGNATURE_MISSING,
    errors.SIGNATURE_MALFORMED,
    errors.SIGNATURE_INVALID,
    errors.TIMESTAMP_OUT_OF_RANGE,
    errors.NONCE_REPLAYED,
    errors.PARTNER_SUSPENDED,
    errors.OPERATION_NOT_PERMITTED,
    errors.PATH_UNKNOWN,
    errors.NOT_ACCEPTABLE,
    errors.LENGTH_REQUIRED,
    errors.BODY_TOO_LARGE,
    errors.RATE_LIMITED,
    errors.INTERNAL_ERROR,
    errors.TEMPORARILY_UNAVAILABLE,
)
_WITH_BODY = (
    errors.BODY_MALFORMED,
    errors.REQUEST_FAULTY,
    errors.MEDIA_TYPE_UNSUPPORTED,
    REQUEST_IN_PROGRESS,
    REQUEST_NO_REUSED,
)


def reasons_of(view: Any) -> list[Reason]:
    """Return the reasons of a SignedView (class or instance), by status and code."""
    reasons = {*_EVERYWHERE, *view.reasons}
    if hasattr(view, "request_class"):
        reasons.update(_WITH_BODY)
    if hasattr(view, "query_class"):
        reasons.add(errors.REQUEST_FAULTY)
    if hasattr(view, "ask"):
        reasons.add(errors.PARTNER_UNANSWERED)
    return _in_order(reasons)


def published_reasons() -> list[Reason]:
    """Return every reason of the catalogue that some endpoint may refuse with; the others are for staff."""
    reasons = {errors.METHOD_NOT_ALLOWED}
    for view in _endpoints(get_resolver().url_patterns):
        reasons.update(reasons_of(view))
    return _in_order(reasons)


def _endpoints(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _endpoints(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "cls", None)
        if hasattr(view, "operation"):
            yield view


def _in_order(reasons: Iterable[Reason]) -> list[Reason]:
    return sorted(reasons, key=lambda reason: (reason.status, reason.code))
