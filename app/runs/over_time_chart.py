"""The picture of a metric over bake-offs that answered the same manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from app.components.charts import contender_color, contender_dash, finish, margins, points, text
from app.look import Style


def chart(frame: pd.DataFrame, styles: Mapping[str, Style], metric: str) -> Any:
    """A metric over bake-offs: a line per contender, with 95% intervals.

    Columns: created (datetime), bakeoff, contender, value, low, high.
    """
    x = alt.X(
        "created:T",
        title="time of the bake-off (UTC)",
        axis=alt.Axis(grid=False, format="%-d %b %H:%M"),
    )
    y = alt.Y("value:Q", title=metric, scale=alt.Scale(zero=False), axis=alt.Axis(format="~g"))
    base = alt.Chart(frame).encode(x=x)
    lines = base.mark_line(strokeWidth=2).encode(
        y=y, color=contender_color(styles), strokeDash=contender_dash(styles)
    )
    rules = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        y=alt.Y("low:Q"), y2="high:Q", color=contender_color(styles)
    )
    marks = points(
        base,
        styles,
        y=y,
        tooltip=[
            alt.Tooltip("bakeoff:N", title="bake-off"),
            alt.Tooltip("contender:N", title="contender"),
            alt.Tooltip("value:Q", title=metric, format=".3~g"),
            alt.Tooltip("low:Q", title="interval from", format=".3~g"),
            alt.Tooltip("high:Q", title="to", format=".3~g"),
        ],
    )
    ends = text(alt.Chart(_end_labels(frame)), align="left", dx=12).encode(
        x=x, y="at:Q", text="contender:N"
    )
    return finish(alt.layer(lines, rules, marks, ends).properties(padding=margins(150)))


def _end_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """Each contender's name at its newest value, moved up if names would overlap."""
    newest = frame.sort_values("created").groupby("contender").tail(1).sort_values("value")
    gap = 0.055 * float(frame["high"].max() - frame["low"].min())
    places: list[float] = []
    for value in newest["value"].tolist():
        places.append(max(value, places[-1] + gap) if places else value)
    return newest.assign(at=places)
