"""The events of an import while it reads: columns by code, and what else there was to count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.dataset import Arrivals, Step
from pipelines.data.importing import events
from pipelines.data.importing.columns import NumberColumn, TextColumn
from pipelines.data.importing.engine import at_once
from pipelines.data.importing.mapping import OF_ITEMS
from pipelines.data.importing.planning import check_types
from pipelines.data.recipe import Recipe
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import pyarrow as pa


class Gathered:
    """Usable rows that the recipe keeps, in the order read, and counts of all others."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.user, self.item = TextColumn(), TextColumn()
        self.weight, self.time = NumberColumn(np.float32), NumberColumn(np.int64)
        names = [name for name in recipe.columns if name not in events.NOT_KEPT]
        self.more: dict[str, TextColumn | NumberColumn] = {
            name: NumberColumn(np.float32) if name in events.NUMBERS else TextColumn()
            for name in [*names, *(events.KEPT + name for name in recipe.keep)]
        }
        """Other columns: those that describe the item, then those kept with each event."""
        self.usable = self.kept = 0
        """Rows that can be used, and those of them that the recipe keeps."""
        self.left_out: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.filled: Counter[str] = Counter()
        self.spaces = 0

    def add(self, read: pa.Table) -> None:
        """Take the usable rows of a batch (see `events.read`)."""
        import pyarrow.compute as pc

        usable = read
        if read["reason"].null_count < len(read):
            usable = read.filter(read["reason"].is_null())
        self.usable += len(usable)
        self.spaces += int(pc.sum(usable["spaces"]).as_py() or 0)
        for name in self.more:
            if name not in OF_ITEMS and name != C.EVENT:
                self.filled[name.removeprefix(events.KEPT)] += len(usable) - usable[name].null_count
        if C.EVENT in self.more:
            kinds = usable[C.EVENT].fill_null(events.NO_TYPE)
            usable = usable.set_column(usable.column_names.index(C.EVENT), C.EVENT, kinds)
            _count(self.types, kinds)
            check_types(self.recipe, self.types)
        if usable["step"].null_count < len(usable):
            _count(self.left_out, usable["step"].drop_null())
            usable = usable.filter(usable["step"].is_null())
        self.kept += len(usable)
        at_once(
            lambda: self.user.add(usable[C.USER]),
            lambda: self.item.add(usable[C.ITEM]),
        )
        self.weight.add(usable[C.WEIGHT])
        self.time.add(usable[C.TIME])
        for name, column in self.more.items():
            column.add(usable[name])

    def arrivals(self, reasons: dict[str, int]) -> Arrivals:
        """What only the import sees."""
        return Arrivals(
            reasons=reasons,
            event_types=dict(sorted(self.types.items())),
            returns=self.left_out[events.RETURNS],
            spaces=self.spaces,
            filled=dict(self.filled),
        )

    def steps(self, rows_in: int) -> list[Step]:
        """The steps up to here, each with the rows that came in and went on."""
        found = [Step(name="rows that can be used", rows_in=rows_in, rows_out=self.usable)]
        for name in events.STEPS:
            if name in self.left_out:
                before = found[-1].rows_out
                after = before - self.left_out[name]
                found.append(Step(name=name, rows_in=before, rows_out=after))
        return found


def _count(counter: Counter[str], values: pa.ChunkedArray) -> None:
    for found in values.value_counts().to_pylist():
        counter[found["values"]] += found["counts"]
