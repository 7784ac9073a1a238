"""The registry of the overview: what each app shows on it, to whom, and how it is read without anybody waiting long.

An app fills it from its `dashboard_cards.py`, which is found the way Django finds `admin` modules. A source names the
list its figures are counted from: who may not open that list does not see the figures, and a figure counted from
`viewer.rows(…)` is what that person's list shows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unipay.backoffice.paging import ImpatientQuery, patience
from unipay.backoffice.provinces import visible_provinces
from unipay.errors import Text

SECONDS_PER_QUERY = 2.0
MOST_NAMES = 3


class Section(StrEnum):
    """Where on the page: what needs a person, what happened today, the trend of a fortnight."""

    NOW = "now"
    TODAY = "today"
    FORTNIGHT = "fortnight"


class Tone(IntEnum):
    """How much it presses: OK needs nobody, NOTICE is good to know, WARNING and DANGER need a person."""

    DANGER = 0
    WARNING = 1
    NOTICE = 2
    OK = 3


@dataclass(frozen=True)
class Card:
    """One figure and the list behind it ("": there is none); `note` is one more sentence, `icon` a Material symbol."""

    title: Text
    figure: int | str
    link: str
    tone: Tone = Tone.OK
    order: int = 500
    note: Text = ""
    icon: str = "info"


@dataclass(frozen=True)
class Series:
    """One row of figures of a chart, one figure per label, with the list behind each where there is one."""

    name: Text
    values: tuple[int, ...]
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """Figures to look at: bars lying one below the other, the series stacked; or lines, from left to right; or, for one
    series whose labels are sentences, a list. `is_share`: its figures are parts of a hundred, and none is worth seeing.
    """

    title: Text
    labels: tuple[Text, ...]
    series: tuple[Series, ...]
    empty: Text
    is_line: bool = False
    is_list: bool = False
    is_share: bool = False
    order: int = 500


@dataclass(frozen=True)
class Step:
    """One step of a funnel, or one way to leave it, with the list behind it."""

    title: Text
    figure: int
    link: str


@dataclass(frozen=True)
class Funnel:
    """How many came how far, each step part of the one before it; and where those left who did not arrive."""

    title: Text
    steps: tuple[Step, ...]
    lost: tuple[Step, ...]
    empty: Text
    order: int = 500


@dataclass(frozen=True)
class Remark:
    """What must be known to read a section's figures: how fresh they are. The same remark is shown once."""

    text: Text
    tone: Tone = Tone.OK
    order: int = 0


Shown = Card | Chart | Funnel | Remark
Read = TypeVar("Read")


class Viewer:
    """Who looks at the overview, when, and what this person may see."""

    def __init__(self, request: HttpRequest, *, now: datetime) -> None:
        self.request = request
        self.now = now
        self._known: dict[str, Any] = {}

    @cached_property
    def provinces(self) -> frozenset[int] | None:
        """The provinces whose figures the person may see, None for all."""
        return visible_provinces(self.request.user)

    def may_open(self, label: str) -> bool:
        """Tell whether the person may open the list of the model ("signing.contract")."""
        page = _page_of(label)
        return page is not None and bool(page.has_view_or_change_permission(self.request))

    def rows(self, label: str) -> QuerySet[Any]:
        """Return the rows of the model that the person's list can show."""
        rows: QuerySet[Any] = _page_of(label).get_queryset(self.request)
        return rows

    def once(self, name: str, read: Callable[[], Read]) -> Read:
        """Return what several sources need, read when the first of them asks for it."""
        if name not in self._known:
            self._known[name] = read()
        known: Read = self._known[name]
        return known


@dataclass(frozen=True)
class Source:
    """What one app shows in one section: `read` makes it, with a query or two that an index answers.

    `name` is unique; `listed` names the model whose list the person must be allowed to open; `title` stands where
    the figures could not be read in time.
    """

    name: str
    title: Text
    section: Section
    listed: str
    read: Callable[[Viewer], Iterable[Shown]]


_SOURCES: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Add a source; a name registered twice is a programming error (ValueError)."""
    if source.name in _SOURCES:
        raise ValueError(f"The dashboard already has a source {source.name}.")
    _SOURCES[source.name] = source
    return source


def list_address(label: str, **asked: object) -> str:
    """Return the address of the model's list with these filters chosen."""
    app_label, model_name = label.split(".")
    address = reverse(f"admin:{app_label}_{model_name}_changelist")
    return f"{address}?{urlencode(asked)}" if asked else address


def named(titles: Sequence[str]) -> str:
    """Return the first few names in one line, and that there are more."""
    more = ["…"] if len(titles) > MOST_NAMES else []
    return pgettext("names", ", ").join([*titles[:MOST_NAMES], *more])


def read_all(viewer: Viewer) -> dict[Section, list[Shown]]:
    """Read everything the viewer may see, section by section, in order; what takes too long says so."""
    found: dict[Section, list[Shown]] = {section: [] for section in Section}
    for source, shown in _read([each for each in _SOURCES.values() if viewer.may_open(each.listed)], viewer):
        found[source.section] += [each for each in shown if each not in found[source.section]]
    for shown in found.values():
        shown.sort(key=lambda each: each.order)
    return found


def _read(sources: Sequence[Source], viewer: Viewer) -> list[tuple[Source, Sequence[Shown]]]:
    """All in one transaction with one time-out for each query; whoever runs into it costs only its own figures."""
    done: list[tuple[Source, Sequence[Shown]]] = []
    while len(done) < len(sources):
        try:
            with patience(seconds=SECONDS_PER_QUERY):
                for source in sources[len(done) :]:
                    done.append((source, tuple(source.read(viewer))))
        except ImpatientQuery:
            late = sources[len(done)]
            done.append((late, [_too_late(late)]))
    return done


def _too_late(source: Source) -> Card:
    note = _("Could not be counted in time; the list may still open.")
    return Card(source.title, "—", list_address(source.listed), tone=Tone.WARNING, order=0, note=note)


def _page_of(label: str) -> Any:
    return admin.site._registry.get(apps.get_model(label))
