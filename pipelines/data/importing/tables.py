"""Tables of items and users: one row per id, standard names, all other columns kept.

They are read as events are: the same reader, the same reasons for quarantine, numbers and times
in the same forms. A value that cannot be read is missing, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipelines.data.dataset import TableCounts, Unread
from pipelines.data.id_forms import normalized
from pipelines.data.importing import joins, mapping
from pipelines.data.importing.events import no_id_sql
from pipelines.data.importing.names import ITEM_NAMES, USER_NAMES
from pipelines.data.importing.table_values import TableValues
from pipelines.data.quarantine import Quarantine
from pipelines.data.recipe import Reading, Recipe
from pipelines.data.sources import Source, open_source, sniffing
from pipelines.data.sources.batches import batches
from pipelines.data.sources.lines import Counts
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass
class Table:
    """A table that is open but not read yet; `columns` maps standard names to source columns."""

    table: Literal["items", "users"]
    source: Source
    columns: dict[str, str]
    recipe: Recipe
    reading: Reading
    quarantined: int = 0
    repeated: int = 0
    unread: list[Unread] = field(default_factory=list)

    @property
    def key(self) -> str:
        return C.ITEM if self.table == "items" else C.USER

    def read(self, connection: duckdb.DuckDBPyConnection, bad: Quarantine) -> pd.DataFrame:
        """The table as a frame, the id column first, as text; the first row of each id counts.

        Columns of numbers become numeric, true/false columns boolean, `created_at` a time. Rows
        that cannot be used go to quarantine; single values that cannot be read become missing.
        """
        import pandas as pd

        frame = self._rows(connection, bad)
        if frame.empty:
            raise AssayError(
                f"No row of {self.source.name!r} could be read as a table of {self.table}; check "
                f"its separator and its {self.key} column."
            )
        lines = frame.pop("line")
        named = {column: name for name, column in self.columns.items()}
        frame.columns = pd.Index([named.get(c, c) for c in self.source.columns])
        frame = frame[[self.key, *(c for c in frame.columns if c != self.key)]]
        first = ~frame.duplicated(self.key)
        self.repeated = int((~first).sum())
        frame, lines = frame[first].reset_index(drop=True), lines[first].reset_index(drop=True)
        semicolons = self.source.separator == ";"
        values = TableValues(self.source.name, self.recipe.times, self.reading.decimal, semicolons)
        typed = {}
        for column, texts in frame.items():
            typed[column], unread = values.typed(connection, texts, str(column), lines)
            self.unread += [] if unread is None else [unread]
        return pd.DataFrame(typed)

    def _rows(self, connection: duckdb.DuckDBPyConnection, bad: Quarantine) -> pd.DataFrame:
        """The rows that can be used as text: line, then the columns of the source."""
        import pandas as pd

        names = self.source.columns
        key_at = f"c{names.index(self.columns[self.key])}"
        shown = ", ".join(
            f"nullif(trim(c{i}, chr(32) || chr(9) || chr(10) || chr(13)), '') AS c{i}"
            for i in range(len(names))
        )
        parts = []
        for batch in batches(connection, self.source, names, Counts()):
            connection.register("batch", batch.rows)
            rows = connection.sql(
                f"""SELECT *, coalesce(problem, CASE {no_id_sql(key_at, "id")} END) AS reason
                    FROM (SELECT line, problem, {shown} FROM batch)"""
            ).to_arrow_table()
            connection.unregister("batch")
            wrong = rows.filter(rows["reason"].is_valid())
            lines = wrong["line"].combine_chunks()
            texts = batch.raw(lines.to_numpy())
            reasons = wrong["reason"].combine_chunks()
            bad.add(self.table, self.source.name, lines, reasons, texts)
            self.quarantined += len(wrong)
            good = rows.filter(rows["reason"].is_null()).drop_columns(["problem", "reason"])
            if self.recipe.normalize_ids:
                at = good.column_names.index(key_at)
                ids = normalized(good[key_at], self.recipe.normalize_ids)
                good = good.set_column(at, key_at, ids)
            parts.append(good.to_pandas())
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

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
            unread=tuple(self.unread), notes=self.source.notes,
        )  # fmt: skip


def opened(path: Path, table: Literal["items", "users"], recipe: Recipe) -> Table:
    """Open a table. If no column is recognized as the id, the name used in the events counts."""
    names = ITEM_NAMES if table == "items" else USER_NAMES
    key = C.ITEM if table == "items" else C.USER
    given = dict(recipe.item_columns if table == "items" else recipe.user_columns)
    reading = _reading(path, recipe.items_reading if table == "items" else recipe.users_reading,
                       recipe)  # fmt: skip
    source = open_source(path, reading, given.values())
    same = recipe.columns[key]
    if same in source.columns and key not in given:
        found = mapping.match(source.columns, given, names=names, need=(key,))
        # The events' own column joins better than one of the further names.
        known = mapping.known(found.mapping.get(key, ""), key, names)
        if key in found.missing or key in found.ambiguous or not known:
            given[key] = same
    columns = mapping.resolve(source.columns, given, names=names, need=(key,))
    _check_clashes(source, columns, names)
    return Table(table, source, columns, recipe, reading)


def _reading(path: Path, own: Reading | None, recipe: Recipe) -> Reading:
    """How a table is read: as its own reading says, else as the events where that fits.

    Separator and header are those of a file, so they are detected; so is an encoding that the
    file itself shows.
    """
    if own is not None:
        return own
    of_events = recipe.reading
    shared: dict[str, object] = {"quote": of_events.quote, "escape": of_events.escape}
    if of_events.encoding and not sniffing.shows_unicode(path):
        shared["encoding"] = of_events.encoding
    return Reading.model_validate(shared)


def _check_clashes(
    source: Source, columns: dict[str, str], names: dict[str, tuple[str, ...]]
) -> None:
    """Raise `AssayError` if a column has the standard name that another one is mapped to."""
    for standard, column in columns.items():
        if standard != column and standard in source.columns and standard in names:
            raise AssayError(
                f"{source.name!r} has a column {standard!r}, and {column!r} is also read as "
                f"{standard}; rename one of them."
            )
