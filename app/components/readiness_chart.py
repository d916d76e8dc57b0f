"""What the data holds against what each approach needs."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components.charts import finish, names, text
from app.components.tables import number

STATES = {"enough": look.BLUE, "thin": look.ORANGE, "not enough": look.VERMILION}
STATE_MARK = {"enough": "✓", "thin": "~", "not enough": "✕", "unknown": "?"}
_ROW = 34


def with_words(approaches: pd.DataFrame) -> pd.DataFrame:
    """The approaches with the words that stand at each bar (`approach`, `words`)."""
    return approaches.assign(words=[_words(row) for row in approaches.to_dict("records")])


def _words(row: dict[Any, Any]) -> str:
    if row["state"] == "unknown":
        return "not known"
    unit = row["unit"].split()[0]
    if row["need"] <= 1:  # a share, or a thing that is there or not
        if row["have"] == 0:
            return f"needs {row['unit']}"
        return f"has {row['have']:.0%}, needs {row['need']:.0%} {row['unit'].split()[0]}"
    return f"has {number(round(row['have']))}, needs {number(round(row['need']))} {unit}"


def alt_text(approaches: pd.DataFrame) -> str:
    """The finding in words: which approaches are in which state."""
    said = []
    for state in ("enough", "thin", "not enough", "unknown"):
        found = approaches.loc[approaches["state"] == state, "approach"].tolist()
        if found:
            said.append(f"{state.capitalize()} for {names(found)}.")
    return " ".join(said)


def chart(frame: pd.DataFrame) -> Any:
    """Bars from the need to what is there, as a multiple of the need, best first.

    Columns: approach, have, need, state, words. What is unknown has a row without a bar.
    """
    times = (frame["have"] / frame["need"].clip(lower=1e-9)).clip(0.02, 100)
    times = times.where(frame["state"] != "unknown", 1.0)
    mark = frame["state"].map(STATE_MARK)
    drawn = frame.assign(times=times, one=1.0, label=mark + "  " + frame["approach"])
    rank = frame["state"].map({"enough": 0, "thin": 1, "not enough": 2, "unknown": 3})
    drawn = drawn.assign(rank=rank)
    order = drawn.sort_values(["rank", "times"], ascending=[True, False])["label"].tolist()
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelFontSize=14, ticks=False))
    x = alt.X(
        "times:Q",
        title="have ÷ need (1 is enough)",
        scale=alt.Scale(type="log", domain=[0.02, 100]),
        axis=alt.Axis(values=[0.02, 0.1, 0.5, 1, 2, 10, 100], format="~g", grid=False),
    )
    base = alt.Chart(drawn).encode(y=y)
    colors = alt.Scale(domain=list(STATES), range=list(STATES.values()))
    bars = base.mark_bar(height=16).encode(
        x=x,
        x2=alt.X2("one:Q"),
        color=alt.Color("state:N", scale=colors, legend=None),
        tooltip=[
            alt.Tooltip("approach:N", title="approach"),
            alt.Tooltip("state:N", title="state"),
            alt.Tooltip("words:N", title="needs"),
        ],
    )
    need = alt.Chart(drawn.head(1)).mark_rule(color=look.INK, strokeWidth=1.5).encode(x="one:Q")
    # Words stand on the side of the line that the bar leaves free.
    said = base.encode(x="one:Q", text="words:N")
    right = "datum.times < 1 || datum.state === 'unknown'"
    over = text(said.transform_filter(f"!({right})"), align="right", dx=-10)
    under = text(said.transform_filter(right), align="left", dx=10)
    return finish(bars + need + over + under, height=max(look.HEIGHT, _ROW * len(frame)))
