"""The chart of what the data has and what each approach needs."""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components.charts import finish, names
from app.components.tables import number

STATES = {"enough": look.BLUE, "thin": look.ORANGE, "not enough": look.VERMILION}
STATE_MARK = {"enough": "✓", "thin": "~", "not enough": "✕", "unknown": "?"}
STATE_LABEL = {
    "enough": "Enough",
    "thin": "Thin",
    "not enough": "Not enough",
    "unknown": "Unknown",
}
_LINE, _GAP, _AXIS = 15, 10, 80
"""Heights in pixels: of a line of a label, at least of the gap between two labels, and of the axis
below the rows, which a page takes from the chart's height."""
_WIDTH = 33
"""Characters in a line of a label; more would be cut off."""
_DOMAIN = (0.02, 100)


def with_labels(approaches: pd.DataFrame) -> pd.DataFrame:
    """The approaches with the column `needs`, the text below each name."""
    return approaches.assign(needs=[_needs(row) for row in approaches.to_dict("records")])


def _needs(row: dict[Any, Any]) -> str:
    have, need = row["have"], row["need"]
    if row["state"] == "unknown":
        return "unknown"
    if need <= 1:  # a share, or something that is present or not
        return f"has {have:.1%}, needs {need:.0%}" if have else f"lacks {row['unit']}"
    noun, _, which = row["unit"].partition(" ")
    counts = f"has {number(round(have))}, needs {number(round(need))} {noun}"
    # What falls short says what counts: a few of the data's visits, users or items may.
    short = which if row["state"] != "enough" else ""
    return "\n".join([counts, *textwrap.wrap(short, _WIDTH)])


def alt_text(approaches: pd.DataFrame) -> str:
    """The finding: which approaches are in which state."""
    sentences = []
    for state in STATE_LABEL:
        found = approaches.loc[approaches["state"] == state, "approach"].tolist()
        if found:
            sentences.append(f"{STATE_LABEL[state]} for {names(found)}.")
    return " ".join(sentences)


def chart(frame: pd.DataFrame) -> Any:
    """Bars of the data as a multiple of the need, best first.

    Columns: approach, have, need, state, needs. An unknown approach has a row without a bar.
    """
    times = (frame["have"] / frame["need"].clip(lower=1e-9)).clip(*_DOMAIN)
    drawn = frame.assign(
        times=times.where(frame["state"] != "unknown", 1.0),
        one=1.0,
        # The text is below the name: a narrow page has no space for it beside the bars.
        label=frame["state"].map(STATE_MARK) + " " + frame["approach"] + "\n" + frame["needs"],
        rank=frame["state"].map(list(STATE_MARK).index),
    )
    order = drawn.sort_values(["rank", "times"], ascending=[True, False])["label"].tolist()
    lines = "split(datum.label, '\\n')"
    # Vega counts a row's label as high as the highest one, and would leave out every second.
    axis = alt.Axis(
        labelExpr=lines,
        labelFontSize=13,
        labelLineHeight=_LINE,
        labelOffset=-_LINE / 2,  # a label hangs from its first line; most have two
        labelOverlap=False,
        ticks=False,
    )
    x = alt.X(
        "times:Q",
        title="data available ÷ data needed (1 is enough)",
        scale=alt.Scale(type="log", domain=list(_DOMAIN)),
        axis=alt.Axis(values=[0.02, 0.1, 0.5, 1, 2, 10, 100], format="~g", grid=False),
    )
    base = alt.Chart(drawn).encode(y=alt.Y("label:N", sort=order, title=None, axis=axis))
    colors = alt.Scale(domain=list(STATES), range=list(STATES.values()))
    bars = base.mark_bar(height=16).encode(
        x=x,
        x2=alt.X2("one:Q"),
        color=alt.Color("state:N", scale=colors, legend=None),
        tooltip=[
            alt.Tooltip("approach:N", title="approach"),
            alt.Tooltip("state:N", title="state"),
            alt.Tooltip("needs:N"),
        ],
    )
    need = alt.Chart(drawn.head(1)).mark_rule(color=look.INK, strokeWidth=1.5).encode(x="one:Q")
    lines_in_all = int((drawn["label"].str.count("\n") + 1).max())
    row = _GAP + _LINE * lines_in_all
    return finish(bars + need, height=max(look.HEIGHT, _AXIS + row * len(frame)))
