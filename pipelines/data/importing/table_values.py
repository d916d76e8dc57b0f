"""The values of a table of items or users: texts become numbers, times, categories, true or false.

A value that cannot be read is missing, and counted.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.data.dataset import Unread
from pipelines.data.importing.moments import seconds_sql, within_sql
from pipelines.data.importing.number_text import NO_NUMBER, decimal_of, read_numbers
from pipelines.data.recipe import Decimal, Times
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_TEXTS = (C.ITEM, C.USER, C.TITLE, C.CATEGORIES, C.IMAGE)
_TRUE, _FALSE = {"true", "t", "yes", "y", "1", "1.0"}, {"false", "f", "no", "n", "0", "0.0"}
_MOSTLY = 0.9
"""The share of a column's values that must be numbers for it to be read as numbers."""


@dataclass(frozen=True)
class TableValues:
    """How the texts of one table are read; without `decimal`, each column shows its own mark."""

    file: str
    times: Times
    decimal: Decimal | None
    semicolons: bool
    """Whether semicolons part the columns of the file."""

    def typed(
        self,
        connection: duckdb.DuckDBPyConnection,
        values: pd.Series,
        column: str,
        lines: pd.Series,
    ) -> tuple[pd.Series, Unread | None]:
        """A column's values by its standard name, or by what they are; and those unread."""
        if column == C.CATEGORIES:
            return values.map(categories, na_action="ignore"), None
        if column in _TEXTS:
            return values, None
        if column == C.CREATED:
            found = _moments(connection, values, self.times)
            return found, self._unread(column, values, found.isna(), lines)
        if column in (C.AVAILABLE, C.SPONSORED):
            lower = values.str.lower()
            unread = self._unread(column, values, ~lower.isin(_TRUE | _FALSE), lines)
            # Missing values: items are available, and not sponsored.
            missing = ~lower.isin(_TRUE | _FALSE) & (column == C.AVAILABLE)
            return lower.isin(_TRUE) | missing, unread
        there = values.where(~values.str.lower().isin(NO_NUMBER))
        if column != C.PRICE and not _may_be_numbers(there):
            return values, None
        numbers = read_numbers(connection, there, self.decimal or self.decimal_of(there))
        if column != C.PRICE and numbers.notna().sum() < _MOSTLY * there.notna().sum():
            return values, None
        return numbers, self._unread(column, there, numbers.isna(), lines)

    def decimal_of(self, values: pd.Series) -> Decimal | None:
        """The decimal mark that a column shows."""
        import pyarrow as pa

        texts = pa.chunked_array([pa.array(values.dropna(), pa.string())])
        return decimal_of(texts, semicolons=self.semicolons)

    def _unread(
        self, column: str, values: pd.Series, unread: pd.Series, lines: pd.Series
    ) -> Unread | None:
        wrong = unread & values.notna()
        if not wrong.any():
            return None
        at = int(wrong.argmax())
        return Unread(
            column=column, count=int(wrong.sum()), line=int(lines.iloc[at]),
            value=str(values.iloc[at])[:40], file=self.file,
        )  # fmt: skip


def _moments(connection: duckdb.DuckDBPyConnection, values: pd.Series, times: Times) -> pd.Series:
    """Times in UTC, to the second; missing if they cannot be read."""
    import pandas as pd

    frame = pd.DataFrame({"i": range(len(values)), "v": values.astype("str").to_numpy()})
    connection.register("moments", frame)
    read = f"SELECT i, {seconds_sql('v', times)} AS s FROM moments"
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
