"""A matrix of labeled, colored cells: contenders as columns, tests or slices as rows."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts, wide

COLUMN, ROW = 96, 40
"""Minimum width and height of a cell, in pixels."""
WIDE, MOST_LINES = 13, 8
"""Letters per line of a column's name, and its maximum number of lines."""
EMPTY = "\u200b"
"""An invisible letter: SVG does not move down for an empty line, and Vega trims blanks."""
LINE = 15
"""Height of a line of a column's name, in pixels."""
PALEST, FULLEST = 0.06, 0.6
"""Opacity of the weakest and the strongest cell: labels are legible in both themes."""
KEY = "compare_matrix"
"""Key of the container of a matrix."""
CORNER_TITLE: dict[str, Any] = {
    "titleAngle": 0,
    "titleAlign": "right",
    "titleAnchor": "end",
    "titleX": -9,
    "titleY": -10,
    "titleBaseline": "bottom",
}
"""Places the row title above the row names: a vertical title is taller than a few rows."""


def scroll_css(columns: int) -> str:
    """A style: in a narrow window, the matrix scrolls instead of cutting its labels."""
    return wide.scroll_css(KEY, COLUMN * columns + 190)


def matrix(
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    tooltip: Sequence[alt.Tooltip],
    *,
    rows: str = "",
    columns: str = "",
    fields: Sequence[str] = (),
) -> Any:
    """Cells in the order of `frame`: row, column, label, side, strength (0 to 1), dashed, edge.

    `colors` maps each side to a color. A dashed cell has no value; a cell with an `edge` is
    outlined as selected. With `fields`, a click is the selection `cell` of these.
    """
    names = list(dict.fromkeys(frame["column"]))
    wrapped = _wrapped(names)
    lines = len(wrapped[0])
    x = alt.X(
        "column:N",
        sort=names,
        title=columns or None,
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            ticks=False,
            domain=False,
            # The axis uses whole names: two names may be equal as far as they are shown.
            labelExpr=f"{json.dumps(wrapped)}[indexof({json.dumps(names)}, datum.value)]",
            labelLimit=200,
            labelFlush=False,
            labelLineHeight=LINE,
            labelPadding=7 + LINE * (lines - 1),  # more lines go below the first
        ),
    )
    y = alt.Y(
        "row:N",
        sort=list(dict.fromkeys(frame["row"])),
        title=rows or None,
        axis=alt.Axis(ticks=False, domain=False, labelLimit=330, **CORNER_TITLE),
    )
    empty = frame["dashed"].astype(bool)
    known, unknown = alt.Chart(frame[~empty]), alt.Chart(frame[empty])
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
        cornerRadius=3, fillOpacity=0.04, fill=look.GRAY, stroke=look.GRAY, strokeDash=[2, 3]
    ).encode(
        x=x,
        y=y,
        strokeWidth=alt.when(alt.datum.edge).then(alt.value(2.5)).otherwise(alt.value(0.8)),
        tooltip=list(tooltip),
    )
    if fields:
        chosen = alt.selection_point(name="cell", fields=list(fields), on="click", toggle=False)
        cells = cells.add_params(chosen)
    labels = charts.text(known, fontSize=12.5).encode(x=x, y=y, text=alt.Text("label:N"))
    few = charts.text(unknown, fontSize=12.5, opacity=0.7).encode(
        x=x, y=y, text=alt.Text("label:N")
    )
    height = max(160, ROW * frame["row"].nunique() + 60 + LINE * max(0, lines - 3))
    return charts.finish(alt.layer(cells, holes, labels, few), height=height)


def _wrapped(names: Sequence[str]) -> list[list[str]]:
    """Each name in lines: three at most, or as many as distinguish the names.

    All names have the same number of lines, filled from above, so that each ends just above its
    cells.
    """
    for most in (3, 5, MOST_LINES):
        found = [textwrap.wrap(n, WIDE, max_lines=most, placeholder=" …") or [EMPTY] for n in names]
        if len({*map(tuple, found)}) == len(names):
            break
    deepest = max(map(len, found))
    return [[EMPTY] * (deepest - len(lines)) + lines for lines in found]
