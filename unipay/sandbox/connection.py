"""The connection of the simulated partners to Unipay."""

from functools import lru_cache

import httpx
from django.conf import settings

TIMEOUT = httpx.Timeout(30, connect=3)


def unipay() -> httpx.Client:
    """Return the pooled client of the Unipay at UNIPAY_PUBLIC_URL."""
    return _client(settings.UNIPAY_PUBLIC_URL)


@lru_cache(maxsize=4)
def _client(base_url: str) -> httpx.Client:
    return httpx.Client(base_url=base_url, timeout=TIMEOUT, trust_env=False)
