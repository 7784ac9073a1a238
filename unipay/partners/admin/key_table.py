"""How keys of both sides stand to this moment, as badges of lists and as rows of the pages that rotate them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from unipay import signatures
from unipay.errors import Text
from unipay.partners.admin.previews import in_groups
from unipay.partners.models import OwnKey, PartnerKey

_STANDINGS: dict[str, tuple[Text, str]] = {
    "COUNTS": (_("counts"), "success"),
    "WAITS": (_("waits for its time"), "info"),
    "ENDS": (_("counts until its end"), "warning"),
    "OVER": (_("ran out"), "primary"),
    "RETIRED": (_("retired"), "primary"),
    "SIGNS": (_("signs now"), "success"),
    "PUBLISHED": (_("published, signs later"), "info"),
    "FORMER": (_("signed before"), "primary"),
}
COLOURS = {name: colour for name, (_label, colour) in _STANDINGS.items()}


@dataclass(frozen=True)
class KeyRow:
    """One key on a page: when it begins and ends, and how it stands."""

    name: str
    algorithm: str
    standing: str
    colour: str
    begins_at: datetime
    ends_at: datetime | None
    fingerprint: str


def badge(standing: str) -> tuple[str, str]:
    """Return what a column of badges shows."""
    return standing, str(_STANDINGS[standing][0])


def partner_key_standing(key: PartnerKey, now: datetime) -> str:
    """Return whether its signatures count."""
    if key.retired_at is not None:
        return "RETIRED"
    if key.valid_from > now:
        return "WAITS"
    if key.valid_until is None:
        return "COUNTS"
    return "ENDS" if key.valid_until > now else "OVER"


def own_key_standing(key: Any, now: datetime) -> str:
    """Return whether it signs; `key.signing` is the number of the one that does."""
    if key.retired_at is not None:
        return "RETIRED"
    if key.signs_from > now:
        return "PUBLISHED"
    return "SIGNS" if key.signing == key.pk else "FORMER"


def partner_key_rows(keys: Iterable[PartnerKey], now: datetime) -> list[KeyRow]:
    """Return a partner's keys as rows."""
    return [_row(key, partner_key_standing(key, now), key.valid_from, key.valid_until) for key in keys]


def own_key_rows(keys: Iterable[OwnKey], now: datetime) -> list[KeyRow]:
    """Return our keys as rows."""
    return [_row(key, own_key_standing(key, now), key.signs_from, key.retired_at) for key in keys]


def _row(key: PartnerKey | OwnKey, standing: str, begins_at: datetime, ends_at: datetime | None) -> KeyRow:
    label, colour = _STANDINGS[standing]
    fingerprint = in_groups(signatures.fingerprint(key.public_key))
    return KeyRow(key.key_id, key.algorithm, str(label), colour, begins_at, ends_at, fingerprint)
