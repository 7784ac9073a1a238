"""The trace id of the request at hand: on every log line, in every problem, in the Unipay-Request-Id header."""

import re
import uuid

import structlog

_USABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def current_request_id() -> str:
    """Return the id of the request at hand; one that was handed to us in an unusable form is replaced."""
    given = structlog.contextvars.get_contextvars().get("request_id", "")
    if _USABLE.fullmatch(given):
        return str(given)
    fresh = str(uuid.uuid4())
    structlog.contextvars.bind_contextvars(request_id=fresh)
    return fresh
