"""Tables of items and users: one row per id, standard names, all other columns kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipelines.data.importing import mapping
from pipelines.data.importing.events import no_id_sql
from pipelines.data.importing.moments import seconds_sql
from pipelines.data.quarantine import Quarantine
from pipelines.data.recipe import Recipe, Times
from pipelines.data.sources import Source, open_source
from pipelines.data.sources.batches import batches
from pipelines.data.sources.lines import Counts
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_TEXTS = (C.ITEM, C.USER, C.TITLE, C.CATEGORIES, C.IMAGE)
_TRUE, _FALSE = {"true", "t", "yes", "y", "1", "1.0"}, {"false", "f", "no", "n", "0", "0.0"}


@dataclass
class Table:
    """A table that is open but not read yet; `columns` maps standard names to source columns."""

    table: Literal["items", "users"]
    source: Source
    columns: dict[str, str]
    times: Times
    notes: list[str] = field(default_factory=list)
    """Notes from reading, such as repeated ids."""

    @property
    def key(self) -> str:
        return C.ITEM if self.table == "items" else C.USER

    def read(self, connection: duckdb.DuckDBPyConnection, bad: Quarantine) -> pd.DataFrame:
        """The table as a frame, the id column first, as text; the first row of each id counts.

        Columns whose values are all numbers become numeric, true/false columns boolean,
        `created_at` a time. Rows that cannot be used go to quarantine.
        """
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
            good = rows.filter(rows["reason"].is_null())
            parts.append(good.drop_columns(["line", "problem", "reason"]).to_pandas())
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        if frame.empty:
            raise AssayError(
                f"No row of {self.source.name!r} could be read as a table of {self.table}; check "
                f"its separator and its {self.key} column."
            )
        named = {column: name for name, column in self.columns.items()}
        frame.columns = pd.Index([named.get(c, c) for c in names])
        frame = frame[[self.key, *(c for c in frame.columns if c != self.key)]]
        repeated = int(frame.duplicated(self.key).sum())
        if repeated:
            self.notes.append(
                f"rows of {self.source.name} that repeat an id and are ignored: {repeated:,}"
            )
        frame = frame.drop_duplicates(self.key, ignore_index=True)
        return pd.DataFrame(
            {
                column: _moments(connection, values, self.times)
                if column == C.CREATED
                else _typed(values, str(column))
                for column, values in frame.items()
            }
        )


def opened(path: Path, table: Literal["items", "users"], recipe: Recipe) -> Table:
    """Open a table. If no column is recognized as the id, the name used in the events counts."""
    names = mapping.ITEM_NAMES if table == "items" else mapping.USER_NAMES
    key = C.ITEM if table == "items" else C.USER
    source = open_source(path)
    given = dict(recipe.item_columns if table == "items" else recipe.user_columns)
    same = recipe.columns[key]
    if same in source.columns and key not in given:
        found = mapping.match(source.columns, given, names=names, need=(key,))
        if key in found.missing or key in found.ambiguous:
            given[key] = same
    columns = mapping.resolve(source.columns, given, names=names, need=(key,))
    _check_clashes(source, columns, names)
    return Table(table, source, columns, recipe.times)


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


def _moments(
    connection: duckdb.DuckDBPyConnection, values: pd.Series, times: Times
) -> pd.Series:  # fmt: skip
    """Times in UTC, to the second; missing if they cannot be read."""
    import pandas as pd

    connection.register("moments", pd.DataFrame({"v": values.astype("str")}))
    seconds = connection.sql(f"SELECT {seconds_sql('v', times)} AS s FROM moments").df()["s"]
    connection.unregister("moments")
    return pd.to_datetime(seconds.set_axis(values.index), unit="s", utc=True).dt.floor("s")


def _typed(values: pd.Series, column: str) -> pd.Series:
    import pandas as pd

    if column == C.CATEGORIES:
        return values.map(_categories, na_action="ignore")
    if column in _TEXTS:
        return values
    if column in (C.AVAILABLE, C.SPONSORED):
        lower = values.str.lower()
        if lower.dropna().isin(_TRUE | _FALSE).all():
            # Missing values: items are available, and not sponsored.
            return lower.isin(_TRUE) | (lower.isna() & (column == C.AVAILABLE))
        raise AssayError(
            f"The column for {column} must hold true or false, not "
            f"{lower[~lower.isin(_TRUE | _FALSE)].dropna().iloc[0][:40]!r}."
        )
    numbers = pd.to_numeric(values, errors="coerce")
    if values.notna().any() and numbers[values.notna()].notna().all():
        return numbers
    if column == C.PRICE:
        raise AssayError("The column for price must hold numbers; remove currency signs.")
    return values


def _categories(text: str) -> str | None:
    """Categories separated by "|": a list such as `["a", "b"]` is converted."""
    if text.startswith("[") and text.endswith("]"):
        parts = (part.strip(" \"'") for part in text[1:-1].split(","))
        text = "|".join(part for part in parts if part)
    return text or None
