"""The picture of several windows: a difference or a value in each, and over all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.compare.interval_charts import FLOOR
from app.components import charts
from app.components.tables import digits, signed
from app.look import Style
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, titles_of
from pipelines.runtime.phrases import day_of
from pipelines.statistics.interval import Interval

POOLED = "all windows"
APART = 0.09
"""Between the marks of two contenders in one window, in windows."""
COLUMNS = ["window", "contender", "value", "low", "high"]


def differences_frame(
    document: BakeoffDocument, metric: str, pooled: list[Comparison]
) -> pd.DataFrame:
    """A row per window and contender: its difference from the baseline; `pooled` rows last.

    Columns: window (the day it begins, or `POOLED`), contender (title), value, low, high.
    """
    by_window = [(day_of(w.begin), w.differences) for w in document.windows]
    return _frame(document, metric, by_window, {c.contender: _interval(c) for c in pooled})


def values_frame(document: BakeoffDocument, metric: str) -> pd.DataFrame:
    """As `differences_frame`, with each contender's value."""
    by_window = [(day_of(w.begin), w.metrics) for w in document.windows]
    pooled = {c.name: c.metrics[metric] for c in document.contenders if metric in c.metrics}
    return _frame(document, metric, by_window, pooled)


def _interval(found: Comparison) -> Interval:
    return Interval(value=found.difference, low=found.low, high=found.high)


def _frame(
    document: BakeoffDocument,
    metric: str,
    by_window: list[tuple[str, dict[str, dict[str, Interval]]]],
    pooled: Mapping[str, Interval],
) -> pd.DataFrame:
    titles = titles_of(document.contenders)
    rows = [
        (day, titles[name], found[metric].value, found[metric].low, found[metric].high)
        for day, contenders in by_window
        for name, found in contenders.items()
        if name in pooled and metric in found
    ]
    rows += [(POOLED, titles[n], one.value, one.low, one.high) for n, one in pooled.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def without_floor(frame: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """The rows without Random, which would flatten all others, unless it is alone."""
    floor = titles.get(FLOOR, "Random")
    return frame if (frame["contender"] == floor).all() else frame[frame["contender"] != floor]


def chart(frame: pd.DataFrame, styles: Mapping[str, Style], metric: str, baseline: str = "") -> Any:
    """A line per contender from window to window, with intervals, and its pooled value beside.

    With a `baseline`, what is drawn are differences from it, with a line at zero.
    """
    shown = {name: style for name, style in styles.items() if name in set(frame["contender"])}
    windows = list(dict.fromkeys(frame["window"]))
    middle = (len(shown) - 1) / 2
    shift = {name: APART * (at - middle) for at, name in enumerate(shown)}
    placed = frame.assign(
        at=frame["window"].map(windows.index) + frame["contender"].map(shift).astype(float)
    )
    last = len(windows) - 1
    x = alt.X(
        "at:Q",
        title="window, by the day it begins",
        scale=alt.Scale(domain=[-0.45, last + 0.45], nice=False),
        axis=alt.Axis(
            values=list(range(len(windows))),
            labelExpr=f"{json.dumps(windows)}[datum.value]",
            labelOverlap=False,
            grid=False,
        ),
    )
    what = f"difference in {label(metric)} from {baseline}" if baseline else label(metric)
    y = alt.Y("value:Q", title=what, scale=alt.Scale(zero=False), axis=alt.Axis(format="~g"))
    color = charts.contender_color(shown, legend=True)  # one layer without would hide it
    base = alt.Chart(placed).encode(x=x)
    steps = alt.Chart(placed[placed["window"] != POOLED]).encode(x=x)
    lines = steps.mark_line(strokeWidth=1.5, opacity=0.7).encode(
        y=y, color=color, strokeDash=charts.contender_dash(shown)
    )
    rules = base.mark_rule(strokeWidth=2.5).encode(y=alt.Y("low:Q"), y2="high:Q", color=color)
    form = "+.3~r" if baseline else ".3~r"
    tooltip = [
        alt.Tooltip("window:N"),
        alt.Tooltip("contender:N"),
        alt.Tooltip("value:Q", title=what, format=form),
        alt.Tooltip("low:Q", title="interval from", format=form),
        alt.Tooltip("high:Q", title="to", format=form),
    ]
    marks = charts.points(base, shown, y=y, tooltip=tooltip, legend=True)
    border = (
        alt.Chart(pd.DataFrame({"at": [last - 0.5]}))
        .mark_rule(color=look.GRAY, strokeDash=[3, 3])
        .encode(x=alt.X("at:Q"))
    )
    zero = [charts.zero_line("y")] if baseline else []
    return charts.finish(charts.apart(alt.layer(border, *zero, lines, rules, marks), "strokeDash"))


def alt_text(frame: pd.DataFrame, metric: str, baseline: str = "") -> str:
    """The finding of the picture."""
    write = signed if baseline else digits
    parts = []
    for name in dict.fromkeys(frame["contender"]):
        rows = frame[frame["contender"] == name]
        numbers = [
            f"{write(row.value)} ({write(row.low)} to {write(row.high)}) in {row.window}"
            for row in charts.rows_of(rows)
        ]
        parts.append(f"{name} {', '.join(numbers)}")
    what = f"Difference in {label(metric)} from {baseline}" if baseline else label(metric)
    return f"{what} with intervals, by the day that the window begins: {'; '.join(parts)}."
