"""What the overview shows of partners and keys: who takes no business, who cannot prove who they are, and who soon
cannot."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from unipay.backoffice.bounded import bounded_counts
from unipay.backoffice.dashboard import Card, Section, Source, Tone, Viewer, list_address, named, register
from unipay.errors import Text
from unipay.partners import watch
from unipay.partners.models import Partner

_PARTNERS, _KEYS, _OWN_KEYS = "partners.partner", "partners.partnerkey", "partners.ownkey"


def partners(viewer: Viewer) -> Iterator[Card]:
    """Who takes no new business now, and whose signatures cannot count: both in one query."""
    every = Partner.objects.filter(pk=OuterRef("pk"))
    closed = Exists(watch.closed_partners(every, now=viewer.now))
    keyless = Exists(watch.keyless_partners(every, now=viewer.now))
    rows = viewer.rows(_PARTNERS).annotate(is_closed=closed, is_keyless=keyless)
    found: Sequence[Partner] = rows.filter(closed | keyless)
    yield _card("closed", [each for each in found if each.is_closed])  # type: ignore[attr-defined]
    yield _card("keyless", [each for each in found if each.is_keyless])  # type: ignore[attr-defined]


def keys(viewer: Viewer) -> Iterator[Card]:
    """The partners' keys that end soon without a successor."""
    ending = watch.ending_keys(viewer.rows(_KEYS), now=viewer.now)
    yield _keys_card(
        _("Partner keys that end within 30 days"), _KEYS, "ending", bounded_counts(keys=ending)["keys"]
    )


def own_keys(viewer: Viewer) -> Iterator[Card]:
    """Our own pairs that should be rotated."""
    aged = watch.aged_own_keys(viewer.rows(_OWN_KEYS), now=viewer.now)
    yield _keys_card(_("Own keys due to be rotated"), _OWN_KEYS, "aged", bounded_counts(keys=aged)["keys"])


_LOOKS = {
    "closed": (_("Partners closed to new business"), Tone.WARNING, 320, "door_front"),
    "keyless": (_("Partners without a live key"), Tone.DANGER, 310, "key_off"),
}


def _card(condition: str, found: Iterable[Partner]) -> Card:
    titles = [each.title for each in found]
    title, tone, order, icon = _LOOKS[condition]
    return Card(
        title=title,
        figure=len(titles),
        link=list_address(_PARTNERS, condition=condition),
        tone=tone if titles else Tone.OK,
        order=order,
        note=named(titles),
        icon=icon,
    )


def _keys_card(title: Text, listed: str, condition: str, count: int) -> Card:
    tone = Tone.WARNING if count else Tone.OK
    return Card(title, count, list_address(listed, condition=condition), tone=tone, order=330, icon="key")


register(Source("partners", _("Partners"), Section.NOW, _PARTNERS, partners))
register(Source("partner keys", _("Partner keys that end within 30 days"), Section.NOW, _KEYS, keys))
register(Source("own keys", _("Own keys due to be rotated"), Section.NOW, _OWN_KEYS, own_keys))
