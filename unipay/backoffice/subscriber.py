"""The page of one mobile number: a frame which each app fills with sections from its own admin package."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, TypeVar

from django.db.models import Model
from django.urls import reverse

from unipay import encryption, msisdn
from unipay.errors import Text
from unipay.partners.models import Partner, PortedNumber
from unipay.partners.queries import home_province

_CONTEXT = "subscriber.page"
_PARTS = "."
_LONGEST_LINE = 20
_TO_ADDRESS = str.maketrans("+/", "-_")
_FROM_ADDRESS = str.maketrans("-_", "+/")

Found = TypeVar("Found")


@dataclass(frozen=True)
class Subscriber:
    """A mobile number as the page's sections know it, and the person (`user`) who looks at it."""

    msisdn: str
    user: Any = None
    _known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

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

    def once(self, question: "Callable[[Subscriber], Found]") -> Found:
        """Return the answer to a question several sections ask, asked only once."""
        if question not in self._known:
            self._known[question] = question(self)
        answer: Found = self._known[question]
        return answer

    def list_of(self, model: type[Model]) -> str:
        """Return the address of the list of everything about the number, "" for who may not see it."""
        opts = model._meta
        if not self.user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
            return ""
        return f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_changelist')}?number={self.token}"


@dataclass(frozen=True)
class Cell:
    """One value of a row: its text, what stands small below it, and whether it is a badge or a link."""

    text: Text
    below: Text = ""
    colour: str | None = None
    address: str = ""

    @property
    def is_prose(self) -> bool:
        """Whether it may be broken into lines; numbers and times may not. Chinese has no spaces to break at."""
        return any(
            len(words) > _LONGEST_LINE and (" " in words or not words.isascii())
            for words in (str(self.text), str(self.below))
        )


@dataclass(frozen=True)
class Fact:
    """One thing to know at a glance, shown above the sections."""

    label: Text
    value: Cell


@dataclass(frozen=True)
class Event:
    """One moment in the life of the number."""

    at: datetime
    title: Text
    detail: Text = ""
    icon: str = "circle"
    colour: str = "primary"
    address: str = ""


@dataclass(frozen=True)
class Part:
    """What a section found: `rows` in the shape its template wants, the address of all there is, facts for the head."""

    rows: Sequence[Any]
    more: str = ""
    facts: Sequence[Fact] = ()


@dataclass(frozen=True)
class Section:
    """One part of the page.

    `load` asks a number of questions that does not grow with what it finds. `permission` is that of the list behind
    it. `headers` are those of the default template, a table of Cells. `place` is the whole width, the column below it,
    or the narrow one beside that.
    """

    name: str
    title: Text
    order: int
    permission: str
    load: Callable[[Subscriber], Part]
    empty: Text
    icon: str = "list"
    headers: Sequence[Text] = ()
    template: str = "backoffice/subscriber_table.html"
    place: Literal["top", "main", "aside"] = "main"


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
