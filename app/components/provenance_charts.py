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


def steps(frame: pd.DataFrame) -> Any:
    """What goes on after each step of an import, and what does not.

    Columns: step, rows_in, rows_out, fate (of those that do not go on), words.
    """
    bar = pd.concat(
        [
            frame.assign(fate="go on", low=0, high=frame["rows_out"]),
            frame.assign(low=frame["rows_out"], high=frame["rows_in"]),
        ]
    )
    bar = bar.loc[bar["high"] > bar["low"]].assign(rows=lambda f: f["high"] - f["low"])
    order = frame["step"].tolist()
    y = alt.Y("step:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
    most = float(frame["rows_in"].max())
    x = alt.X(
        "low:Q",
        title="rows",
        scale=alt.Scale(domain=[0, 1.55 * most], nice=False),
        axis=alt.Axis(format="~s", grid=False, values=_ticks(most)),
    )
    there = [fate for fate in FATES if fate in set(bar["fate"])]
    bars = (
        alt.Chart(bar)
        .mark_bar(height=20)
        .encode(
            y=y,
            x=x,
            x2="high:Q",
            color=alt.Color(
                "fate:N",
                scale=alt.Scale(domain=there, range=[FATES[fate] for fate in there]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[
                alt.Tooltip("step:N"),
                alt.Tooltip("fate:N", title="these"),
                alt.Tooltip("rows:Q", format=","),
            ],
        )
    )
    words = charts.text(alt.Chart(frame), align="left", dx=8).encode(
        y=y, x="rows_in:Q", text="words:N"
    )
    return charts.finish(bars + words, height=46 * len(frame) + 20)


def _ticks(most: float) -> list[float]:
    """0 and a round number of at most `most`; the axis also leaves room for words."""
    step = 10 ** (len(str(int(most))) - 1)
    return [0, step * int(most // step)]


def reasons(frame: pd.DataFrame) -> Any:
    """Rows in quarantine by reason, which stands above its bar. Columns: words, rows."""
    order = frame["words"].tolist()
    y = alt.Y("words:N", sort=order, axis=None)
    base = alt.Chart(frame).encode(y=y)
    bars = base.mark_bar(height=10, color=look.VERMILION, yOffset=8).encode(
        x=alt.X("rows:Q", title="rows", axis=alt.Axis(format="~s", grid=False, tickMinStep=1)),
        tooltip=[alt.Tooltip("words:N", title="why"), alt.Tooltip("rows:Q", format=",")],
    )
    words = charts.text(base, align="left", dy=-8, limit=640).encode(x=alt.value(2), text="words:N")
    return charts.finish(bars + words, height=46 * len(frame) + 10)
