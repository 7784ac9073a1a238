"""Search from anywhere: what was typed is offered to finders, each of which looks one kind of number up in an index."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.utils.translation import gettext_lazy

from unipay import msisdn
from unipay.backoffice.provinces import may_see_province
from unipay.backoffice.subscriber import Subscriber, sections_for
from unipay.errors import Text

MOST_HITS = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Hit:
    """One thing that was found, and where it is."""

    title: Text
    description: Text
    address: str
    icon: str = "search"


@dataclass(frozen=True)
class Finder:
    """One kind of number that can be typed.

    `find` gets what was typed and the person, and returns what this person may see; it raises ValueError for what
    cannot be such a number, and looks nothing up then. `may` tells whether the person may search so at all.
    """

    name: str
    what: Text
    example: str
    order: int
    may: Callable[[Any], bool]
    find: Callable[[str, Any], Sequence[Hit]]


_FINDERS: dict[str, Finder] = {}


def register(finder: Finder) -> Finder:
    """Make a finder known; a name registered twice is a programming error (ValueError)."""
    if finder.name in _FINDERS:
        raise ValueError(f"The finder {finder.name} is already registered.")
    _FINDERS[finder.name] = finder
    return finder


def whoever_has(right: str) -> Callable[[Any], bool]:
    """Return the test for one right."""
    return lambda user: bool(user.has_perm(right))


def finders_for(user: Any) -> list[Finder]:
    """Return what this person may search by."""
    ordered = sorted(_FINDERS.values(), key=lambda finder: finder.order)
    return [finder for finder in ordered if finder.may(user)]


def search(term: str, user: Any) -> list[Hit]:
    """Return everything the term is the number of, as far as this person may see it."""
    typed = term.strip()
    hits: list[Hit] = []
    for finder in finders_for(user) if typed else ():
        try:
            hits += finder.find(typed, user)[:MOST_HITS]
        except ValueError:
            continue
    return hits


def _by_mobile_number(term: str, user: Any) -> list[Hit]:
    """Offer the page of any number, signed or not; but of no number of a province that is not the person's."""
    subscriber = Subscriber(msisdn.normalise(term), user)
    province = subscriber.province
    if not may_see_province(user, province.pk if province else None):
        log.warning("subscriber_of_another_province", number=subscriber.masked, user=str(user))
        return []
    return [Hit(subscriber.masked, province.title if province else "", subscriber.address, "smartphone")]


register(
    Finder(
        "mobile_number",
        gettext_lazy("whole mobile number"),
        "138 0571 0001",
        10,
        may=lambda user: bool(sections_for(user)),
        find=_by_mobile_number,
    )
)
