"""Charts of an import: the rows left after each step, and the reasons for quarantine."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts

FATES = {
    "left": look.BLUE,
    "quarantined": look.VERMILION,
    "removed": look.ORANGE,
    "merged": look.SKY,
}
"""What happens to the rows of a step, and its color."""

ROW = 46
"""Height of a bar with its label above, in pixels."""


def steps(frame: pd.DataFrame) -> Any:
    """The rows left and removed by each step of an import, with a label above each bar.

    Columns: step, rows_in, rows_out, fate (of the removed rows), label.
    """
    bar = pd.concat(
        [
            frame.assign(fate="left", low=0, high=frame["rows_out"]),
            frame.assign(low=frame["rows_out"], high=frame["rows_in"]),
        ]
    )
    bar = bar.loc[bar["high"] > bar["low"]].assign(rows=lambda f: f["high"] - f["low"])
    y = alt.Y("step:N", sort=frame["step"].tolist(), axis=None)
    present = [fate for fate in FATES if fate in set(bar["fate"])]
    color = alt.Color(
        "fate:N",
        scale=alt.Scale(domain=present, range=[FATES[fate] for fate in present]),
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
                alt.Tooltip("fate:N", title="outcome"),
                alt.Tooltip("rows:Q", format=","),
            ],
        )
    )
    return charts.finish(bars + _above(frame, y), height=ROW * len(frame) + 70)


def _above(frame: pd.DataFrame, y: alt.Y) -> alt.Chart:
    """Labels above the bars: beside them there is no space in a narrow window."""
    return charts.text(alt.Chart(frame), align="left", dy=-8, limit=640).encode(
        x=alt.value(0), y=y, text="label:N"
    )


def reasons(frame: pd.DataFrame) -> Any:
    """Quarantined rows by reason, with a label above each bar. Columns: label, rows."""
    y = alt.Y("label:N", sort=frame["label"].tolist(), axis=None)
    bars = (
        alt.Chart(frame)
        .mark_bar(height=14, color=look.VERMILION, yOffset=9)
        .encode(
            y=y,
            x=alt.X("rows:Q", axis=None, scale=alt.Scale(nice=False)),
            tooltip=[alt.Tooltip("label:N", title="reason"), alt.Tooltip("rows:Q", format=",")],
        )
    )
    return charts.finish(bars + _above(frame, y), height=ROW * len(frame) + 20)
