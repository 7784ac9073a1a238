"""What the overview asks of the counted days: the figures of one, the trend of a fortnight, and how fresh they are."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import QuerySet, Sum

from signing.models import CountedDay, DailyFigure, Measure
from unipay.partners.models import Partner

STALE_AFTER = timedelta(minutes=5)
TREND_DAYS = 14
_TREND = (Measure.SIGNED, Measure.TERMINATED, Measure.SESSION, Measure.REFUSED)

Provinces = Collection[int] | None


@dataclass(frozen=True)
class Day:
    """The figures of one business day, by measure, bank (None: no bank) and detail."""

    day: date
    counts: Counter[tuple[str, int | None, str]] = field(default_factory=Counter)

    def total(self, measure: Measure, *details: str) -> int:
        """Return how often it happened, whatever the bank; of any detail where none is given."""
        return sum(self.by_detail(measure)[each] for each in details) if details else self._sum(measure)

    def by_detail(self, measure: Measure) -> Counter[str]:
        """Return how often it happened by detail, whatever the bank."""
        counted: Counter[str] = Counter()
        for (known, _bank_id, detail), count in self.counts.items():
            if known == measure:
                counted[detail] += count
        return counted

    def by_bank(self, measure: Measure) -> dict[int, Counter[str]]:
        """Return how often it happened by bank and detail; what belongs to no bank is left out."""
        counted: dict[int, Counter[str]] = {}
        for (known, bank_id, detail), count in self.counts.items():
            if known == measure and bank_id is not None:
                counted.setdefault(bank_id, Counter())[detail] += count
        return counted

    def _sum(self, measure: Measure) -> int:
        return sum(count for (known, _bank_id, _detail), count in self.counts.items() if known == measure)


@dataclass(frozen=True)
class Freshness:
    """When the figures were counted last, None for never, and whether that is too long ago to rely on."""

    as_of: datetime | None
    is_stale: bool


def figures_of(day: date, *, provinces: Provinces = None) -> Day:
    """Return the figures of the day, of these provinces only unless all are meant."""
    rows = _of(provinces).filter(day=day).values_list("measure", "bank_id", "detail")
    return Day(day, Counter({(row[0], row[1], row[2]): row[3] for row in rows.annotate(Sum("count"))}))


def trend(until: date, *, provinces: Provinces = None) -> dict[Measure, dict[date, int]]:
    """Return how often what the trend shows happened on each of TREND_DAYS, the last one `until`."""
    days = [until - timedelta(days=ago) for ago in range(TREND_DAYS - 1, -1, -1)]
    found = {measure: dict.fromkeys(days, 0) for measure in _TREND}
    rows = _of(provinces).filter(day__gte=days[0], day__lte=until, measure__in=_TREND)
    for measure, day, count in rows.values_list("measure", "day").annotate(Sum("count")):
        found[Measure(measure)][day] = count
    return found


def freshness(now: datetime) -> Freshness:
    """Return when the newest day was counted last."""
    newest = CountedDay.objects.order_by("-day").first()
    as_of = newest.as_of if newest else None
    return Freshness(as_of, as_of is None or now - as_of > STALE_AFTER)


def bank_titles(bank_ids: Collection[int]) -> dict[int, str]:
    """Return the banks' names in the language of the moment."""
    return {bank.pk: bank.title for bank in Partner.objects.filter(pk__in=bank_ids)}


def _of(provinces: Provinces) -> QuerySet[DailyFigure]:
    figures = DailyFigure.objects.order_by()
    return figures if provinces is None else figures.filter(province__in=sorted(provinces))
