"""What operations watch about partners: who takes no business now, whose keys end soon, who has none, and which pair of
ours is due to be rotated."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from unipay.partners.kinds import PartnerKind, PartnerStatus
from unipay.partners.models import Endpoint, MaintenanceWindow, OwnKey, Partner, PartnerKey

ENDS_SOON = timedelta(days=30)
"""How long before the end of a key its partner should have sent us the next one."""

ROTATED_EVERY = timedelta(days=365)
"""How long a pair of ours signs before a successor should be made."""


def closed_partners(partners: QuerySet[Partner], *, now: datetime) -> QuerySet[Partner]:
    """Return those of the partners that take no new business now: by status, or in a maintenance window."""
    windows = MaintenanceWindow.objects.filter(partner=OuterRef("pk"), period__contains=now)
    return partners.filter(~Q(status=PartnerStatus.OPEN) | Exists(windows))


def keyless_partners(partners: QuerySet[Partner], *, now: datetime) -> QuerySet[Partner]:
    """Return those of the partners we deal with whose signatures cannot count now: no key of theirs is live.

    Not banks without a line, which sign nothing: staff carry their files.
    """
    live = _live(PartnerKey.objects.filter(partner=OuterRef("pk")), now)
    watched = partners.exclude(status=PartnerStatus.SUSPENDED).exclude(_has_no_line())
    return watched.filter(~Exists(live))


def ending_keys(keys: QuerySet[PartnerKey], *, now: datetime) -> QuerySet[PartnerKey]:
    """Return the live keys that end within ENDS_SOON and leave their partner without one."""
    later = PartnerKey.objects.filter(partner=OuterRef("partner"), retired_at=None)
    successors = later.filter(Q(valid_until=None) | Q(valid_until__gt=now + ENDS_SOON))
    return _live(keys, now).filter(valid_until__lte=now + ENDS_SOON).exclude(Exists(successors))


def aged_own_keys(keys: QuerySet[OwnKey], *, now: datetime) -> QuerySet[OwnKey]:
    """Return our pairs that have signed for nearly ROTATED_EVERY and have no successor."""
    successors = OwnKey.objects.filter(
        algorithm=OuterRef("algorithm"), retired_at=None, signs_from__gt=OuterRef("signs_from")
    )
    aged = keys.filter(retired_at=None, signs_from__lte=now - (ROTATED_EVERY - ENDS_SOON))
    return aged.exclude(Exists(successors))


def _has_no_line() -> Q:
    """A bank we have no address of, and that never gave us a key."""
    addresses = Endpoint.objects.filter(partner=OuterRef("pk")).exclude(url="")
    keys = PartnerKey.objects.filter(partner=OuterRef("pk"))
    return Q(kind=PartnerKind.BANK, base_url="") & ~Exists(addresses) & ~Exists(keys)


def _live(keys: QuerySet[PartnerKey], now: datetime) -> QuerySet[PartnerKey]:
    begun = keys.filter(retired_at=None, valid_from__lte=now)
    return begun.filter(Q(valid_until=None) | Q(valid_until__gt=now))
