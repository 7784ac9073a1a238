"""What closing a partner and retiring a key will stop, in words, before it is done."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from unipay import signatures
from unipay.backoffice.admin import Preview, Question
from unipay.errors import Text
from unipay.partners import stakes
from unipay.partners.keys import REMEMBERED_SECONDS, others_that_count, signs_after
from unipay.partners.kinds import PartnerKind, PartnerStatus
from unipay.partners.models import OwnKey, Partner, PartnerKey

_NOT_POSSIBLE = _("Not possible in the partner's present status.")
_RETIRED = _("The key is already retired.")


def closed(partner: Partner) -> Preview:
    """No new business; everything that ends or changes what stands goes on."""
    if partner.status != PartnerStatus.OPEN:
        return Preview(refusal=_NOT_POSSIBLE)
    stops = _("New signings by it are refused.")
    if partner.kind == PartnerKind.BANK:
        stops = _("New signings at this bank are refused, and halls no longer offer it.")
    goes_on = _("Amendments, terminations and our messages to it go on.")
    return Preview((stops, goes_on, *stakes.of(partner)))


def suspended(partner: Partner) -> Preview:
    """Nothing it sends is accepted any more."""
    if partner.status == PartnerStatus.SUSPENDED:
        return Preview(refusal=_NOT_POSSIBLE)
    return Preview(
        (
            _("Everything it sends is refused (403), terminations as well."),
            _("Its subscribers can neither sign nor end a contract through it."),
            _("Our messages to it go on being sent."),
            *stakes.of(partner),
        )
    )


def reopened(partner: Partner) -> Preview:
    """Everything is accepted again."""
    if partner.status == PartnerStatus.OPEN:
        return Preview(refusal=_NOT_POSSIBLE)
    return Preview((_("Everything it may send is accepted again, new signings as well."),))


def key_retired(key: PartnerKey, *, now: datetime, chosen: Collection[int]) -> Preview:
    """What it signed counts no more, and which keys still do."""
    if key.retired_at is not None:
        return Preview(refusal=_RETIRED)
    effects: list[Text] = [
        _("%(partner)s: what is signed with %(key)s is refused, everywhere within %(seconds)d seconds.")
        % {"partner": key.partner.title, "key": key.key_id, "seconds": REMEMBERED_SECONDS}
    ]
    others = others_that_count(key, now=now, without=chosen)
    effects += [
        _("%(key)s (%(fingerprint)s) goes on counting.")
        % {"key": other.key_id, "fingerprint": short(other.fingerprint)}
        for other in others
    ]
    if not others:
        effects.append(_("No other key of it counts: nothing it sends is accepted until it gets a new one."))
    return Preview(tuple(effects))


def own_key_retired(key: OwnKey, *, now: datetime, chosen: Collection[int]) -> Preview:
    """Which key signs instead."""
    if key.retired_at is not None:
        return Preview(refusal=_RETIRED)
    if key.signs_from > now:
        return Preview((_("It never signs. The present key goes on signing."),))
    following = signs_after(key, now=now, without=chosen)
    if following is not None:
        return Preview(
            (
                _("We sign with %(key)s (%(fingerprint)s) instead, which partners have already.")
                % {"key": following.key_id, "fingerprint": _fingerprint_of(following)},
            )
        )
    return Preview(
        (
            _("No other key can sign: a new one is made for the next message."),
            _("Partners that check our signatures refuse us until they have fetched it."),
        )
    )


def _fingerprint_of(key: OwnKey) -> str:
    return short(signatures.fingerprint(key.public_key))


def short(fingerprint: str) -> str:
    """Return the beginning of a fingerprint, in groups of four as people read it out."""
    return f"{in_groups(fingerprint[:16])} …"


def in_groups(fingerprint: str) -> str:
    """Return a fingerprint in groups of four."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


CLOSING = Question(
    title=_("Close these partners to new business?"),
    warning=_("Other processes follow within seconds. It can be reopened at any time."),
    button=_("Close to new business"),
    preview=closed,
)
SUSPENDING = Question(
    title=_("Suspend these partners?"),
    warning=_(
        "What a partner sends while it is suspended is lost to it: it has to send it again afterwards."
    ),
    button=_("Suspend: accept nothing"),
    preview=suspended,
)
REOPENING = Question(
    title=_("Reopen these partners?"),
    warning="",
    button=_("Reopen"),
    preview=reopened,
    is_dangerous=False,
)
