"""A month of expected files at a glance: a line for each partner and kind, a cell for each day."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from unipay.clock import is_working_day
from unipay.errors import Text
from unipay.exchange.admin.fields import kind_title
from unipay.exchange.models import ExpectedFile, ExpectedState
from unipay.partners.models import Partner


@dataclass(frozen=True)
class Look:
    """How a state is shown: by a word, a sign and a colour, so that no one of them is needed to tell it."""

    css: str
    icon: str
    title: Text


LOOKS = {
    ExpectedState.ARRIVED: Look("well", "check", ExpectedState.ARRIVED.label),
    ExpectedState.LATE: Look("late", "schedule", ExpectedState.LATE.label),
    ExpectedState.UNDECLARED: Look("late", "question_mark", ExpectedState.UNDECLARED.label),
    ExpectedState.MISSING: Look("missing", "close", ExpectedState.MISSING.label),
    ExpectedState.WAIVED: Look("quiet", "remove", ExpectedState.WAIVED.label),
    ExpectedState.EXPECTED: Look("quiet", "more_horiz", _("expected, not due yet")),
}


@dataclass(frozen=True)
class Day:
    """One day of the month, and whether banks work on it."""

    date: date
    is_working: bool
    is_today: bool


@dataclass(frozen=True)
class Line:
    """What must come of one partner and kind: for each day the expected file, None where there is none."""

    partner: Partner
    kind: str
    cells: tuple[tuple[Day, ExpectedFile | None, Look | None], ...]
    missing: int


@dataclass(frozen=True)
class Month:
    """The month as it is drawn."""

    first: date
    days: tuple[Day, ...]
    lines: tuple[Line, ...]

    @property
    def before(self) -> str:
        """The month before, as it stands in the address."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after, as it stands in the address."""
        return f"{self.days[-1].date + timedelta(days=1):%Y-%m}"

    @property
    def legend(self) -> Iterable[Look]:
        """Every look, once."""
        return LOOKS.values()


def first_of(text: str, *, today: date) -> date:
    """Read "2026-11"; anything else is this month."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == len("2026-11") else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def drawn(expected: Iterable[ExpectedFile], *, first: date, today: date) -> Month:
    """Lay the expected files of a month out, partners by their code."""
    last = calendar.monthrange(first.year, first.month)[1]
    days = tuple(
        Day(day, is_working_day(day), day == today)
        for day in (first + timedelta(days=number) for number in range(last))
    )
    found: dict[tuple[str, str, str], dict[date, ExpectedFile]] = defaultdict(dict)
    for row in expected:
        found[(row.partner.kind, row.partner.code, row.kind)][row.business_date] = row
    return Month(first, days, tuple(_line(found[key], days) for key in sorted(found)))


def _line(rows: dict[date, ExpectedFile], days: tuple[Day, ...]) -> Line:
    some = next(iter(rows.values()))
    cells = []
    for day in days:
        row = rows.get(day.date)
        cells.append((day, row, LOOKS[ExpectedState(row.state)] if row else None))
    missing = sum(row.state == ExpectedState.MISSING for row in rows.values())
    return Line(some.partner, kind_title(some.kind), tuple(cells), missing)
