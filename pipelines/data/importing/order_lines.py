"""What an export of orders writes in the first line of an order only.

Shop systems and merged cells of spreadsheets leave the user, the time or the state empty in the
further lines; they are those of the line above, if that is of the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.event_columns import wanted
from pipelines.data.recipe import Recipe
from pipelines.schema import Columns as C
from pipelines.schema import Longs, Mask

if TYPE_CHECKING:
    import pyarrow as pa

FILLED = (C.USER, C.TIME, C.EVENT)
"""Standard columns that may be filled: an order has one user, one time and one state."""


class OrderLines:
    """Fills the rows of one source, batch by batch."""

    def __init__(self, recipe: Recipe) -> None:
        at = {column: f"c{i}" for i, column in enumerate(wanted(recipe))}
        columns = recipe.columns
        self._order = at.get(columns.get(C.ORDER, ""))
        self._filled = [at[columns[name]] for name in recipe.order_lines if name in columns]
        self._clock: dict[str, str] = {}
        """The column of times and, where that is filled, the one of the time of day."""
        if C.TIME in recipe.order_lines and C.TIME in columns and recipe.times.clock in at:
            self._clock[at[columns[C.TIME]]] = at[recipe.times.clock]
        self._last_order: str | None = None
        self._last: dict[str, str | None] = {}

    def filled(self, rows: pa.Table) -> pa.Table:
        """The rows with the values of the lines above in the same order."""
        if self._order is None or not self._filled or not len(rows):
            return rows
        order = rows[self._order].combine_chunks()
        starts = starts_of(order, self._last_order)
        for name in self._filled:
            there = present(rows[name])
            taken = np.maximum.accumulate(np.where(there | starts, np.arange(len(rows)), -1))
            # The time of day goes with its date: a line with a date of its own keeps both.
            for column in filter(None, (name, self._clock.get(name))):
                new = _with(rows[column].combine_chunks(), taken, self._last.get(column))
                rows = rows.set_column(rows.column_names.index(column), column, new)
                self._last[column] = new[-1].as_py()
        self._last_order = order[-1].as_py()
        return rows


def starts_of(order: pa.Array, before: str | None = None) -> Mask:
    """Marks the rows (n,) whose order is not that of the row above; `before`: of the first row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    above = pa.concat_arrays([pa.array([before], order.type), order.slice(0, len(order) - 1)])
    same = pc.fill_null(pc.equal(order, above), False)
    return np.asarray(pc.or_(pc.invert(same), pc.invert(present(order, arrow=True))))


def present(values: pa.Array, *, arrow: bool = False) -> Mask:
    """Marks the rows (n,) that have a value."""
    import pyarrow.compute as pc

    length = pc.binary_length(pc.ascii_trim_whitespace(values))
    found = pc.fill_null(pc.greater(length, 0), False)
    return found if arrow else np.asarray(found)


def _with(values: pa.Array, taken: Longs, last: str | None) -> pa.Array:
    """The values of the rows `taken`; where it is -1, that of the last row of the batch before."""
    import pyarrow as pa

    all_ = pa.concat_arrays([values, pa.array([last], values.type)])
    return all_.take(pa.array(np.where(taken < 0, len(values), taken)))
