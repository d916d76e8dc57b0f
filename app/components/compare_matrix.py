"""A matrix of words on colored ground: contenders across, and what is told of each down."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts

COLUMN, ROW = 96, 40
"""A cell's least width and its height, pixels."""
LINE = 15
"""Height of a line of a column's name, pixels."""
PALEST, FULLEST = 0.06, 0.6
"""Opacity of the weakest and of the fullest cell: words stay legible on both papers."""
KEY = "compare_matrix"
"""Key of the container that a matrix stands in."""
CORNER_TITLE: dict[str, Any] = {
    "titleAngle": 0,
    "titleAlign": "right",
    "titleAnchor": "end",
    "titleX": -9,
    "titleY": -10,
    "titleBaseline": "bottom",
}
"""The rows' title above their names: upright, it would need more height than a few rows have."""


def room(columns: int) -> str:
    """In a narrow window a matrix is scrolled rather than its words cut."""
    block = f".st-key-{KEY}"
    return (
        f"<style>@media (max-width: 1100px) {{{block} {{overflow-x: auto;}}"
        f"{block} > :has(.stVegaLiteChart) {{min-width: {COLUMN * columns + 190}px;}}}}</style>"
    )


def matrix(
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    tooltip: Sequence[alt.Tooltip],
    *,
    rows: str = "",
    columns: str = "",
    fields: Sequence[str] = (),
) -> Any:
    """Cells in the order of `frame`: row, column, words, side, strength (0 to 1), dashed, edge.

    `colors` has each side's. A dashed cell has no figure; one with an `edge` is outlined as
    chosen. With `fields` a click is the selection `cell` of these.
    """
    wrapped = {name: _wrapped(name) for name in frame["column"]}
    lines = 1 + max(name.count("\n") for name in wrapped.values())
    # Filled up from above, so that all names end just above their cells.
    wrapped = {n: "\n" * (lines - 1 - w.count("\n")) + w for n, w in wrapped.items()}
    drawn = frame.assign(across=frame["column"].map(wrapped))
    x = alt.X(
        "across:N",
        sort=list(dict.fromkeys(drawn["across"])),
        title=columns or None,
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            ticks=False,
            domain=False,
            labelExpr="split(datum.label, '\\n')",
            labelLimit=200,
            labelFlush=False,
            labelLineHeight=LINE,
            labelPadding=7 + LINE * (lines - 1),  # further lines stand below the first
        ),
    )
    y = alt.Y(
        "row:N",
        sort=list(dict.fromkeys(frame["row"])),
        title=rows or None,
        axis=alt.Axis(ticks=False, domain=False, labelLimit=330, **CORNER_TITLE),
    )
    empty = drawn["dashed"].astype(bool)
    known, unknown = alt.Chart(drawn[~empty]), alt.Chart(drawn[empty])
    outline = alt.when(alt.datum.edge).then(alt.value(look.INK)).otherwise(alt.value("transparent"))
    cells = known.mark_rect(cornerRadius=3, strokeWidth=2).encode(
        x=x,
        y=y,
        fill=alt.Fill(
            "side:N",
            scale=alt.Scale(domain=list(colors), range=list(colors.values())),
            legend=None,
        ),
        fillOpacity=alt.FillOpacity(
            "strength:Q",
            scale=alt.Scale(domain=[0, 1], range=[PALEST, FULLEST]),
            legend=None,
        ),
        stroke=outline,
        tooltip=list(tooltip),
    )
    holes = unknown.mark_rect(
        cornerRadius=3, fillOpacity=0.04, fill=look.GREY, stroke=look.GREY, strokeDash=[2, 3]
    ).encode(
        x=x,
        y=y,
        strokeWidth=alt.when(alt.datum.edge).then(alt.value(2.5)).otherwise(alt.value(0.8)),
        tooltip=list(tooltip),
    )
    if fields:
        chosen = alt.selection_point(name="cell", fields=list(fields), on="click", toggle=False)
        cells = cells.add_params(chosen)
    words = charts.text(known, fontSize=12.5).encode(x=x, y=y, text=alt.Text("words:N"))
    few = charts.text(unknown, fontSize=12.5, opacity=0.7).encode(
        x=x, y=y, text=alt.Text("words:N")
    )
    height = max(160, ROW * frame["row"].nunique() + 60)
    return charts.finish(alt.layer(cells, holes, words, few), height=height)


def _wrapped(name: str) -> str:
    return "\n".join(textwrap.wrap(name, 13, max_lines=3, placeholder=" …"))
