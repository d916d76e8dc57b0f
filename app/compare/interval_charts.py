"""Interval charts of a comparison: paired differences, and each contender's value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.components.tables import digits, signed
from app.look import Style
from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, titles_of

MARK_DASH = (4, 1.5)  # finer than the dash of a line, so that the shape is legible
ROW = 42
"""Height of a contender's row, in pixels."""
FLOOR = "random"
"""Drawn on the same axis, its low value would shrink all other intervals to points."""


def differences_frame(document: BakeoffDocument, found: Iterable[Comparison]) -> pd.DataFrame:
    """A row per comparison, in their order.

    Columns: contender (title), difference, low, high, smallest_useful, outcome, label.
    """
    titles = titles_of(document.contenders)
    rows = [
        {
            "contender": titles[row.contender],
            "difference": row.difference,
            "low": row.low,
            "high": row.high,
            "smallest_useful": row.smallest_useful,
            "outcome": row.outcome,
            "label": look.outcome_label(
                row.outcome, row.over_budget, row.failed_required, row.borderline
            ),
        }
        for row in found
    ]
    columns = ["contender", "difference", "low", "high", "smallest_useful", "outcome", "label"]
    return pd.DataFrame(rows, columns=columns)


def without_floor(
    frame: pd.DataFrame, titles: Mapping[str, str], field: str = "difference"
) -> tuple[pd.DataFrame, str]:
    """The rows without Random, and a sentence with its value (empty if no row was dropped)."""
    floor = frame[frame["contender"] == titles.get(FLOOR, "Random")]
    if len(floor) == 0 or len(frame) == 1:
        return frame, ""
    row = floor.iloc[0]
    write = signed if field == "difference" else digits
    value, low, high = (write(float(row[name])) for name in (field, "low", "high"))
    sentence = f"Not shown: {row['contender']} at {value} ({low} to {high})."
    return frame.drop(index=floor.index).reset_index(drop=True), sentence


NARROW, WIDE = 190, 420
"""The narrowest plots of values and of differences, in pixels, without the contenders' names."""
LETTER = 8.0
"""Width of a letter of a label, in pixels: a little more than the average."""
GAP = 18
"""Between the end of an interval and the end of the plot, without the label, in pixels."""


def room(labels: pd.Series, plot: int) -> float:
    """The space for labels on the right, as a share of the intervals' range.

    A label begins at the end of its interval; in a plot of `plot` pixels, none is cut.
    """
    needed = min(GAP + LETTER * int(labels.str.len().max()), 0.6 * plot)
    return float(needed / (plot - needed))


def differences(
    frame: pd.DataFrame, styles: Mapping[str, Style], metric: str, baseline: str
) -> Any:
    """Paired differences with intervals, a zero line, and the band of ± smallest useful."""
    smallest = float(frame["smallest_useful"].max())
    low, high = min(frame["low"].min(), -smallest), max(frame["high"].max(), smallest)
    width = float(high - low) or 1.0
    margin = room(frame["label"], WIDE)
    x = alt.X(
        "difference:Q",
        title=[f"difference in {label(metric)} from {baseline}:", "point and interval"],
        # margin on the right for the outcome labels
        scale=alt.Scale(domain=[low - 0.04 * width, high + margin * width], nice=False),
        axis=alt.Axis(format="~g", tickCount=6),
    )
    band = (
        alt.Chart(pd.DataFrame({"from": [-smallest], "to": [smallest]}))
        .mark_rect(color=look.GRAY, opacity=0.2)
        .encode(x=alt.X("from:Q"), x2=alt.X2("to:Q"))
    )
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("difference:Q", format="+.3~r"),
        alt.Tooltip("low:Q", title="interval from", format="+.3~r"),
        alt.Tooltip("high:Q", title="to", format="+.3~r"),
        alt.Tooltip("label:N", title="outcome"),
    ]
    layers = _intervals(frame, styles, x, tooltip)
    return _rows(alt.layer(band, charts.zero_line("x"), *layers), len(frame))


def differences_alt(frame: pd.DataFrame, metric: str, baseline: str) -> str:
    """The finding of the chart of differences."""
    rows = [
        f"{row.contender} {row.outcome} at {signed(row.difference)} "
        f"({signed(row.low)} to {signed(row.high)})"
        for row in charts.rows_of(frame)
    ]
    smallest = digits(float(frame["smallest_useful"].max()))
    return (
        f"Paired differences in {label(metric)} from {baseline} with intervals: "
        f"{'; '.join(rows)}. Smallest useful difference: {smallest}."
    )


def values_frame(document: BakeoffDocument, metric: str) -> pd.DataFrame:
    """A row per scored contender with the metric, best first.

    Highest first if neither higher nor lower is better. Columns: contender (title), value, low,
    high, label (the value).
    """
    titles = titles_of(document.contenders)
    rows = [
        (titles[c.name], c.metrics[metric].value, c.metrics[metric].low, c.metrics[metric].high)
        for c in document.contenders
        if c.status == "scored" and metric in c.metrics
    ]
    frame = pd.DataFrame(rows, columns=["contender", "value", "low", "high"])
    frame = frame.sort_values("value", ascending=better_sign(metric) < 0, ignore_index=True)
    return frame.assign(label=frame["value"].map(digits))


def values(frame: pd.DataFrame, styles: Mapping[str, Style], metric: str) -> Any:
    """Each contender's value with its interval; the axis does not have to start at zero."""
    low, high = float(frame["low"].min()), float(frame["high"].max())
    width = (high - low) or abs(high) or 1.0
    margin = room(frame["label"], NARROW)
    x = alt.X(
        "value:Q",
        title=[f"{label(metric)}:", "point and 95% interval"],
        # margin on the right for the value labels
        scale=alt.Scale(domain=[low - 0.04 * width, high + margin * width], nice=False, zero=False),
        axis=alt.Axis(format="~g", tickCount=5),
    )
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("value:Q", title=label(metric), format=".3~r"),
        alt.Tooltip("low:Q", title="interval from", format=".3~r"),
        alt.Tooltip("high:Q", title="to", format=".3~r"),
    ]
    return _rows(alt.layer(*_intervals(frame, styles, x, tooltip)), len(frame))


def values_alt(frame: pd.DataFrame, metric: str) -> str:
    """The finding of the chart of values."""
    rows = [
        f"{row.contender} {digits(row.value)} ({digits(row.low)} to {digits(row.high)})"
        for row in charts.rows_of(frame)
    ]
    return f"{label(metric)} with 95% intervals: {'; '.join(rows)}."


def range_sentence(frame: pd.DataFrame, metric: str) -> str:
    """The highest and the lowest value, for a metric where neither higher nor lower is better."""
    if frame.empty:
        return f"No contender has a value of {label(metric)}."
    ordered = frame.sort_values("value", kind="stable")
    most, least = ordered.iloc[-1], ordered.iloc[0]
    return (
        f"Highest {label(metric)}: {most['contender']} ({digits(most['value'])}). "
        f"Lowest: {least['contender']} ({digits(least['value'])})."
    )


def _intervals(
    frame: pd.DataFrame, styles: Mapping[str, Style], x: alt.X, tooltip: list[alt.Tooltip]
) -> list[Any]:
    """Intervals, marks and labels, a row per contender in the frame's order."""
    shown = {name: style for name, style in styles.items() if name in set(frame["contender"])}
    y = alt.Y(
        "contender:N",
        sort=frame["contender"].tolist(),
        title=None,
        axis=alt.Axis(ticks=False, labelFontSize=14),
    )
    base = alt.Chart(frame).encode(y=y)
    rules = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q", scale=x["scale"]),
        x2=alt.X2("high:Q"),
        color=charts.contender_color(shown),
        strokeDash=charts.contender_dash(shown),
        tooltip=tooltip,
    )
    marks = points(base, shown, x=x, tooltip=tooltip)
    labels = charts.text(base, align="left", dx=12).encode(
        x=alt.X("high:Q", scale=x["scale"]), text=alt.Text("label:N")
    )
    return [rules, marks, labels]


def _rows(layers: Any, n: int) -> Any:
    height = max(look.HEIGHT, ROW * n + 70)
    return charts.finish(charts.apart(layers, "strokeDash"), height=height)


def points(base: alt.Chart, styles: Mapping[str, Style], **encode: Any) -> Any:
    """Contenders' marks; those of stand-ins are open and dashed."""
    names = list(styles)
    inside = [s.color if s.filled else "transparent" for s in styles.values()]
    dashes = [list(MARK_DASH) if s.dashed else [1, 0] for s in styles.values()]
    sizes = [170 if s.filled else 260 for s in styles.values()]
    return charts.points(base, styles, size=170, **encode).encode(
        fill=alt.Fill("contender:N", scale=alt.Scale(domain=names, range=inside), legend=None),
        fillOpacity=alt.value(1),
        strokeDash=alt.StrokeDash(
            "contender:N", scale=alt.Scale(domain=names, range=dashes), legend=None
        ),
        size=alt.Size("contender:N", scale=alt.Scale(domain=names, range=sizes), legend=None),
    )
