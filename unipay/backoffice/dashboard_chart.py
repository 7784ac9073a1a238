"""Charts in the words of Chart.js, which ships with Unfold. Colours are told apart by people who see few of them; lines
differ in dash and mark as well."""

from typing import Any

from unipay.backoffice.dashboard import Chart

# Okabe and Ito's palette, darkest contrasts first.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
DASHES: tuple[list[int], ...] = ([], [6, 4], [2, 3], [10, 4, 2, 4])
MARKS = ("circle", "rectRot", "triangle", "rect")
_GREY = "#6b7280"


def data_of(chart: Chart) -> dict[str, Any]:
    """Return the labels and datasets."""
    draw = _line if chart.is_line else _bars
    datasets = [draw(place) for place in range(len(chart.series))]
    for dataset, series in zip(datasets, chart.series, strict=True):
        dataset |= {"label": str(series.name), "data": list(series.values)}
    return {"labels": [str(label) for label in chart.labels], "datasets": datasets}


def options_of(chart: Chart) -> dict[str, Any]:
    """Return how the chart is laid out: bars lie, lines run from left to right."""
    counts, names = ("y", "x") if chart.is_line else ("x", "y")
    ticks = {"color": _GREY, "font": {"size": 12}}
    scales = {
        counts: {
            "beginAtZero": True,
            "stacked": not chart.is_line,
            "ticks": {**ticks, "precision": 0, "maxTicksLimit": 6},
            "grid": {"tickWidth": 0},
            "border": {"display": False},
        },
        names: {
            "stacked": not chart.is_line,
            "ticks": {**ticks, "maxRotation": 0, "autoSkipPadding": 12},
            "grid": {"display": False},
        },
    }
    legend = {"color": _GREY, "usePointStyle": True, "boxHeight": 7, "boxWidth": 18 if chart.is_line else 7}
    return {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "indexAxis": "x" if chart.is_line else "y",
        "interaction": {"mode": "nearest", "intersect": not chart.is_line},
        "scales": scales,
        "plugins": {"legend": {"display": len(chart.series) > 1, "align": "end", "labels": legend}},
    }


def _bars(place: int) -> dict[str, Any]:
    return {
        "backgroundColor": COLOURS[place % len(COLOURS)],
        "borderColor": "#ffffff",
        "borderWidth": {"right": 1},
        "maxBarThickness": 22,
        "pointStyle": "rect",
    }


def _line(place: int) -> dict[str, Any]:
    colour = COLOURS[place % len(COLOURS)]
    return {
        "borderColor": colour,
        "backgroundColor": colour,
        "borderWidth": 2,
        "borderDash": DASHES[place % len(DASHES)],
        "pointStyle": MARKS[place % len(MARKS)],
        "pointRadius": 4,
        "pointHoverRadius": 6,
    }
