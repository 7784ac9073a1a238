"""Everything the page of one debit run shows, read once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from billing import figures, reasons
from billing.admin.columns import EXCLUSIONS, ITEMS, RUN_COLOURS
from billing.admin.run import stages
from billing.admin.run.doors import buttons
from billing.admin.run.files import batches, returns
from billing.admin.sheet import Button, Note, Sheet, Table, day, moment, money
from billing.figures import Head, Items, LeftOut
from billing.models import DebitRun
from billing.states import ITEM_OPEN, Exclusion, ItemState
from unipay.backoffice.admin.stages import Stage
from unipay.backoffice.admin.waiting import WaitingProposal, waiting_for
from unipay.backoffice.dashboard import Chart, Funnel, Series, Step, list_address
from unipay.backoffice.dashboard_page import Ranking, drawn, way
from unipay.backoffice.dashboard_page import Way as Drawn
from unipay.backoffice.paging import ImpatientQuery, patience
from unipay.backoffice.provinces import visible_provinces
from unipay.backoffice.subscriber import Cell
from unipay.partners.models import Partner

SECONDS_TO_COUNT = 3.0
MOST_PROVINCES = 10


class DebitRunPage:
    """The page of one run for one person."""

    def __init__(self, run: DebitRun, person: Any, now: datetime) -> None:
        self.run, self.person, self.now = run, person, now
        self.provinces = visible_provinces(person)
        self.is_late = False

    @cached_property
    def stages(self) -> list[Stage]:
        """The way of the run."""
        return stages.stages(self.run)

    @cached_property
    def items(self) -> Items:
        """The run's items, counted; none where that takes too long."""
        found: Items = self._within_patience(lambda: figures.items_of(self.run, self.provinces), Items())
        return found

    @cached_property
    def left_out(self) -> list[LeftOut]:
        """What the run left out, by reason."""
        found: list[LeftOut] = self._within_patience(
            lambda: figures.left_out_of(self.run, self.provinces), []
        )
        return found

    @cached_property
    def head(self) -> Head:
        """What it asks for in all, or in the person's provinces."""
        if self.provinces is None:
            return figures.head_of(self.run)
        return figures.share_of(self.items, self.left_out)

    def _within_patience(self, count: Any, otherwise: Any) -> Any:
        try:
            with patience(seconds=SECONDS_TO_COUNT):
                return count()
        except ImpatientQuery:
            self.is_late = True
            return otherwise

    @cached_property
    def sheet(self) -> Sheet:
        """The head of the page, with its tables."""
        run = self.run
        arrangement = run.arrangement
        return Sheet(
            name=f"{arrangement.bank.title} · {arrangement.get_way_display()} · {day(run.debit_date)}",
            badge=run.get_state_display(),
            colour=RUN_COLOURS[run.state],
            aside=run.run_no,
            notes=list(self._notes()),
            facts=list(self._facts()),
            buttons=self.buttons,
            tables=(self._exclusions(), batches(run, self.person, self.now), returns(run, self.person)),
        )

    @cached_property
    def buttons(self) -> Sequence[Button]:
        """What the person may do."""
        return buttons(self.run, self.person, has_proposal=self.waiting is not None)

    def _notes(self) -> Iterator[Note]:
        run = self.run
        if run.is_stopped:
            yield Note(
                _("People stopped it: no further file leaves until it is resumed."), "front_hand", "look"
            )
        if failure := stages.failure(run):
            yield Note(failure, "error", "bad")
        elif waits := stages.waits(run):
            yield Note(waits, "hourglass_top")
        if run.remark:
            yield Note(run.remark, "edit_note")
        if self.provinces is not None:
            yield Note(_("All figures are of your provinces; what files hold in all is not shown."), "info")
        if self.items is not None and self.is_late:
            yield Note(_("There is too much to count now: look again later, or at the lists."), "schedule")

    def _facts(self) -> Iterator[tuple[Any, Cell]]:
        run, items, head = self.run, self.items, self.head
        yield (
            pgettext("money", "asked for"),
            money(head.asked_fen, below=self._count("debits", head.item_count)),
        )
        yield _("debited"), money(items.debited_fen, below=self._rate())
        yield _("left out"), money(head.excluded_fen, below=self._count("bills", head.excluded_count))
        if run.arrangement.settles_at_export:
            yield from self._offline()
        opener: Any = run.opened_by
        yield (
            pgettext("debit run", "opened"),
            Cell(moment(run.opened_at), str(opener) if opener else self._opener()),
        )
        if run.approved_by:
            yield _("approved by"), Cell(str(run.approved_by))

    def _opener(self) -> str:
        """Who opened it where no person did: the calendar, on a date of its own, or a command."""
        return _("by the calendar") if hasattr(self.run, "planned") else _("by a command")

    def _offline(self) -> Iterator[tuple[Any, Cell]]:
        """At every instant exported = confirmed + reversed + outstanding."""
        items = self.items
        exported = items.asked_fen(ItemState.SENT, *figures.DEBITED, ItemState.FAILED)
        yield _("settled at export"), money(exported)
        yield _("confirmed"), money(items.debited_fen)
        yield _("reversed again"), money(items.asked_fen(ItemState.FAILED))
        yield _("not confirmed yet"), money(items.asked_fen(ItemState.SENT))

    def _rate(self) -> str:
        success = self.items.success
        return "" if success is None else _("%(percent)d %% of what was answered") % {"percent": success}

    def _count(self, what: str, count: int) -> str:
        if what == "bills":
            return ngettext("%(count)s bill", "%(count)s bills", count) % {"count": f"{count:,}"}
        return ngettext("%(count)s debit", "%(count)s debits", count) % {"count": f"{count:,}"}

    @cached_property
    def bill_count(self) -> int:
        """How many bills the debits are made of, as far as the person sees them."""
        if self.provinces is None:
            return self.run.bill_count
        found: int = self._within_patience(lambda: figures.bills_of(self.run, self.provinces), 0)
        return found

    @cached_property
    def bills_way(self) -> Drawn:
        """From the bills that were due to those that were asked for."""
        left_out = self.head.excluded_count
        steps = (
            Step(_("bills due"), self.bill_count + left_out, ""),
            Step(_("bills asked for"), self.bill_count, ""),
        )
        lost = (Step(_("bills left out"), left_out, self._excluded()),)
        return way(Funnel(_("From due bills to debits"), steps, lost, _("No bill was due.")))

    @cached_property
    def debits_way(self) -> Drawn:
        """From the debits, each of one or more of those bills, to money."""
        items = self.items
        steps = (
            Step(pgettext("count", "debits"), items.count(), self._items()),
            Step(_("answered"), items.answered, ""),
            Step(_("debited"), items.count(*figures.DEBITED), self._items(state=ItemState.SETTLED)),
        )
        lost = (
            Step(_("not answered yet"), items.count(*ITEM_OPEN), self._items(state=ItemState.SENT)),
            Step(_("not debited"), items.count(ItemState.FAILED), self._items(state=ItemState.FAILED)),
            Step(_("withdrawn"), items.count(ItemState.WITHDRAWN), self._items(state=ItemState.WITHDRAWN)),
        )
        return way(Funnel(_("From debits to money"), steps, lost, _("Nothing is asked for.")))

    @cached_property
    def by_reason(self) -> Ranking:
        """Why items were not debited."""
        titles = reasons.titles()
        rows = [
            (titles.get(code, code) or _("no reason told"), count, self._items(reason=code))
            for code, count in self.items.by_reason().most_common()
        ]
        return _ranking(_("Why not debited"), rows, _("Nothing failed so far."))

    @cached_property
    def by_attempt(self) -> Ranking:
        """How many of a hundred were debited at each attempt."""
        rows = [
            (
                _("attempt %(attempt)d: %(debited)s of %(answered)s")
                % {"attempt": attempt, "debited": f"{debited:,}", "answered": f"{answered:,}"},
                100 * debited // answered,
                "",
            )
            for attempt, answered, debited in self.items.by_attempt()
        ]
        return _ranking(
            _("Debited at each attempt, of a hundred answered"), rows, _("No answer yet."), is_share=True
        )

    @cached_property
    def by_province(self) -> Ranking:
        """Where the money is asked for."""
        found = self._within_patience(lambda: figures.by_province(self.run, self.provinces), [])
        titles = {each.pk: each.title for each in Partner.objects.filter(pk__in=[row[0] for row in found])}
        rows = [(titles[pk], count, "") for pk, count, _fen in found[:MOST_PROVINCES]]
        return _ranking(_("Debits by province"), rows, _("Nothing is asked for."))

    @cached_property
    def waiting(self) -> WaitingProposal | None:
        """What waits for a second person."""
        return waiting_for(self.person, self.run.subject)

    def _exclusions(self) -> Table:
        rows = [
            [
                Cell(capfirst(str(Exclusion(each.reason).label)), address=self._excluded(reason=each.reason)),
                Cell(f"{each.count:,}"),
                money(each.open_fen),
            ]
            for each in self.left_out
        ]
        every = _("Every due bill is asked for.") if self.run.bill_count else _("No bill was due.")
        empty = every if self.run.selected_at else _("Nothing is selected yet.")
        headers = (_("why left out"), pgettext("count", "bills"), pgettext("bill", "still open"))
        return Table(
            _("bills left out"), headers, rows, empty, right=frozenset({1, 2}), more=self._excluded()
        )

    def _items(self, **asked: object) -> str:
        if not self.person.has_perm("billing.view_debititem"):
            return ""
        return list_address(ITEMS, run=self.run.run_no, **asked)

    def _excluded(self, **asked: object) -> str:
        if not self.person.has_perm("billing.view_debitexclusion"):
            return ""
        return list_address(EXCLUSIONS, run=self.run.run_no, **asked)


def _ranking(
    title: str, rows: Sequence[tuple[str, int, str]], empty: str, *, is_share: bool = False
) -> Ranking:
    labels, counts, links = zip(*rows, strict=True) if rows else ((), (), ())
    series = Series(pgettext("count", "debits"), tuple(counts), tuple(links))
    names = tuple(map(capfirst, labels))
    ranking = drawn(Chart(title, names, (series,), empty, is_list=True, is_share=is_share))
    assert isinstance(ranking, Ranking)
    return ranking
