"""Every book's days of a month, each with its light, the reason in words, and where it leads; four queries in all."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reconciliation.admin.columns import RUNS, run_page
from reconciliation.day_light import LIGHT_OF, Light, RunFacts, Why, why
from reconciliation.kinds import BANK_FULL, BANK_INCREMENT, PROVINCE_FULL, PROVINCE_INCREMENT
from reconciliation.models import Guard, Run
from reconciliation.states import DiscrepancyState, RunState
from unipay.backoffice.dashboard import list_address
from unipay.backoffice.provinces import visible_provinces
from unipay.clock import is_working_day
from unipay.errors import Text
from unipay.exchange.models import ExpectedFile
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

BOOKS = (BANK_INCREMENT, BANK_FULL, PROVINCE_INCREMENT, PROVINCE_FULL)
EXPECTED = "exchange.expectedfile"
_RESEND_HOURS = 24

# Shapes that differ without any colour.
ICONS = {
    Light.RED: "close",
    Light.AMBER: "hourglass_top",
    Light.COMING: "schedule",
    Light.GREEN: "check",
    Light.WAIVED: "remove",
    Light.NONE: "",
}
WORDS: dict[Why, Text] = {
    Why.FAILED: _("failed, is tried again"),
    Why.MISSING: _("the file is missing"),
    Why.UNDECLARED: _("the file is empty and does not say so"),
    Why.REFUSED: _("the file was refused"),
    Why.UNANSWERED: _("the province's answer is overdue"),
    Why.APPROVAL: _("waits for approval"),
    Why.TURN: _("waits for its turn"),
    Why.CARRIED: _("much was carried to the next run"),
    Why.ANSWER: _("waits for the province's answer"),
    Why.WORKING: _("under way"),
    Why.EXPECTED: _("the file is expected"),
    Why.LATE: _("even; the file came late"),
    Why.EVEN: pgettext_lazy("day", "even"),
    Why.WAIVED: _("waived: no file needed"),
    Why.NOTHING: _("nothing expected"),
}


@dataclass(frozen=True)
class Day:
    """One cell: the light, its reason in words, and the page behind it ("": there is none)."""

    day: date
    light: Light
    words: Text
    link: str
    is_full: bool = False

    @property
    def icon(self) -> str:
        """A shape for those who see no colours."""
        return ICONS[self.light]

    @property
    def name(self) -> str:
        """The light's name, for the looks."""
        return self.light.name.lower()


@dataclass(frozen=True)
class Row:
    """One partner's days."""

    partner: Partner
    days: tuple[Day, ...]

    @property
    def reds(self) -> int:
        """How many days are wrong."""
        return sum(each.light == Light.RED for each in self.days)


@dataclass(frozen=True)
class Heading:
    """One day's heading: banks rest on the others."""

    day: date
    is_working: bool
    is_today: bool


class Month:
    """One month for one person; partners posted elsewhere are left out."""

    def __init__(self, first: date, *, person: Any, now: datetime, today: date) -> None:
        self.first, self.person, self.now, self.today = first, person, now, today
        self.last = first.replace(day=monthrange(first.year, first.month)[1])

    @property
    def before(self) -> date:
        """The month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date | None:
        """The month after, None for what is still to come."""
        after = self.last + timedelta(days=1)
        return after if after <= self.today else None

    @cached_property
    def headings(self) -> list[Heading]:
        """The days of the month."""
        return [Heading(day, is_working_day(day), day == self.today) for day in self._days()]

    @cached_property
    def groups(self) -> list[tuple[Text, list[Row]]]:
        """Banks, then provinces, those with books or expectations in this month."""
        rows = [self._row(partner) for partner in self._partners]
        kinds = ((PartnerKind.BANK, _("Banks")), (PartnerKind.PROVINCE, _("Provinces")))
        groups = [(title, [row for row in rows if row.partner.kind == kind]) for kind, title in kinds]
        return [group for group in groups if group[1]]

    @cached_property
    def lights(self) -> list[tuple[Light, int]]:
        """How many days stand how, over all partners."""
        days = [day.light for _title, rows in self.groups for row in rows for day in row.days]
        return [(light, days.count(light)) for light in (Light.RED, Light.AMBER, Light.GREEN)]

    def _days(self) -> Iterator[date]:
        for number in range(self.last.day):
            yield self.first + timedelta(days=number)

    def _within(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        visible = visible_provinces(self.person)
        rows = rows.filter(business_date__range=(self.first, self.last))
        return rows if visible is None else rows.filter(partner__in=sorted(visible))

    @cached_property
    def _runs(self) -> dict[tuple[int, date], list[Run]]:
        is_carried = Q(figures__state=DiscrepancyState.CARRIED)
        runs = self._within(Run.objects.filter(is_current=True))
        return _by_day(runs.annotate(carried=Sum("figures__count", filter=is_carried)).order_by("pk"))

    @cached_property
    def _expected(self) -> dict[tuple[int, date], list[ExpectedFile]]:
        return _by_day(self._within(ExpectedFile.objects.filter(kind__in=BOOKS)).order_by("pk"))

    @cached_property
    def _resend_hours(self) -> dict[int | None, int]:
        return dict(Guard.objects.values_list("partner_id", "resend_hours"))

    @cached_property
    def _partners(self) -> list[Partner]:
        ids = {partner_id for partner_id, _day in (*self._runs, *self._expected)}
        return list(Partner.objects.filter(pk__in=ids).order_by("kind", "code"))

    def _row(self, partner: Partner) -> Row:
        return Row(partner, tuple(self._day(partner, day) for day in self._days()))

    def _day(self, partner: Partner, day: date) -> Day:
        runs = self._runs.get((partner.pk, day), [])
        expected = self._expected.get((partner.pk, day), [])
        reason = why([self._facts(run) for run in runs], [each.state for each in expected])
        kinds = {run.period for run in runs} | {each.kind for each in expected}
        is_full = bool(kinds & {"FULL", BANK_FULL, PROVINCE_FULL})
        return Day(
            day,
            LIGHT_OF[reason],
            self._words(reason, runs),
            self._link(partner, day, runs, expected),
            is_full,
        )

    def _link(self, partner: Partner, day: date, runs: list[Run], expected: list[ExpectedFile]) -> str:
        """The day's run, its runs, or what was expected, as far as the person may see it."""
        if len(runs) == 1:
            return run_page(runs[0].pk)
        if runs:
            return list_address(RUNS, day=day, partner__id__exact=partner.pk)
        if expected and self.person.has_perm("exchange.view_expectedfile"):
            return list_address(EXPECTED, partner__id__exact=partner.pk, date=day)
        return ""

    def _facts(self, run: Any) -> RunFacts:
        hours = self._resend_hours.get(run.partner_id, self._resend_hours.get(None, _RESEND_HOURS))
        is_late = run.state == RunState.EXPORTED and run.exported_at < self.now - timedelta(hours=hours)
        compared = max(run.their_count or 0, run.our_count or 0)
        return RunFacts(run.state, bool(run.last_error), is_late, run.carried or 0, compared)

    def _words(self, reason: Why, runs: list[Run]) -> Text:
        found = sum(run.discrepancy_count or 0 for run in runs)
        if not found:
            return WORDS[reason]
        return format_lazy(_("{state}, {count} discrepancies"), state=WORDS[reason], count=f"{found:,}")


def _by_day(rows: Iterable[Any]) -> dict[tuple[int, date], list[Any]]:
    found: dict[tuple[int, date], list[Any]] = defaultdict(list)
    for row in rows:
        found[row.partner_id, row.business_date].append(row)
    return found
