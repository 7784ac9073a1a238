"""Everything the page of one run shows, read once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reconciliation import figures, queries
from reconciliation.admin.columns import RUN_COLOURS, discrepancies_of, run_page
from reconciliation.admin.run import stages
from reconciliation.figures import Found
from reconciliation.flows import proceed
from reconciliation.flows.release import MAY_OPEN_AGAIN
from reconciliation.models import Run
from reconciliation.outlook import Effect, Shrinkage, effects, percent
from reconciliation.states import OVER, Difference, DiscrepancyState, RunState, Side
from unipay.backoffice.admin.outcomes import link_to
from unipay.backoffice.admin.stages import Stage
from unipay.backoffice.admin.waiting import WaitingProposal, waiting_for
from unipay.backoffice.dashboard import Chart, Funnel, Series, Step
from unipay.backoffice.dashboard_page import Ranking, drawn, way
from unipay.backoffice.dashboard_page import Way as Drawn
from unipay.backoffice.paging import ImpatientQuery, patience
from unipay.exchange.models import SentFile
from unipay.partners.models import Partner

SECONDS_TO_COUNT = 2.0
MOST_FILES = 20
MOST_PROVINCES = 10


class RunPage:
    """The page of one run for one person."""

    def __init__(self, run: Run, person: Any, now: datetime) -> None:
        self.run, self.person, self.now = run, person, now

    @property
    def colour(self) -> str:
        """The colour of the run's state."""
        return RUN_COLOURS[self.run.state]

    @property
    def side_words(self) -> str:
        """Whose book is compared, and over what."""
        return f"{self.run.get_side_display()} · {self.run.get_period_display()}"

    @cached_property
    def stages(self) -> list[Stage]:
        """The way of the run."""
        return stages.stages(self.run)

    @property
    def waits(self) -> str:
        """What it waits for, in a sentence."""
        return stages.waits(self.run)

    @property
    def failure(self) -> str:
        """What went wrong last, in a sentence."""
        return stages.failure(self.run)

    @cached_property
    def found(self) -> Found:
        """What the run found: as it is, or where counting takes too long as it was counted last."""
        try:
            with patience(seconds=SECONDS_TO_COUNT):
                found = figures.found_now(self.run)
        except ImpatientQuery:
            self.is_kept = True
            return figures.found_when_counted(self.run)
        self.is_kept = False
        return found

    @property
    def counted_at(self) -> datetime | None:
        """When these figures were counted, None for just now."""
        return self.run.counted_at if self.found is not None and self.is_kept else None

    @property
    def is_matched(self) -> bool:
        """Whether there are figures at all."""
        return self.run.matched_at is not None

    @cached_property
    def planned(self) -> Sequence[Effect]:
        """What the treatments of what is still open do; nothing of a run that is over will be done."""
        if self.run.state in OVER:
            return ()
        counts = {
            treatment: self.found.total(treatment=treatment, state=DiscrepancyState.OPEN)
            for treatment in self.found.by(1, state=DiscrepancyState.OPEN)
        }
        return effects(counts)

    @cached_property
    def shrinkage(self) -> Shrinkage | None:
        """How much of the book would end, None before that is known."""
        if self.run.shrink_count is None:
            return None
        size = self.run.our_count if self.run.side == Side.BANK else self.run.their_count
        guard = queries.guard_of(self.run.partner_id)
        return Shrinkage(self.run.shrink_count, size or 0, guard.shrink_permille)

    @property
    def is_stopped(self) -> bool:
        """Whether people must decide."""
        return self.run.state == RunState.AWAITING_APPROVAL

    @property
    def may_refuse(self) -> bool:
        """Whether the person may propose to refuse the file."""
        return self._may("propose_run") and self.run.state in proceed.MAY_BE_REFUSED and not self.waiting

    @property
    def may_proceed(self) -> bool:
        """Whether the person may propose to go on."""
        return self._may("propose_run") and self.is_stopped and not self.waiting

    @property
    def may_release(self) -> bool:
        """Whether the person may let it go before its turn."""
        return self._may("release_run") and self.run.state == RunState.OPENED and bool(self.run.waits_for)

    @property
    def may_reopen(self) -> bool:
        """Whether the person may have it compared again."""
        return self._may("release_run") and self.run.state in MAY_OPEN_AGAIN

    @cached_property
    def waiting(self) -> WaitingProposal | None:
        """What waits for a second person."""
        return waiting_for(self.person, self.run.subject)

    @property
    def even_share(self) -> str:
        """How much of our side agrees."""
        return percent(self.run.even_count or 0, self.run.our_count or 0) if self.is_matched else ""

    @cached_property
    def funnel(self) -> Drawn:
        """From the lines of the file to the contracts that agree."""
        run, file = self.run, self.run.file
        accepted = link_to(file) if self.person.has_perm("exchange.view_receivedfile") else ""
        steps = [
            Step(_("lines in the file"), file.line_count or 0, accepted),
            Step(_("lines accepted"), file.accepted_count or 0, accepted),
        ]
        if self.is_matched:
            steps.append(Step(_("contracts compared"), run.their_count or 0, ""))
            steps.append(Step(_("even with ours"), run.even_count or 0, ""))
        lost = (
            Step(_("faulty lines"), file.faulty_count or 0, accepted),
            Step(_("discrepancies"), run.discrepancy_count or 0, self._list()),
        )
        title = _("From the file to what agrees")
        return way(Funnel(title, tuple(steps), lost, _("The file has no line.")))

    @cached_property
    def outcome(self) -> Ranking:
        """What became of the discrepancies."""
        states = self.found.by(2)
        return self._ranking(
            _("What became of the discrepancies"),
            [(str(each.label), states[each], self._list(state=each)) for each in DiscrepancyState],
        )

    @cached_property
    def by_difference(self) -> Ranking:
        """How the books differ."""
        counted = self.found.by(0)
        ordered = sorted(counted, key=lambda each: -counted[each])
        return self._ranking(
            _("How the books differ"),
            [(str(Difference(each).label), counted[each], self._list(difference=each)) for each in ordered],
        )

    @cached_property
    def by_province(self) -> Ranking:
        """Where the numbers are at home."""
        counted = self.found.by_province()
        titles = {
            each.pk: each.title for each in Partner.objects.filter(pk__in=[key for key in counted if key])
        }
        ordered = sorted(counted, key=lambda each: -counted[each])
        rows = [
            (titles.get(key or 0, _("no province")), counted[key], self._list(province=key or "none"))
            for key in ordered[:MOST_PROVINCES]
        ]
        title = _("By province: the ten with the most") if len(ordered) > len(rows) else _("By province")
        return self._ranking(title, rows)

    @cached_property
    def sent_files(self) -> Sequence[tuple[SentFile, str]]:
        """What was sent out for this run, with the address of each where the person may see it."""
        if not self.person.has_perm("exchange.view_sentfile"):
            return ()
        files: QuerySet[SentFile] = SentFile.objects.filter(subject=self.run.subject).order_by("-id")
        return [(each, link_to(each)) for each in files[:MOST_FILES]]

    @property
    def received_file(self) -> str:
        """The address of the file the run compares, for who may see it."""
        return link_to(self.run.file) if self.person.has_perm("exchange.view_receivedfile") else ""

    @property
    def discrepancy_list(self) -> str:
        """The list of everything the run found."""
        return self._list()

    @cached_property
    def related(self) -> list[tuple[str, str]]:
        """The runs this one replaces or is replaced by, in words, with their addresses."""
        return list(self._related())

    def _related(self) -> Iterator[tuple[str, str]]:
        if self.run.replaces_id:
            yield _("It takes the place of an earlier file's run."), run_page(self.run.replaces_id)
        for pk in Run.objects.filter(replaces=self.run).values_list("pk", flat=True):
            yield _("A corrected file's run took its place."), run_page(pk)

    def _ranking(self, title: str, rows: list[tuple[str, int, str]]) -> Ranking:
        labels, counts, links = zip(*rows, strict=True) if rows else ((), (), ())
        series = Series(pgettext("count", "discrepancies"), tuple(counts), tuple(links))
        empty = _("Nothing differs.") if self.is_matched else _("Nothing has been compared yet.")
        chart = Chart(title, tuple(map(capfirst, labels)), (series,), empty, is_list=True)
        ranking = drawn(chart)
        assert isinstance(ranking, Ranking)
        return ranking

    def _list(self, **asked: object) -> str:
        if not self._may("view_discrepancy"):
            return ""
        return discrepancies_of(self.run.run_no, **asked)

    def _may(self, codename: str) -> bool:
        return bool(self.person.has_perm(f"reconciliation.{codename}"))
