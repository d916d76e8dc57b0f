"""Collects the events of an import batch by batch, and counts the rows that are not kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.dataset import ImportCounts, Step, TableCounts, Unread
from pipelines.data.importing import event_columns
from pipelines.data.importing.columns import NumberColumn, TextColumn
from pipelines.data.importing.engine import at_once
from pipelines.data.importing.first_look import check_types
from pipelines.data.importing.names import OF_ITEMS
from pipelines.data.recipe import Recipe
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import pyarrow as pa


class CollectedRows:
    """Valid rows that the recipe keeps, in the order read, and counts of all others."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.user, self.item = TextColumn(), TextColumn()
        self.weight, self.time = NumberColumn(np.float32), NumberColumn(np.int64)
        names = [name for name in recipe.columns if name not in event_columns.NOT_KEPT]
        self.more: dict[str, TextColumn | NumberColumn] = {
            name: NumberColumn(np.float32) if name in event_columns.NUMBERS else TextColumn()
            for name in [*names, *(event_columns.KEPT + name for name in recipe.keep)]
        }
        """Other columns: those that describe the item, and those kept with each event."""
        self.valid = self.kept = 0
        """Rows that can be used, and how many of them the recipe keeps."""
        self.left_out: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.filled: Counter[str] = Counter()
        self.spaces = 0
        self._unread: dict[str, Unread] = {}

    def add(self, read: pa.Table, file: str = "") -> None:
        """Add the valid rows of a batch of `file` (see `events.read`)."""
        import pyarrow.compute as pc

        valid = read
        if read["reason"].null_count < len(read):
            valid = read.filter(read["reason"].is_null())
        self.valid += len(valid)
        self.spaces += int(pc.sum(valid["spaces"]).as_py() or 0)
        for name in event_columns.NUMBERS:
            if name in self.more:
                self._count_unread(name, valid, file)
        for name in self.more:
            if name not in OF_ITEMS and name != C.EVENT:
                self.filled[name.removeprefix(event_columns.KEPT)] += (
                    len(valid) - valid[name].null_count
                )
        if C.EVENT in self.more:
            kinds = valid[C.EVENT].fill_null(event_columns.NO_TYPE)
            valid = valid.set_column(valid.column_names.index(C.EVENT), C.EVENT, kinds)
            _count(self.types, kinds)
            check_types(self.recipe, self.types)
        if valid["step"].null_count < len(valid):
            _count(self.left_out, valid["step"].drop_null())
            valid = valid.filter(valid["step"].is_null())
        self.kept += len(valid)
        at_once(
            lambda: self.user.add(valid[C.USER]),
            lambda: self.item.add(valid[C.ITEM]),
        )
        self.weight.add(valid[C.WEIGHT])
        self.time.add(valid[C.TIME])
        for name, column in self.more.items():
            column.add(valid[name])

    def _count_unread(self, name: str, valid: pa.Table, file: str) -> None:
        """Count the values of a column of numbers that are no numbers."""
        texts = valid[event_columns.UNREAD + name]
        count = len(texts) - texts.null_count
        if not count:
            return
        wrong = valid.filter(texts.is_valid())
        before = self._unread.get(name)
        first = before or Unread(
            column=name, count=0, file=file,
            line=wrong["line"][0].as_py(), value=wrong[event_columns.UNREAD + name][0].as_py()[:40],
        )  # fmt: skip
        self._unread[name] = first.model_copy(update={"count": first.count + count})

    def import_counts(
        self,
        reasons: dict[str, int],
        examples: dict[str, str],
        tables: tuple[TableCounts, ...] = (),
        future: tuple[int, str] = (0, ""),
    ) -> ImportCounts:
        """The counts of the import; `reasons` and `examples` are those of the quarantine."""
        return ImportCounts(
            examples=examples,
            unread=tuple(self._unread.values()),
            tables=tables,
            future=future[0],
            latest=future[1],
            reasons=reasons,
            event_types=dict(sorted(self.types.items())),
            returns=self.left_out[event_columns.RETURNS],
            spaces=self.spaces,
            filled=dict(self.filled),
        )

    def steps(self, rows_in: int) -> list[Step]:
        """The steps so far, each with its rows in and out."""
        found = [Step(name="rows that can be used", rows_in=rows_in, rows_out=self.valid)]
        for name in event_columns.STEPS:
            if name in self.left_out:
                before = found[-1].rows_out
                after = before - self.left_out[name]
                found.append(Step(name=name, rows_in=before, rows_out=after))
        return found


def _count(counter: Counter[str], values: pa.ChunkedArray) -> None:
    for found in values.value_counts().to_pylist():
        counter[found["values"]] += found["counts"]
