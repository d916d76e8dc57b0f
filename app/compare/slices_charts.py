"""The heat map of slices: the paired difference in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.compare.matrix import matrix
from app.components.charts import rows_of
from app.components.tables import digits, signed
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.slices.cells import Cell

TOO_FEW = "too few"
MARKS: dict[str, str] = {str(outcome): mark for outcome, mark in look.OUTCOME_MARK.items()}
SMALL = 4
"""The color scale ends at this many smallest useful differences, or more."""
FIELDS = ["slice", "row", "column", "n", "difference", "low", "high", "smallest_useful"]
FIELDS += ["outcome", "side", "label"]


def heat_frame(cells: Mapping[str, Sequence[Cell]], sign: int = 1) -> pd.DataFrame:
    """A row per cell; `cells` maps each column (a title) to one cell per slice.

    Columns: `FIELDS`. `sign` is -1 if less of the metric is better. The row's name has its number
    of users, the maximum over columns.
    """
    rows = []
    for column, found in cells.items():
        for cell in found:
            known = cell.difference is not None
            rows.append(
                (
                    cell.values[0],
                    column,
                    cell.n,
                    cell.difference,
                    cell.low,
                    cell.high,
                    cell.smallest_useful,
                    cell.outcome,
                    _side(sign * (cell.difference or 0.0)) if known else TOO_FEW,
                    _label(cell),
                )
            )
    names = [name for name in FIELDS if name != "row"]
    frame = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(FIELDS[4:7], float))
    most = frame.groupby("slice")["n"].max()
    frame.insert(1, "row", [f"{name} ({most[name]:,})" for name in frame["slice"]])
    return frame


def crossed_frame(
    cells: Sequence[Cell], first: str, users: Mapping[str, int], sign: int = 1
) -> pd.DataFrame:
    """As `heat_frame`, for two crossed dimensions: slices of `first` are the rows.

    `users` has the number of users in each slice of `first`. The sum over a row would miscount
    users who are in several of its cells, or in none.
    """
    at = cells[0].dimensions.index(first)
    turned = [replace(c, values=(c.values[at], c.values[1 - at])) for c in cells]
    columns: dict[str, list[Cell]] = {}
    for cell in turned:
        columns.setdefault(cell.values[1], []).append(cell)
    frame = heat_frame(columns, sign)
    return frame.assign(row=[f"{name} ({users[name]:,})" for name in frame["slice"]])


def _side(difference: float) -> str:
    return "better" if difference > 0 else "worse" if difference < 0 else "the same"


def _label(cell: Cell) -> str:
    if cell.outcome == TOO_FEW or cell.difference is None:
        return f"only {cell.n:,}"
    return f"{MARKS[cell.outcome]} {signed(cell.difference)}"


def heat(frame: pd.DataFrame, metric: str, rows: str, columns: str = "", chosen: str = "") -> Any:
    """Slices as rows, contenders (or a second dimension) as columns; blue is better, orange worse.

    `rows` and `columns` are the axis titles. `chosen` is the selected slice; a click on another is
    the selection `cell`.
    """
    # If all differences are smaller than the smallest useful one, none has a strong color.
    largest = max(frame["difference"].abs().max(), SMALL * frame["smallest_useful"].max())
    largest = float(largest) if largest > 0 else 1.0
    drawn = frame.assign(
        strength=(frame["difference"].abs() / largest).fillna(0.0),
        edge=frame["slice"] == chosen,
        dashed=frame["side"] == TOO_FEW,
    )
    tooltip = [
        alt.Tooltip("slice:N", title=rows),
        alt.Tooltip("column:N", title=columns or "contender"),
        alt.Tooltip("n:Q", title="users", format=","),
        alt.Tooltip("difference:Q", title=f"difference in {label(metric)}", format="+.3~r"),
        alt.Tooltip("low:Q", title="95% interval from", format="+.3~r"),
        alt.Tooltip("high:Q", title="to", format="+.3~r"),
        alt.Tooltip("outcome:N"),
    ]
    colors = {
        "better": look.OUTCOME_COLOR["better"],
        "worse": look.OUTCOME_COLOR["worse"],
        "the same": look.GRAY,
        TOO_FEW: look.GRAY,
    }
    return matrix(drawn, colors, tooltip, rows=f"{rows} (users)", columns=columns, fields=["slice"])


def heat_alt(
    frame: pd.DataFrame, metric: str, rows: str, against: str, *, whose: str = "", across: str = ""
) -> str:
    """The finding of the heat map: the largest absolute difference in each slice.

    For crossed dimensions, `whose` is the contender and `across` the second dimension.
    """
    slices = []
    for _, part in frame.groupby("row", sort=False):
        known = part[part["difference"].notna()]
        name = part["slice"].iloc[0]
        if known.empty:
            slices.append(f"{name} has too few users ({part['n'].max():,})")
            continue
        most = known.iloc[int(known["difference"].abs().argmax())]
        where = f"{name}, {most['column']}" if whose else name
        who = "" if whose else f"{most['column']} "
        slices.append(
            f"{where} ({most['n']:,} users) {who}{most['outcome']} at {signed(most['difference'])}"
        )
    of = f" of {whose}" if whose else ""
    by = f"{rows} and {across}" if across else rows
    return f"Largest difference{of} in {label(metric)} from {against} by {by}: {'; '.join(slices)}."


def slice_values_alt(frame: pd.DataFrame, metric: str, where: str) -> str:
    """The finding of the chart of one slice's values; `where` names the slice."""
    rows = [
        f"{row.contender} {digits(row.value)} ({digits(row.low)} to {digits(row.high)})"
        for row in rows_of(frame)
    ]
    return f"{label(metric)} {where}, with 95% intervals: {'; '.join(rows)}."
