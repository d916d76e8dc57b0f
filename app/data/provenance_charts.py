"""Charts of how rows became events: pure functions from frames to `alt.Chart`."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts

FATES = {
    "go on": look.BLUE,
    "to quarantine": look.VERMILION,
    "left out": look.ORANGE,
    "folded": look.SKY,
}
"""What becomes of a step's rows, and its color."""

ROW = 46
"""Pixels of a bar and the words above it."""


def steps(frame: pd.DataFrame) -> Any:
    """What goes on after each step of an import, and what does not; in words above each bar.

    Columns: step, rows_in, rows_out, fate (of those that do not go on), words.
    """
    bar = pd.concat(
        [
            frame.assign(fate="go on", low=0, high=frame["rows_out"]),
            frame.assign(low=frame["rows_out"], high=frame["rows_in"]),
        ]
    )
    bar = bar.loc[bar["high"] > bar["low"]].assign(rows=lambda f: f["high"] - f["low"])
    y = alt.Y("step:N", sort=frame["step"].tolist(), axis=None)
    there = [fate for fate in FATES if fate in set(bar["fate"])]
    color = alt.Color(
        "fate:N",
        scale=alt.Scale(domain=there, range=[FATES[fate] for fate in there]),
        legend=alt.Legend(title=None, orient="top"),
    )
    bars = (
        alt.Chart(bar)
        .mark_bar(height=14, yOffset=9)
        .encode(
            y=y,
            x=alt.X("low:Q", axis=None, scale=alt.Scale(nice=False)),
            x2="high:Q",
            color=color,
            tooltip=[
                alt.Tooltip("step:N"),
                alt.Tooltip("fate:N", title="these"),
                alt.Tooltip("rows:Q", format=","),
            ],
        )
    )
    return charts.finish(bars + _above(frame, y), height=ROW * len(frame) + 70)


def _above(frame: pd.DataFrame, y: alt.Y) -> alt.Chart:
    """Words above the bars: beside them there is no room in a narrow window."""
    return charts.text(alt.Chart(frame), align="left", dy=-8, limit=640).encode(
        x=alt.value(0), y=y, text="words:N"
    )


def reasons(frame: pd.DataFrame) -> Any:
    """Rows in quarantine by reason, which stands above its bar. Columns: words, rows."""
    y = alt.Y("words:N", sort=frame["words"].tolist(), axis=None)
    bars = (
        alt.Chart(frame)
        .mark_bar(height=14, color=look.VERMILION, yOffset=9)
        .encode(
            y=y,
            x=alt.X("rows:Q", axis=None, scale=alt.Scale(nice=False)),
            tooltip=[alt.Tooltip("words:N", title="why"), alt.Tooltip("rows:Q", format=",")],
        )
    )
    return charts.finish(bars + _above(frame, y), height=ROW * len(frame) + 20)
