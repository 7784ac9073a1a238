"""What debit runs brought, as people look at it: by state, reason and attempt, and over the last runs."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, F, QuerySet, Sum

from billing.models import DebitExclusion, DebitItem, DebitRun, DebitShare
from billing.states import ITEM_OPEN, ItemState

Provinces = Collection[int] | None
Rows = TypeVar("Rows", bound="QuerySet[Any]")
DEBITED = (ItemState.SETTLED, ItemState.PARTLY_SETTLED)


@dataclass(frozen=True)
class Counted:
    """Items of one state, reason and attempt."""

    state: str
    reason_code: str
    attempt: int
    count: int
    asked_fen: int
    debited_fen: int


@dataclass(frozen=True)
class Items:
    """The items of one run, counted."""

    parts: tuple[Counted, ...] = ()

    def count(self, *states: str) -> int:
        """Return how many items are in these states, or in any."""
        return sum(part.count for part in self._in(states))

    def asked_fen(self, *states: str) -> int:
        """Return how much was asked for by items in these states, or in any."""
        return sum(part.asked_fen for part in self._in(states))

    @property
    def debited_fen(self) -> int:
        """How much the bank took."""
        return sum(part.debited_fen for part in self.parts)

    @property
    def answered(self) -> int:
        """How many items the bank has answered."""
        return self.count(*DEBITED, ItemState.FAILED)

    @property
    def success(self) -> int | None:
        """How many of a hundred answered items were debited; None before there is an answer."""
        return _percent(self.count(*DEBITED), self.answered)

    def by_reason(self) -> Counter[str]:
        """Return how many items failed for each reason."""
        counted: Counter[str] = Counter()
        for part in self._in((ItemState.FAILED,)):
            counted[part.reason_code] += part.count
        return counted

    def by_attempt(self) -> Iterator[tuple[int, int, int]]:
        """Yield each attempt with how many items were answered and debited at it."""
        for attempt in sorted({part.attempt for part in self.parts}):
            own = [part for part in self.parts if part.attempt == attempt]
            debited = sum(part.count for part in own if part.state in DEBITED)
            failed = sum(part.count for part in own if part.state == ItemState.FAILED)
            if debited + failed:
                yield attempt, debited + failed, debited

    def _in(self, states: Sequence[str]) -> list[Counted]:
        return [part for part in self.parts if not states or part.state in states]


@dataclass(frozen=True)
class LeftOut:
    """The bills a run left out for one reason."""

    reason: str
    count: int
    open_fen: int


@dataclass(frozen=True)
class Head:
    """What a run asks for and leaves out: in all, or as far as somebody may see it."""

    item_count: int
    asked_fen: int
    excluded_count: int
    excluded_fen: int


@dataclass(frozen=True)
class RunSuccess:
    """How a run of the past went."""

    run: DebitRun
    answered: int
    debited: int

    @property
    def percent(self) -> int:
        """How many of a hundred answered items were debited."""
        return _percent(self.debited, self.answered) or 0


def items_of(run: DebitRun, provinces: Provinces = None) -> Items:
    """Count the run's items, in one question that its index answers."""
    rows = _within(DebitItem.objects.filter(run=run), provinces, "province")
    counted = rows.order_by().values_list("state", "reason_code", "attempt")
    sums = counted.annotate(Count("pk"), Sum("asked_fen"), Sum("debited_fen"))
    return Items(tuple(Counted(*row) for row in sums))


def head_of(run: DebitRun) -> Head:
    """Return what the run came to in all when its bills were selected."""
    return Head(run.item_count, run.asked_fen, run.excluded_count, run.excluded_fen)


def share_of(items: Items, left_out: Sequence[LeftOut]) -> Head:
    """Return what these items and bills left out come to, of some provinces alone."""
    excluded = sum(part.count for part in left_out), sum(part.open_fen for part in left_out)
    return Head(items.count(), items.asked_fen(), *excluded)


def bills_of(run: DebitRun, provinces: Provinces) -> int:
    """Count the bills that the run's items of these provinces are made of."""
    return _within(DebitShare.objects.filter(item__run=run), provinces, "item__province").count()


def left_out_of(run: DebitRun, provinces: Provinces = None) -> list[LeftOut]:
    """Count what the run left out, the most frequent reason first."""
    rows = _within(DebitExclusion.objects.filter(run=run), provinces, "bill__province")
    counted = rows.order_by().values_list("reason").annotate(Count("pk"), Sum("open_fen"))
    return sorted((LeftOut(*row) for row in counted), key=lambda part: -part.count)


def by_province(run: DebitRun, provinces: Provinces = None) -> list[tuple[int, int, int]]:
    """Return each province's id with its items and what was asked for there, the most first."""
    rows = _within(DebitItem.objects.filter(run=run), provinces, "province").order_by()
    return list(
        rows.values_list("province_id")
        .annotate(n=Count("pk"), fen=Sum("asked_fen"))
        .order_by(F("fen").desc())
    )


def success_of(runs: Sequence[DebitRun], provinces: Provinces = None) -> list[RunSuccess]:
    """Return how these runs went, in their order; runs without an answer are left out."""
    rows = _within(DebitItem.objects.filter(run__in=[run.pk for run in runs]), provinces, "province")
    counted = rows.exclude(state__in=ITEM_OPEN).order_by().values_list("run_id", "state")
    found: dict[int, Counter[str]] = {}
    for run_id, state, count in counted.annotate(Count("pk")):
        found.setdefault(run_id, Counter())[state] = count
    told = [
        RunSuccess(run, of[ItemState.FAILED] + _debited(of), _debited(of))
        for run in runs
        if (of := found.get(run.pk))
    ]
    return [each for each in told if each.answered]


def _debited(counts: Counter[str]) -> int:
    return sum(counts[state] for state in DEBITED)


def _within(rows: Rows, provinces: Provinces, field: str) -> Rows:
    return rows if provinces is None else rows.filter(**{f"{field}__in": sorted(provinces)})


def _percent(part: int, whole: int) -> int | None:
    return 100 * part // whole if whole else None
