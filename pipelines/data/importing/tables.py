"""Tables of items and users: one row per id, standard names, all other columns kept.

They are read as events are: the same reader, the same reasons for quarantine, numbers and times
in the same forms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pipelines.data.dataset import TableCounts, Unread
from pipelines.data.id_forms import normalized
from pipelines.data.importing import joins
from pipelines.data.importing.engine import engine
from pipelines.data.importing.event_sql import no_id_sql
from pipelines.data.importing.mapping import Match
from pipelines.data.importing.table_values import TableValues
from pipelines.data.importing.trimming import trimmed
from pipelines.data.quarantine import Quarantine
from pipelines.data.recipe import Decimal, Reading, Recipe
from pipelines.data.sources import Source
from pipelines.data.sources.batches import Batch, batches, first_rows
from pipelines.data.sources.lines import Counts
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

Kind = Literal["items", "users"]
REPEATED = "the id is repeated; the first row counts"
"""What a preview says of a row that is ignored."""


@dataclass(frozen=True)
class Preview:
    """The first rows of a table, why some of them are not kept (else missing), and the decimal
    marks that they show."""

    rows: pd.DataFrame
    problem: pd.Series
    decimals: set[Decimal]


@dataclass
class Table:
    """A table that is open but not read yet.

    `found` also says which names are ambiguous, and whether the id is missing. `left_out` are
    standard names that the user leaves out, and `dropped` the columns that would pass for a
    standard name which another one has, or which is left out.
    """

    table: Kind
    source: Source
    found: Match
    recipe: Recipe
    reading: Reading
    left_out: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    quarantined: int = 0
    repeated: int = 0
    unread: list[Unread] = field(default_factory=list)

    @property
    def key(self) -> str:
        return C.ITEM if self.table == "items" else C.USER

    @property
    def columns(self) -> dict[str, str]:
        """Standard name → column of the source."""
        return self.found.mapping

    @property
    def read_columns(self) -> list[str]:
        """The columns of the source that are read: all but the dropped ones."""
        return [column for column in self.source.columns if column not in self.dropped]

    @property
    def choices(self) -> dict[str, str]:
        """The columns as the recipe has them: "" leaves a standard name out."""
        return self.columns | dict.fromkeys(self.left_out, "")

    @property
    def notes(self) -> tuple[str, ...]:
        """What was detected and is not plain to see, one sentence each."""
        taken = [
            f"The column {column!r} of {self.source.name!r} is not read: {column} is "
            f"{repr(self.columns[column]) if column in self.columns else 'left out'}."
            for column in self.dropped
        ]
        return (*self.source.notes, *taken)

    def require_complete(self) -> None:
        """Raise `AssayError` if the user has to decide something first."""
        self.found.require_complete(self.source.columns, self.source.name, f"--{self.table}-map")

    def read(self, connection: duckdb.DuckDBPyConnection, bad: Quarantine) -> pd.DataFrame:
        """The table as a frame, the id column first, as text; the first row of each id counts.

        Columns of numbers become numeric, true/false columns boolean, `created_at` a time. Rows
        that cannot be used go to quarantine; single values that cannot be read become missing.
        """
        import pandas as pd

        parts = []
        for batch in batches(connection, self.source, self.read_columns, Counts()):
            rows = self._checked(connection, batch)
            wrong = rows.filter(rows["reason"].is_valid())
            lines, reasons = (wrong[name].combine_chunks() for name in ("line", "reason"))
            bad.add(self.table, self.source.name, lines, reasons, batch.raw(lines.to_numpy()))
            self.quarantined += len(wrong)
            parts.append(rows.filter(rows["reason"].is_null()).to_pandas())
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        if frame.empty:
            raise AssayError(
                f"No row of {self.source.name!r} could be read as a table of {self.table}; check "
                f"its separator and its {self.key} column."
            )
        again = frame.duplicated("c0")
        self.repeated = int(again.sum())
        typed, self.unread = self._typed(connection, frame[~again])
        return typed.reset_index(drop=True)

    def preview(self, rows: int = 10) -> Preview:
        """The first rows as they will be read; reads only these."""
        import pandas as pd

        with engine() as connection:
            head = first_rows(connection, self.source, self.read_columns)
            if head is None:
                return Preview(pd.DataFrame(columns=self._names()), pd.Series(dtype="str"), set())
            checked = self._checked(connection, head).to_pandas()
            good = checked[checked["reason"].isna()]
            again = good.duplicated("c0")
            typed, _ = self._typed(connection, good[~again])
        first = checked.head(rows)
        shown = typed.reindex(first.index)
        shown[self.key] = first["c0"]
        problem = first["reason"].mask(again.reindex(first.index, fill_value=False), REPEATED)
        values = self._values()
        found = [values.decimal_of(good[column]) for column in good.columns[2:]]
        marks = {mark for mark in found if mark is not None}
        return Preview(shown.reset_index(drop=True), problem.reset_index(drop=True), marks)

    def _names(self) -> list[str]:
        """The names of the columns that are read, standard ones or their own; the id first."""
        named = {column: name for name, column in self.columns.items()}
        names = [named.get(column, column) for column in self.read_columns]
        return [self.key, *(name for name in names if name != self.key)]

    def _checked(self, connection: duckdb.DuckDBPyConnection, batch: Batch) -> pa.Table:
        """The rows of a batch: line, reason (why a row cannot be used, or null), and the columns
        as trimmed text: c0, c1, … in the order of `_names`."""
        at = self.read_columns.index(self.columns[self.key])
        order = [at, *(i for i in range(len(self.read_columns)) if i != at)]
        shown = ", ".join(f"nullif(c{i}, '') AS c{place}" for place, i in enumerate(order))
        rows = batch.rows
        for i in order:
            at = rows.column_names.index(f"c{i}")
            rows = rows.set_column(at, f"c{i}", trimmed(rows[f"c{i}"]))
        connection.register("batch", rows)
        try:
            rows = connection.sql(
                f"""SELECT line, coalesce(problem, CASE {no_id_sql("c0", "id")} END) AS reason,
                      * EXCLUDE (line, problem)
                    FROM (SELECT line, problem, {shown} FROM batch)"""
            ).to_arrow_table()
        finally:
            connection.unregister("batch")
        if self.recipe.normalize_ids:
            rows = rows.set_column(2, "c0", normalized(rows["c0"], self.recipe.normalize_ids))
        return rows

    def _values(self) -> TableValues:
        semicolons = self.source.separator == ";"
        return TableValues(self.source.name, self.recipe.times, self.reading.decimal, semicolons)

    def _typed(
        self, connection: duckdb.DuckDBPyConnection, checked: pd.DataFrame
    ) -> tuple[pd.DataFrame, list[Unread]]:
        """The values of checked rows of text, under their names; and what could not be read."""
        import pandas as pd

        values = self._values()
        read = {
            name: values.typed(connection, checked[f"c{i}"], name, checked["line"])
            for i, name in enumerate(self._names())
        }
        typed = pd.DataFrame({name: found for name, (found, _) in read.items()})
        return typed, [unread for _, unread in read.values() if unread is not None]

    def counts(self, ids: list[str], events: list[str]) -> TableCounts:
        """How the table (with these ids) joins the events (with those)."""
        import pyarrow as pa

        of_table, of_events = (pa.array(x, pa.large_string()) for x in (ids, events))
        joined, alone, without = joins.joined(of_events, of_table)
        repairs = joins.repairs(of_events, of_table, joined)
        if repairs:
            pair = joins.pair(of_events, of_table, next(iter(repairs)))
            alone, without = pair or (alone, without)
        return TableCounts(
            table=self.table, file=self.source.name, columns=self.columns, rows=len(ids),
            quarantined=self.quarantined, repeated=self.repeated, ids=len(events), joined=joined,
            alone=alone, without=without, repairs={str(f): n for f, n in repairs.items()},
            unread=tuple(self.unread), notes=self.notes,
        )  # fmt: skip
