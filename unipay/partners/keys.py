"""Keys on both sides of the wire: the partners' public keys, two live at most, and our own pairs (design.md 5)."""

import secrets
import time
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from unipay import clock, signatures
from unipay.errors import Refusal
from unipay.partners import errors
from unipay.partners.kinds import KeyAlgorithm
from unipay.partners.models import OwnKey, Partner, PartnerKey

REMEMBERED_SECONDS = 5.0
"""How long another process may still count a key that was retired, or a partner that was suspended, here."""

ROTATION_NOTICE = timedelta(days=7)
"""How long a successor of our key is published before it signs."""

SLOTS = (1, 2)

_OWN_KEY_LOCK = 0x756E6B65
_remembered: dict[Hashable, tuple[float, Any]] = {}


@dataclass(frozen=True)
class OfferedKey:
    """A public key (PEM) a partner wants to sign with, under the id it will name it by."""

    key_id: str
    algorithm: str
    public_pem: str
    valid_until: datetime | None = None


def live_key(partner_code: str, key_id: str, now: datetime | None = None) -> PartnerKey | None:
    """Return the partner's key, with its partner, if its signatures count at `now`; remembered for seconds.

    Asked on every request: only keys that exist are remembered, so made-up names cannot fill the memory.
    """
    key = _remember(
        ("partner", partner_code, key_id),
        lambda: (
            PartnerKey.objects.select_related("partner")
            .filter(partner__code=partner_code, key_id=key_id, retired_at=None)
            .first()
        ),
    )
    return key if key is not None and key.is_live(now or clock.now()) else None


def own_key(algorithm: str, now: datetime) -> OwnKey:
    """Return the pair of ours that signs with this algorithm, making the first one when there is none."""
    key: OwnKey = _remember(
        ("own", str(algorithm)), lambda: _signing(algorithm, now) or _make_first_own_key(algorithm, now=now)
    )
    return key


def own_key_for(partner: Partner, now: datetime) -> OwnKey:
    """Return the pair of ours that signs what we tell the partner: of the algorithm of its own newest live key."""
    live = PartnerKey.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now), partner=partner)
    newest = live.filter(valid_from__lte=now, retired_at=None).order_by("valid_from", "id").last()
    return own_key(newest.algorithm if newest else KeyAlgorithm.RSA_SHA256, now)


def rotate_own_key(algorithm: str, *, now: datetime, signs_from: datetime | None = None) -> OwnKey:
    """Make the successor of the pair that signs; it begins at `signs_from`, when partners have got it.

    Without `signs_from` in ROTATION_NOTICE. Refused while a successor is already waiting.
    """
    with transaction.atomic():
        _lock_own_keys()
        if OwnKey.objects.filter(algorithm=algorithm, retired_at=None, signs_from__gt=now).exists():
            raise Refusal(errors.SUCCESSOR_WAITS, str(algorithm))
        return _make_own_key(algorithm, now=now, signs_from=signs_from or now + ROTATION_NOTICE)


def retire_own_key(key: OwnKey, *, now: datetime, even_the_only: bool = False) -> OwnKey:
    """End a pair of ours at once, as when its private half leaked; the one before it or a new one signs from now on.

    Refused when it is the only one that can sign, unless `even_the_only`: partners have never seen the new one.
    """
    with transaction.atomic():
        _lock_own_keys()
        key = OwnKey.objects.select_for_update().get(pk=key.pk)
        if key.retired_at is not None:
            raise Refusal(errors.KEY_RETIRED, str(key.key_id))
        if not even_the_only and key.signs_from <= now and signs_after(key, now=now) is None:
            raise Refusal(errors.ONLY_LIVE_KEY, str(key.key_id))
        key.retired_at = now
        key.save(update_fields=["retired_at"])
        forget_keys_on_commit()
    return key


def signs_after(key: OwnKey, *, now: datetime, without: Collection[int] = ()) -> OwnKey | None:
    """Return the pair that would sign if this one (and those `without`) were retired; None: a new one would be made."""
    begun = OwnKey.objects.filter(algorithm=key.algorithm, retired_at=None, signs_from__lte=now)
    return begun.exclude(pk__in=[key.pk, *without]).order_by("-signs_from", "-id").first()


def add_partner_key(
    partner: Partner,
    key_id: str,
    algorithm: str,
    public_pem: str,
    now: datetime,
    *,
    valid_until: datetime | None = None,
) -> PartnerKey:
    """Let signatures of this public key count as the partner's; adding the same key again changes nothing.

    Refuses an unreadable key, a key id that names another key, a key that anybody signs or signed with, and a third
    live key.
    """
    fingerprint = _checked_fingerprint(public_pem, algorithm)
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        known = PartnerKey.objects.filter(partner=partner, key_id=key_id).first()
        if known is not None:
            return _same_key(known, fingerprint=fingerprint)
        _refuse_shared_key(partner, fingerprint=fingerprint)
        key = PartnerKey.objects.create(
            partner=partner,
            key_id=key_id,
            algorithm=algorithm,
            public_key=public_pem.strip() + "\n",
            fingerprint=fingerprint,
            slot=_free_slot(partner, now=now),
            valid_from=now,
            valid_until=valid_until,
        )
        forget_keys_on_commit()
    return key


def add_offered_key(partner: Partner, offered: OfferedKey, *, now: datetime) -> PartnerKey:
    """Let an offered key count as the partner's; refuses what `add_partner_key` refuses."""
    return add_partner_key(
        partner, offered.key_id, offered.algorithm, offered.public_pem, now, valid_until=offered.valid_until
    )


def rotate_key(old: PartnerKey, offered: OfferedKey, *, ends_at: datetime, now: datetime) -> PartnerKey:
    """Let a partner's new key count beside the old one, which counts no more from `ends_at`.

    Refuses what `add_partner_key` refuses, and an old key that is retired.
    """
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=old.partner_id)
        old = PartnerKey.objects.select_for_update().select_related("partner").get(pk=old.pk)
        if old.retired_at is not None:
            raise Refusal(errors.KEY_RETIRED, str(old.key_id))
        new = add_offered_key(old.partner, offered, now=now)
        old.valid_until = min(ends_at, old.valid_until or ends_at)
        old.save(update_fields=["valid_until"])
        forget_keys_on_commit()
    return new


def retire_key(key: PartnerKey, *, now: datetime, even_the_only: bool = False) -> PartnerKey:
    """End a partner's key: its signatures no longer count and its slot is free.

    Refused when already retired, and when no other key of the partner counts, unless `even_the_only`.
    """
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=key.partner_id)
        key = PartnerKey.objects.select_for_update().get(pk=key.pk)
        if key.retired_at is not None:
            raise Refusal(errors.KEY_RETIRED, str(key.key_id))
        if not even_the_only and key.is_live(now) and not others_that_count(key, now=now):
            raise Refusal(errors.ONLY_LIVE_KEY, str(key.key_id))
        key.retired_at = now
        key.save(update_fields=["retired_at"])
        forget_keys_on_commit()
    return key


def others_that_count(key: PartnerKey, *, now: datetime, without: Collection[int] = ()) -> list[PartnerKey]:
    """Return the partner's other keys whose signatures count at `now`, but those `without`."""
    others = PartnerKey.objects.filter(partner=key.partner_id, retired_at=None).exclude(
        pk__in=[key.pk, *without]
    )
    return [each for each in others.order_by("valid_from", "id") if each.is_live(now)]


def forget_keys() -> None:
    """Drop what this process remembers of keys; other processes follow within REMEMBERED_SECONDS."""
    _remembered.clear()


def forget_keys_on_commit() -> None:
    """Drop it now for this transaction and once more at its end, as others may have read the old row meanwhile."""
    forget_keys()
    transaction.on_commit(forget_keys)


def _remember(name: Hashable, read: Callable[[], Any]) -> Any:
    remembered = _remembered.get(name)
    if remembered is not None and remembered[0] > time.monotonic():
        return remembered[1]
    found = read()
    # What a transaction sees may yet be rolled back.
    if found is not None and not connection.in_atomic_block:
        _remembered[name] = (time.monotonic() + REMEMBERED_SECONDS, found)
    return found


def _signing(algorithm: str, now: datetime) -> OwnKey | None:
    begun = OwnKey.objects.filter(algorithm=algorithm, retired_at=None, signs_from__lte=now)
    return begun.order_by("-signs_from", "-id").first()


def _make_first_own_key(algorithm: str, *, now: datetime) -> OwnKey:
    with transaction.atomic():
        _lock_own_keys()
        return _signing(algorithm, now) or _make_own_key(algorithm, now=now, signs_from=now)


def _lock_own_keys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_OWN_KEY_LOCK])


def _make_own_key(algorithm: str, *, now: datetime, signs_from: datetime) -> OwnKey:
    pair = signatures.generate(algorithm)
    family = str(algorithm).partition("-")[0].lower()
    return OwnKey.objects.create(
        key_id=f"unipay-{family}-{clock.business_date(now):%Y%m%d}-{secrets.token_hex(3)}",
        algorithm=algorithm,
        public_key=pair.public_pem,
        private_key=pair.private_pem,
        created_at=now,
        signs_from=signs_from,
    )


def _checked_fingerprint(public_pem: str, algorithm: str) -> str:
    try:
        signatures.load_public(public_pem, algorithm)
    except ValueError as error:
        raise Refusal(errors.PUBLIC_KEY_UNREADABLE, str(error)) from error
    return signatures.fingerprint(public_pem)


def _same_key(known: PartnerKey, *, fingerprint: str) -> PartnerKey:
    if known.fingerprint != fingerprint or known.retired_at is not None:
        raise Refusal(errors.KEY_ID_TAKEN, known.key_id)
    return known


def _refuse_shared_key(partner: Partner, *, fingerprint: str) -> None:
    """The signed text does not name the partner: a key shared by two would let one speak as the other.

    A retired key counts too: it may have leaked, and its private half is still in somebody's hands.
    """
    if PartnerKey.objects.filter(fingerprint=fingerprint).exists():
        raise Refusal(errors.PUBLIC_KEY_IN_USE, fingerprint)


def _free_slot(partner: Partner, *, now: datetime) -> int:
    run_out = PartnerKey.objects.filter(partner=partner, retired_at=None, valid_until__lte=now)
    run_out.update(retired_at=F("valid_until"))
    taken = set(PartnerKey.objects.filter(partner=partner, retired_at=None).values_list("slot", flat=True))
    free = [slot for slot in SLOTS if slot not in taken]
    if not free:
        raise Refusal(errors.TWO_LIVE_KEYS, partner.code)
    return free[0]
