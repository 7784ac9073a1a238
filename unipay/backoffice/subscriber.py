"""The page of one mobile number: a frame that each app fills with sections of its own (`subscriber_sections.py`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from unipay import encryption, msisdn
from unipay.errors import Text
from unipay.partners.models import Partner, PortedNumber
from unipay.partners.queries import home_province

_CONTEXT = "subscriber.page"
_PARTS = "."
_TO_ADDRESS = str.maketrans("+/", "-_")
_FROM_ADDRESS = str.maketrans("-_", "+/")


@dataclass(frozen=True)
class Subscriber:
    """A mobile number as the page's sections know it."""

    msisdn: str

    @property
    def masked(self) -> str:
        """The number as screens show it."""
        return msisdn.mask(self.msisdn)

    @cached_property
    def token(self) -> str:
        """The number sealed, for addresses."""
        return seal(self.msisdn)

    @cached_property
    def province(self) -> Partner | None:
        """The home province; None when no segment covers the number."""
        return home_province(self.msisdn)

    @cached_property
    def is_ported(self) -> bool:
        """Whether the number is at home elsewhere than its segment says."""
        return PortedNumber.objects.filter(msisdn=self.msisdn).exists()

    @property
    def address(self) -> str:
        """The page, without the number in the clear."""
        return reverse("admin:subscriber", args=[self.token])


@dataclass(frozen=True)
class Fact:
    """One thing to know at a glance, shown above the sections; `colour` makes it a badge, `address` a link."""

    label: Text
    value: Text
    colour: str = ""
    address: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the page.

    `load` returns the template's context; it asks a number of questions that does not grow with what it finds, and
    sets `is_empty` where there is nothing, so that `empty` is said instead. `permission` is that of the list behind
    it. `glance` adds to the head of the page. Sections with `is_aside` stand in the narrow column.
    """

    name: str
    title: Text
    order: int
    permission: str
    load: Callable[[Subscriber, HttpRequest], Mapping[str, Any]]
    template: str
    empty: Text
    icon: str = "list"
    is_aside: bool = False
    glance: Callable[[Subscriber], Sequence[Fact]] | None = field(default=None)


_SECTIONS: dict[str, Section] = {}


def register(section: Section) -> Section:
    """Make a section part of the page; a name registered twice is a programming error (ValueError)."""
    if section.name in _SECTIONS:
        raise ValueError(f"The section {section.name} is already registered.")
    _SECTIONS[section.name] = section
    return section


def sections_for(user: Any) -> list[Section]:
    """Return the sections this person may see, in the page's order."""
    ordered = sorted(_SECTIONS.values(), key=lambda section: section.order)
    return [section for section in ordered if user.has_perm(section.permission)]


def seal(number: str) -> str:
    """Return the number as addresses carry it: two seals of one number differ, and only we can open them."""
    key_id, _, sealed = encryption.default().seal(number, context=_CONTEXT).partition(":")
    return f"{key_id}{_PARTS}{sealed.translate(_TO_ADDRESS).rstrip('=')}"


def unseal(token: str) -> str:
    """Return the number of a sealed token; raises ValueError for what is none of ours."""
    key_id, _, sealed = token.partition(_PARTS)
    padded = sealed.translate(_FROM_ADDRESS) + "=" * (-len(sealed) % 4)
    try:
        return msisdn.validate(encryption.default().open_(f"{key_id}:{padded}", context=_CONTEXT))
    except encryption.Unsealable as error:
        raise ValueError("not a sealed number") from error


def page_of(number: str) -> str:
    """Return the address of the number's page."""
    return Subscriber(number).address
