"""Charts of quality against latency and against cost, with the Pareto front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from app import look
from app.compare.corners import CORNERS, corners, end, padded
from app.compare.interval_charts import points
from app.components import charts
from app.components.tables import digits
from app.look import Style
from pipelines.economics.options import Option
from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, titles_of


@dataclass(frozen=True)
class Axis:
    """The x axis against quality; lower is better."""

    field: str
    label: str
    """With its unit: `cost of 1,000 requests (USD)`."""
    unit: str
    """As in `0.41 ms` and `$0.12`: a currency is a prefix."""
    comparative: str
    """`faster`, `cheaper`."""

    def quantity(self, value: float) -> str:
        """A value with its unit."""
        return f"${digits(value)}" if self.unit == "$" else f"{digits(value)} {self.unit}"


LOWER = " (lower is better)"
TIME = Axis("p95", "95th-percentile latency (ms)", "ms", "faster")
COST = Axis("cost", "cost of 1,000 requests (USD)", "$", "cheaper")


def options_frame(document: BakeoffDocument, found: Sequence[Option], metric: str) -> pd.DataFrame:
    """A row per scored contender, in the document's order.

    Columns: contender (title), value, low, high, p95 (ms), cost (USD for 1,000 requests; None if
    not priced), over_budget (the exceeded limits as text).
    """
    titles = titles_of(document.contenders)
    by_name = {c.name: c.metrics[metric] for c in document.contenders if metric in c.metrics}
    rows = [
        {
            "contender": titles[o.name],
            "value": o.value,
            "low": by_name[o.name].low,
            "high": by_name[o.name].high,
            "p95": None if o.p95_ms is None else max(o.p95_ms, 0.01),
            "cost": o.usd_per_1000,
            "over_budget": "; ".join(o.broken),
        }
        for o in found
    ]
    columns = ["contender", "value", "low", "high", "p95", "cost", "over_budget"]
    return pd.DataFrame(rows, columns=columns).astype({"p95": float, "cost": float})


def on_axis(frame: pd.DataFrame, axis: Axis, metric: str) -> pd.DataFrame:
    """The rows with a value on the axis, lowest first, and whether each is on the Pareto front."""
    there, sign = frame[frame[axis.field].notna()], better_sign(metric)
    order = [axis.field, "value"]
    there = there.sort_values(order, ascending=[True, sign < 0], ignore_index=True)
    quality = sign * there["value"]
    return there.assign(front=quality > quality.cummax().shift(fill_value=-np.inf))


SAME = 0.005
"""Values within half a percent of each other are the same to three digits."""


def coincide(frame: pd.DataFrame, axis: Axis) -> bool:
    """Whether all contenders have the same value on the axis: a scatter would stack them."""
    values = frame[axis.field]
    return len(values) > 1 and bool(values.max() <= values.min() * (1 + SAME))


def same_sentence(frame: pd.DataFrame, axis: Axis) -> str:
    """What the chart shows where all contenders coincide on the axis."""
    value = axis.quantity(float(frame[axis.field].iloc[0]))
    return f"All have the same {axis.label.partition(' (')[0]}: {value}."


def quality(
    frame: pd.DataFrame,
    styles: Mapping[str, Style],
    metric: str,
    axis: Axis = TIME,
    *,
    limit: float | None = None,
    ring: str = "",
) -> Any:
    """Quality against latency or cost (log scale), the Pareto front, and the budget's `limit`.

    `frame` is from `on_axis`; `ring` is the title of the contender to circle.
    """
    shown = {name: style for name, style in styles.items() if name in set(frame["contender"])}
    ends = [*frame[axis.field], *([] if limit is None else [limit])]
    low, high = min(ends) / 1.6, max(ends) * 1.6
    x = alt.X(
        f"{axis.field}:Q",
        title=f"{axis.label}, log scale",
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(values=_log_ticks(low, high), format="~g", labelFlush=False),
    )
    y = alt.Y(
        "value:Q",
        title=f"{label(metric)}: point and 95% interval"
        + (LOWER if better_sign(metric) < 0 else ""),
        scale=alt.Scale(domain=padded(frame), nice=False),
        axis=alt.Axis(format="~g", tickCount=6),
    )
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("value:Q", title=label(metric), format=".3~r"),
        alt.Tooltip("p95:Q", title=TIME.label, format=".3~r"),
        alt.Tooltip("cost:Q", title=COST.label, format=".3~r"),
        alt.Tooltip("over_budget:N", title="over budget"),
    ]
    base = alt.Chart(frame)
    front = (
        alt.Chart(frame[frame["front"]])
        .mark_line(interpolate="step-after", color=look.GRAY, strokeWidth=1.5)
        .encode(x=x, y=y)
    )
    rules = base.mark_rule(strokeWidth=2).encode(
        x=x,
        y=alt.Y("low:Q"),
        y2="high:Q",
        color=charts.contender_color(shown),
        strokeDash=charts.contender_dash(shown),
    )
    marks = points(base, shown, x=x, y=y, tooltip=tooltip)
    layers = [front, rules, marks, *_names(frame, axis, (low, high), x, y)]
    chosen = frame[frame["contender"] == ring]
    if len(chosen):
        circle = alt.Chart(chosen).mark_point(
            shape="circle", size=700, filled=False, strokeWidth=2, color=look.INK, opacity=1
        )
        layers.insert(2, circle.encode(x=x, y=y))
    if limit is not None:
        layers += _limit(axis, limit)
    return charts.finish(charts.apart(alt.layer(*layers), "strokeDash"))


def _names(
    frame: pd.DataFrame, axis: Axis, limits: tuple[float, float], x: alt.X, y: alt.Y
) -> list[Any]:
    over = frame["over_budget"] != ""
    labeled = frame.assign(label=frame["contender"] + np.where(over, " (over budget)", ""))
    labeled["corner"] = corners(labeled, axis.field, limits)
    return [
        charts.text(alt.Chart(labeled[labeled["corner"] == corner]), **mark).encode(
            x=x,
            y=y if end(corner) == "value" else alt.Y(f"{end(corner)}:Q"),
            text=alt.Text("label:N"),
        )
        for corner, mark in CORNERS.items()
        if (labeled["corner"] == corner).any()
    ]


def _limit(axis: Axis, limit: float) -> list[Any]:
    data = pd.DataFrame({"limit": [limit], "label": [f"budget {axis.quantity(limit)}"]})
    chart = alt.Chart(data)
    return [
        chart.mark_rule(color=look.INK, strokeDash=[6, 3]).encode(x=alt.X("limit:Q")),
        charts.text(chart, align="left", dx=6, baseline="top").encode(
            x=alt.X("limit:Q"), y=alt.value(4), text=alt.Text("label:N")
        ),
    ]


def quality_alt(frame: pd.DataFrame, metric: str, axis: Axis = TIME, ring: str = "") -> str:
    """The finding of the chart of quality against latency or cost."""
    rows = [
        f"{row.contender} {digits(row.value)} at {axis.quantity(getattr(row, axis.field))}"
        + (f" (over budget: {row.over_budget})" if row.over_budget else "")
        for row in charts.rows_of(frame)
    ]
    front = charts.names(frame[frame["front"]]["contender"])
    drawn = ring in set(frame["contender"])
    circled = f" The circle marks {ring}, the cheapest passing option." if drawn else ""
    quality_label = label(metric) + (LOWER if better_sign(metric) < 0 else "")
    return (
        f"{quality_label} against {axis.label}: {'; '.join(rows)}. "
        f"No contender is both {axis.comparative} and better than {front}.{circled}"
    )


def _log_ticks(low: float, high: float) -> list[float]:
    """Round numbers within [low, high], with more steps per power of ten in narrow ranges."""
    powers = np.power(10.0, np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1))
    ratio = high / low
    steps = [1.0] if ratio > 3000 else [1.0, 2.0, 5.0]
    if ratio < 10:
        steps = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0]
    ticks = (powers[:, None] * np.array(steps)).ravel()
    return [float(f"{t:.6g}") for t in ticks if low <= t <= high]
