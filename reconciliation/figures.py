"""What a run found, as people look at it: by difference, treatment, state and province, and over the days."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet, Sum

from reconciliation.models import Discrepancy, Run, RunFigure

_DIMENSIONS = ("difference", "treatment", "state", "province_id")

Provinces = Collection[int] | None


@dataclass(frozen=True)
class Found:
    """Counts of discrepancies by (difference, treatment, state, province's id)."""

    counts: Counter[tuple[str, str, str, int | None]] = field(default_factory=Counter)

    def total(self, *, difference: str = "", treatment: str = "", state: str = "") -> int:
        """Return how many there are of these; empty words mean any."""
        wanted = (difference, treatment, state)
        return sum(
            count
            for key, count in self.counts.items()
            if all(not word or word == has for word, has in zip(wanted, key[:3], strict=True))
        )

    def by(self, place: int, *, state: str = "") -> Counter[str]:
        """Return how many there are by difference (0), treatment (1) or state (2)."""
        counted: Counter[str] = Counter()
        for key, count in self.counts.items():
            if not state or key[2] == state:
                counted[str(key[place])] += count
        return counted

    def by_province(self) -> Counter[int | None]:
        """Return how many there are by province; None: of no province."""
        counted: Counter[int | None] = Counter()
        for (_difference, _treatment, _state, province_id), count in self.counts.items():
            counted[province_id] += count
        return counted


def found_now(run: Run) -> Found:
    """Count the run's discrepancies themselves: for a page, within the patience of whoever looks."""
    rows = Discrepancy.objects.filter(run=run, round=run.round).order_by()
    return _found(rows.values_list(*_DIMENSIONS).annotate(Count("pk")))


def found_when_counted(run: Run) -> Found:
    """Return the figures as they were kept at `run.counted_at`."""
    return _found(RunFigure.objects.filter(run=run).values_list(*_DIMENSIONS, "count"))


def trend(until: date, *, length: int, provinces: Provinces = None) -> dict[str, dict[date, int]]:
    """Return how many discrepancies of each difference were found on each of `length` business dates."""
    days = [until - timedelta(days=ago) for ago in range(length - 1, -1, -1)]
    figures = _figures(provinces).filter(run__business_date__range=(days[0], until), run__is_current=True)
    trends: dict[str, dict[date, int]] = {}
    for difference, day, count in figures.values_list("difference", "run__business_date").annotate(
        Sum("count")
    ):
        trends.setdefault(difference, dict.fromkeys(days, 0))[day] = count
    return trends


def found_between(begins: datetime, ends: datetime, *, provinces: Provinces = None) -> Found:
    """Return what the runs matched from `begins` until before `ends` found."""
    figures = _figures(provinces).filter(run__matched_at__gte=begins, run__matched_at__lt=ends)
    return _found(figures.values_list(*_DIMENSIONS).annotate(Sum("count")))


def _figures(provinces: Provinces) -> QuerySet[RunFigure]:
    figures = RunFigure.objects.order_by()
    return figures if provinces is None else figures.filter(province__in=sorted(provinces))


def _found(rows: QuerySet[RunFigure] | QuerySet[Discrepancy]) -> Found:
    return Found(Counter({tuple(row[:4]): row[4] for row in rows}))  # type: ignore[index]
