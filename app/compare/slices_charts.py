"""The heat map of slices: how much better or worse, for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.compare.matrix import matrix
from app.components.comparison_charts import rows_of
from app.components.tables import digits, signed
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.slices.cells import Cell

TOO_FEW = "too few"
MARKS: dict[str, str] = {str(outcome): mark for outcome, mark in look.OUTCOME_MARK.items()}
SMALL = 4
"""Times the smallest useful difference: at least so much is drawn as the largest."""
FIELDS = ["slice", "row", "column", "n", "difference", "low", "high", "smallest_useful"]
FIELDS += ["outcome", "side", "words"]


def heat_frame(cells: Mapping[str, Sequence[Cell]], sign: int = 1) -> pd.DataFrame:
    """A row per cell; `cells` has those of each column (a title), a slice each.

    Columns: `FIELDS`; `sign` is -1 where less of the metric is better. A row's words hold its
    users, the most of any column's.
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
                    _words(cell),
                )
            )
    names = [name for name in FIELDS if name != "row"]
    frame = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(FIELDS[4:7], float))
    most = frame.groupby("slice")["n"].max()
    frame.insert(1, "row", [f"{name} ({most[name]:,})" for name in frame["slice"]])
    return frame


def crossed_frame(
    cells: Sequence[Cell], first: str, people: Mapping[str, int], sign: int = 1
) -> pd.DataFrame:
    """As `heat_frame`, of two dimensions crossed: slices of `first` down, the other's across.

    `people` has the users of each slice of `first`: who is in several cells of a row, or in
    none, would be miscounted by their sum.
    """
    at = cells[0].dimensions.index(first)
    turned = [replace(c, values=(c.values[at], c.values[1 - at])) for c in cells]
    columns: dict[str, list[Cell]] = {}
    for cell in turned:
        columns.setdefault(cell.values[1], []).append(cell)
    frame = heat_frame(columns, sign)
    return frame.assign(row=[f"{name} ({people[name]:,})" for name in frame["slice"]])


def _side(difference: float) -> str:
    return "better" if difference > 0 else "worse" if difference < 0 else "the same"


def _words(cell: Cell) -> str:
    if cell.outcome == TOO_FEW or cell.difference is None:
        return f"only {cell.n:,}"
    return f"{MARKS[cell.outcome]} {signed(cell.difference)}"


def heat(frame: pd.DataFrame, metric: str, rows: str, columns: str = "", chosen: str = "") -> Any:
    """Slices down, contenders (or a second dimension) across; blue is better, orange worse.

    `rows` and `columns` are the axes' titles. `chosen` is the slice that is looked into; a
    click on another is the selection `cell`.
    """
    # Where all differences are too small to be of use, none is drawn as a large one.
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
        alt.Tooltip("n:Q", title="people", format=","),
        alt.Tooltip("difference:Q", title=f"difference in {label(metric)}", format="+.3~r"),
        alt.Tooltip("low:Q", title="95 % interval from", format="+.3~r"),
        alt.Tooltip("high:Q", title="to", format="+.3~r"),
        alt.Tooltip("outcome:N"),
    ]
    colors = {
        "better": look.OUTCOME_COLOR["better"],
        "worse": look.OUTCOME_COLOR["worse"],
        "the same": look.GREY,
        TOO_FEW: look.GREY,
    }
    return matrix(
        drawn, colors, tooltip, rows=f"{rows} (people)", columns=columns, fields=["slice"]
    )


def heat_alt(
    frame: pd.DataFrame, metric: str, rows: str, against: str, *, whose: str = "", across: str = ""
) -> str:
    """What the heat map says, in words: for each slice the largest difference either way, or that
    it is too small. Where two dimensions are crossed, `whose` it is and what stands `across`."""
    said = []
    for _, part in frame.groupby("row", sort=False):
        known = part[part["difference"].notna()]
        name = part["slice"].iloc[0]
        if known.empty:
            said.append(f"{name} has too few users ({part['n'].max():,})")
            continue
        most = known.iloc[int(known["difference"].abs().argmax())]
        where = f"{name}, {most['column']}" if whose else name
        who = "" if whose else f"{most['column']} "
        said.append(
            f"{where} ({most['n']:,} users) {who}{most['outcome']} at {signed(most['difference'])}"
        )
    of = f" of {whose}" if whose else ""
    by = f"{rows} and {across}" if across else rows
    return f"Largest difference{of} in {label(metric)} to {against} by {by}: {'; '.join(said)}."


def slice_values_alt(frame: pd.DataFrame, metric: str, words: str) -> str:
    """What the picture of one slice's values says, in words."""
    said = [
        f"{row.contender} {digits(row.value)} ({digits(row.low)} to {digits(row.high)})"
        for row in rows_of(frame)
    ]
    return f"{label(metric)} {words}, with 95 % intervals: {'; '.join(said)}."
