"""How often a partner may ask, and how often an address may send what proves to be nobody's."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from unipay import clock
from unipay.api import errors
from unipay.errors import Refusal

WINDOW_SECONDS = 60
FAILURES_PER_MINUTE = 60


class PartnerThrottle(BaseThrottle):
    """A fixed window of one minute per partner, counted in the cache."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; False once the partner's limit of this minute is used up."""
        partner = request.user.partner  # type: ignore[union-attr]
        return _count(f"api-rate/{partner.pk}") <= partner.rate_limit_per_minute

    def wait(self) -> float:
        """Return the seconds until the next minute begins."""
        return float(_seconds_left())


def count_failure(request: HttpRequest) -> None:
    """Count a request nobody's signature was proven on; raises Refusal RATE_LIMITED when the address had too many.

    Only requests that failed are counted and turned away: behind a shared proxy others must not suffer.
    """
    if _count(f"api-failures/{request.META.get('REMOTE_ADDR', '')}") > FAILURES_PER_MINUTE:
        raise Refusal(errors.RATE_LIMITED, retry_after=_seconds_left())


def _count(name: str) -> int:
    key = f"{name}/{int(clock.now().timestamp()) // WINDOW_SECONDS}"
    if cache.add(key, 1, timeout=2 * WINDOW_SECONDS):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # evicted between the two calls
        cache.add(key, 1, timeout=2 * WINDOW_SECONDS)
        return 1


def _seconds_left() -> int:
    return WINDOW_SECONDS - int(clock.now().timestamp()) % WINDOW_SECONDS
