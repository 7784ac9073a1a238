"""Every arrangement's debit dates of a month, each with its light, the reason in words, and where it leads; three
queries in all."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.admin.run.filters import overdue_batches
from billing.date_light import LIGHT_OF, DateFacts, Light, Why, why
from billing.models import Arrangement, DebitDate, DebitRun
from unipay.clock import is_working_day
from unipay.errors import Text
from unipay.money import format_money

ICONS = {
    Light.GREEN: "check",
    Light.BLUE: "autorenew",
    Light.AMBER: "front_hand",
    Light.RED: "close",
    Light.COMING: "schedule",
    Light.GREY: "remove",
}
WORDS: dict[Why, Text] = {
    Why.DONE: _("done"),
    Why.NOTHING_DUE: _("done: nothing was due"),
    Why.WORKING: _("under way"),
    Why.AT_BANK: _("with the bank"),
    Why.APPROVAL: _("waits for approval"),
    Why.STOPPED: _("stopped by people"),
    Why.FAILED: _("failed, is tried again"),
    Why.OVERDUE: _("the bank's answer is overdue"),
    Why.MISSED: _("missed: no run began"),
    Why.PLANNED: _("planned"),
    Why.MOVED: _("planned, moved from its day"),
    Why.SKIPPED: _("skipped"),
    Why.CANCELLED: _("cancelled"),
}


@dataclass(frozen=True)
class Day:
    """One sign in a cell: the light, its reason in words, and the page behind it."""

    light: Light
    words: Text
    link: str

    @property
    def icon(self) -> str:
        """A shape for those who see no colours."""
        return ICONS[self.light]


@dataclass(frozen=True)
class Row:
    """One arrangement's days of the month."""

    arrangement: Arrangement
    cells: tuple[tuple[Day, ...], ...]


@dataclass(frozen=True)
class Heading:
    """One day's heading: banks rest on the others."""

    day: date
    is_working: bool
    is_today: bool


class Month:
    """One month of the calendar for one person."""

    def __init__(self, first: date, *, person: Any, today: date) -> None:
        self.first, self.person, self.today = first, person, today
        self.last = first.replace(day=monthrange(first.year, first.month)[1])

    @property
    def before(self) -> date:
        """The month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """The month after."""
        return self.last + timedelta(days=1)

    @cached_property
    def headings(self) -> list[Heading]:
        """The days of the month."""
        return [Heading(day, is_working_day(day), day == self.today) for day in self._days()]

    @cached_property
    def rows(self) -> list[Row]:
        """Every arrangement that is active, or has a date or a run in this month."""
        arrangements = Arrangement.objects.select_related("bank").order_by("bank__code", "way")
        return [
            Row(each, tuple(tuple(self._signs(each, day)) for day in self._days()))
            for each in arrangements
            if each.is_active or any(key[0] == each.pk for key in (*self._dates, *self._runs))
        ]

    @property
    def legend(self) -> list[tuple[Light, str, Text]]:
        """What the signs mean."""
        meaning: dict[Light, Text] = {
            Light.COMING: _("planned"),
            Light.BLUE: _("under way, or with the bank"),
            Light.AMBER: _("waits for people"),
            Light.GREEN: _("done"),
            Light.RED: _("missed, failed or overdue"),
            Light.GREY: _("skipped or cancelled"),
        }
        return [(light, ICONS[light], words) for light, words in meaning.items()]

    def _days(self) -> Iterator[date]:
        for number in range(self.last.day):
            yield self.first + timedelta(days=number)

    @cached_property
    def _dates(self) -> dict[tuple[int, date], list[DebitDate]]:
        found: dict[tuple[int, date], list[DebitDate]] = defaultdict(list)
        rows = DebitDate.objects.filter(date__range=(self.first, self.last)).select_related("run")
        for each in rows.order_by("pk"):
            found[each.arrangement_id, each.date].append(each)
        return found

    @cached_property
    def _runs(self) -> dict[tuple[int, date], list[DebitRun]]:
        """Runs that people opened on days of their own."""
        found: dict[tuple[int, date], list[DebitRun]] = defaultdict(list)
        rows = DebitRun.objects.filter(debit_date__range=(self.first, self.last), planned=None)
        for each in rows.order_by("pk"):
            found[each.arrangement_id, each.debit_date].append(each)
        return found

    @cached_property
    def _overdue(self) -> set[int]:
        return set(overdue_batches().values_list("run", flat=True))

    def _signs(self, arrangement: Arrangement, day: date) -> Iterator[Day]:
        for planned in self._dates.get((arrangement.pk, day), ()):
            yield self._sign(planned, planned.run, day)
        for run in self._runs.get((arrangement.pk, day), ()):
            yield self._sign(None, run, day)

    def _sign(self, planned: DebitDate | None, run: DebitRun | None, day: date) -> Day:
        facts = DateFacts(
            is_past=day < self.today,
            is_skipped=planned is not None and planned.is_skipped,
            is_moved=planned is not None and planned.date != planned.planned_date,
            run_state=run.state if run else "",
            is_stopped=run is not None and run.is_stopped,
            has_failed=run is not None and bool(run.last_error),
            is_overdue=run is not None and run.pk in self._overdue,
            item_count=run.item_count if run else 0,
        )
        reason = why(facts)
        return Day(LIGHT_OF[reason], _told(WORDS[reason], planned, run), _link(planned, run))


def _told(words: Text, planned: DebitDate | None, run: DebitRun | None) -> Text:
    if run is not None and run.asked_fen:
        return format_lazy("{}, {}", words, format_money(run.asked_fen))
    if planned is not None and planned.remark:
        return format_lazy("{}: {}", words, planned.remark)
    return words


def _link(planned: DebitDate | None, run: DebitRun | None) -> str:
    if run is not None:
        return reverse("admin:billing_debitrun_change", args=[run.pk])
    return reverse("admin:billing_debitdate_change", args=[planned.pk]) if planned else ""
