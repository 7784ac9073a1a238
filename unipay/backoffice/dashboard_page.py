"""The overview as a page: the registered sources laid out, with each chart as a drawing and as a table."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from unipay import clock
from unipay.backoffice.dashboard import (
    Card,
    Chart,
    Funnel,
    Remark,
    Section,
    Shown,
    Step,
    Tone,
    Viewer,
    read_all,
)
from unipay.backoffice.dashboard_chart import data_of, options_of
from unipay.backoffice.paging import MOST_ROWS
from unipay.errors import Text
from unipay.partners.models import Partner

_PERCENT = 100


@dataclass(frozen=True)
class Cell:
    """One figure of a chart's table, with the list behind it."""

    figure: int
    link: str


@dataclass(frozen=True)
class Drawing:
    """A chart ready to be drawn, and the same as a table for those who would rather read; blank when all is zero."""

    chart: Chart
    is_blank: bool
    data: str
    options: str
    links: str
    height: int
    rows: tuple[tuple[Text, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Stage:
    """A step of a funnel, or a line of a ranking, with its share of the largest one, in whole percent."""

    step: Step
    share: int


@dataclass(frozen=True)
class Ranking:
    """A chart of one series, drawn as a list."""

    ranked: Chart
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Way:
    """A funnel ready to be drawn."""

    funnel: Funnel
    stages: tuple[Stage, ...]
    lost: tuple[Step, ...]


def add_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the context of the admin's first page what this person may see on it (Unfold's DASHBOARD_CALLBACK)."""
    viewer = Viewer(request, now=clock.now())
    found = read_all(viewer)
    now = [each for each in found[Section.NOW] if isinstance(each, Card)]
    pressing = sorted((each for each in now if each.tone <= Tone.WARNING), key=lambda card: card.tone)
    return {
        **context,
        "most": MOST_ROWS,
        "provinces": _provinces_of(viewer),
        "is_empty": not any(found.values()),
        "has_now": bool(now),
        "pressing": pressing,
        "calm": [each for each in now if each.tone > Tone.WARNING],
        "today": _laid_out(found[Section.TODAY]),
        "fortnight": _laid_out(found[Section.FORTNIGHT]),
    }


def _laid_out(shown: list[Shown]) -> dict[str, list[Any]]:
    """Sort what a section shows by its shape; charts and funnels stay in their order."""
    figures = [each for each in shown if isinstance(each, Chart | Funnel)]
    return {
        "remarks": [each for each in shown if isinstance(each, Remark)],
        "cards": [each for each in shown if isinstance(each, Card)],
        "figures": [drawn(each) if isinstance(each, Chart) else way(each) for each in figures],
    }


def _ranked(chart: Chart) -> Ranking:
    """One series of bars is a list of lines: names of any length, each a link."""
    (series,) = chart.series
    most = 100 if chart.is_share else max(series.values, default=0)
    steps = map(Step, chart.labels, series.values, series.links)
    return Ranking(chart, tuple(_stage(step, most) for step in steps if step.figure or chart.is_share))


def drawn(chart: Chart) -> Drawing | Ranking:
    """Return the chart ready for `overview/chart.html`, or for `overview/ranking.html` where it is a list."""
    if chart.is_list:
        return _ranked(chart)
    links = [list(series.links) for series in chart.series]
    rows = tuple(
        (label, tuple(_cell(chart, series, place) for series in range(len(chart.series))))
        for place, label in enumerate(chart.labels)
    )
    is_blank = not any(value for series in chart.series for value in series.values)
    height = 240 if chart.is_line else 64 + 34 * max(len(chart.labels), 3)
    return Drawing(
        chart,
        is_blank,
        json.dumps(data_of(chart)),
        json.dumps(options_of(chart)),
        json.dumps(links),
        height,
        rows,
    )


def _cell(chart: Chart, series: int, place: int) -> Cell:
    row = chart.series[series]
    return Cell(row.values[place], row.links[place] if row.links else "")


def way(funnel: Funnel) -> Way:
    """Return the funnel ready for `overview/funnel.html`."""
    whole = max((step.figure for step in funnel.steps), default=0)
    stages = tuple(_stage(step, whole) for step in funnel.steps)
    return Way(funnel, stages if whole else (), tuple(step for step in funnel.lost if step.figure))


def _stage(step: Step, whole: int) -> Stage:
    return Stage(step, round(_PERCENT * step.figure / whole) if whole else 0)


def _provinces_of(viewer: Viewer) -> list[str]:
    """Whose figures these are, where they are not everybody's."""
    if viewer.provinces is None:
        return []
    return [each.title for each in Partner.objects.filter(pk__in=viewer.provinces).order_by("code")]
