"""Unipay's public keys as the simulated partners have them: given at onboarding, and looked up where Unipay
publishes them when one is new, as after a rotation."""

import httpx

from unipay.sandbox import connection
from unipay.sandbox.models import UnipayKey

PUBLISHED_AT = "/api/docs/public-keys"


def unipay_key(key_id: str) -> UnipayKey | None:
    """Return the key of this id; None when Unipay does not publish it either, or cannot be asked."""
    return _known(key_id) or (_known(key_id) if _fetch() else None)


def keep(key_id: str, *, algorithm: str, public_key: str) -> None:
    """Keep one public key of Unipay's."""
    UnipayKey.objects.update_or_create(
        key_id=key_id, defaults={"algorithm": algorithm, "public_key": public_key}
    )


def _known(key_id: str) -> UnipayKey | None:
    return UnipayKey.objects.filter(key_id=key_id).first()


def _fetch() -> bool:
    try:
        answer = connection.unipay().get(PUBLISHED_AT, timeout=3)
        published = answer.json()["keys"]
    except (httpx.HTTPError, ValueError, KeyError):
        return False
    for key in published:
        keep(key["key_id"], algorithm=key["algorithm"], public_key=key["public_key"])
    return True
