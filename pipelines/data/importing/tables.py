"""Tables of items and users: one row per id, standard names, all other columns kept.

They are read as events are: the same reader, the same reasons for quarantine, numbers and times
in the same forms. A value that cannot be read is missing, and counted.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipelines.data.dataset import TableCounts, Unread
from pipelines.data.id_forms import normalized
from pipelines.data.importing import joins, mapping
from pipelines.data.importing.events import no_id_sql
from pipelines.data.importing.moments import seconds_sql, within_sql
from pipelines.data.importing.names import ITEM_NAMES, USER_NAMES
from pipelines.data.importing.number_text import NO_NUMBER, decimal_of, read_numbers
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

_TEXTS = (C.ITEM, C.USER, C.TITLE, C.CATEGORIES, C.IMAGE)
_TRUE, _FALSE = {"true", "t", "yes", "y", "1", "1.0"}, {"false", "f", "no", "n", "0", "0.0"}
_MOSTLY = 0.9
"""The share of a column's values that must be numbers for it to be read as numbers."""


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
        return pd.DataFrame(
            {
                column: self._typed(connection, values, str(column), lines)
                for column, values in frame.items()
            }
        )

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

    def _typed(
        self,
        connection: duckdb.DuckDBPyConnection,
        values: pd.Series,
        column: str,
        lines: pd.Series,
    ) -> pd.Series:
        if column == C.CATEGORIES:
            return values.map(categories, na_action="ignore")
        if column in _TEXTS:
            return values
        if column == C.CREATED:
            found = _moments(connection, values, self.recipe)
            self._count(column, values, found.isna(), lines)
            return found
        if column in (C.AVAILABLE, C.SPONSORED):
            lower = values.str.lower()
            self._count(column, values, ~lower.isin(_TRUE | _FALSE), lines)
            # Missing values: items are available, and not sponsored.
            missing = ~lower.isin(_TRUE | _FALSE) & (column == C.AVAILABLE)
            return lower.isin(_TRUE) | missing
        there = values.where(~values.str.lower().isin(NO_NUMBER))
        if column != C.PRICE and not _may_be_numbers(there):
            return values
        decimal = self.reading.decimal or _decimal(there, self.source)
        numbers = read_numbers(connection, there, decimal)
        if column != C.PRICE and numbers.notna().sum() < _MOSTLY * there.notna().sum():
            return values
        self._count(column, there, numbers.isna(), lines)
        return numbers

    def _count(self, column: str, values: pd.Series, unread: pd.Series, lines: pd.Series) -> None:
        wrong = unread & values.notna()
        if wrong.any():
            at = int(wrong.argmax())
            self.unread.append(
                Unread(
                    column=column, count=int(wrong.sum()), line=int(lines.iloc[at]),
                    value=str(values.iloc[at])[:40], file=self.source.name,
                )
            )  # fmt: skip

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


def _moments(connection: duckdb.DuckDBPyConnection, values: pd.Series, recipe: Recipe) -> pd.Series:
    """Times in UTC, to the second; missing if they cannot be read."""
    import pandas as pd

    frame = pd.DataFrame({"i": range(len(values)), "v": values.astype("str").to_numpy()})
    connection.register("moments", frame)
    read = f"SELECT i, {seconds_sql('v', recipe.times)} AS s FROM moments"
    sql = f"SELECT {within_sql('s')} AS s FROM ({read}) ORDER BY i"
    seconds = connection.sql(sql).df()["s"]
    connection.unregister("moments")
    return pd.to_datetime(seconds.set_axis(values.index), unit="s", utc=True).dt.floor("s")


def _may_be_numbers(values: pd.Series) -> bool:
    """Whether texts may be measures: codes such as 02400 are not."""
    there = values.dropna()
    if there.empty or there.str.match(r"0[0-9]").any():
        return False
    return bool(there.str.contains(r"[0-9]").mean() >= _MOSTLY)


def _decimal(values: pd.Series, source: Source) -> Literal[".", ","] | None:
    import pyarrow as pa

    texts = pa.chunked_array([pa.array(values.dropna(), pa.string())])
    return decimal_of(texts, semicolons=source.separator == ";")


def categories(text: str) -> str | None:
    """Categories separated by "|": a list such as `["a", "b"]` is converted, commas and all."""
    if text.startswith("[") and text.endswith("]"):
        text = "|".join(part for part in _listed(text) if part)
    return text or None


def _listed(text: str) -> list[str]:
    """The texts of a list in JSON, as Python writes it, or without quote marks."""
    for parse in (json.loads, ast.literal_eval):
        try:
            found = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, list):
            flat = [x for part in found for x in (part if isinstance(part, list) else [part])]
            return [str(part).strip() for part in flat if part is not None]
    return [part.strip(" \"'") for part in re.split(",", text[1:-1])]
