"""Which address a request comes from, when only our own proxies are believed about it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network


def client_address(request: HttpRequest) -> str | None:
    """Return the address nearest to us that is not one of our proxies, None when there is none.

    Each proxy appends to X-Forwarded-For whom it speaks for, so the list is read from its end, and only as long as
    the one who wrote is in UNIPAY_TRUSTED_PROXIES. Whatever a client puts in front is never reached.
    """
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    hop = _read(request.META.get("REMOTE_ADDR", ""))
    while hop is not None and _is_trusted(hop, settings.UNIPAY_TRUSTED_PROXIES) and told:
        before = _read(told.pop())
        if before is None:
            break
        hop = before
    return str(hop) if hop is not None else None


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_trusted(hop: IPv4Address | IPv6Address, proxies: Sequence[Network]) -> bool:
    return any(hop in network for network in proxies)
