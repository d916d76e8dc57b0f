"""Tables of items and of users: one row per id, standard names, every other column kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.data import mapping, quarantine
from pipelines.data.batches import batches
from pipelines.data.lines import Counts
from pipelines.data.sources import open_source
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_TEXTS = (C.ITEM, C.USER, C.TITLE, C.CATEGORIES)
_TRUE, _FALSE = {"true", "t", "yes", "y", "1", "1.0"}, {"false", "f", "no", "n", "0", "0.0"}


def read_table(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: str,
    given: Mapping[str, str] | None = None,
    id_in_events: str | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """The frame of `items` or `users` from a file, and notes on what was met.

    Where no column is recognized as the id, one named like the events' (`id_in_events`) is it.

    The id column comes first, as text; of twice-given ids the first row counts. Numbers and
    yes/no columns get their type where every value has it. Bad rows go to quarantine.
    """
    import pandas as pd

    names = mapping.ITEM_NAMES if table == "items" else mapping.USER_NAMES
    key = C.ITEM if table == "items" else C.USER
    source = open_source(path)
    given = dict(given or {})
    if id_in_events in source.columns and key not in given:
        found = mapping.match(source.columns, given, names=names, need=(key,))
        if key in found.missing or key in found.ambiguous:
            given[key] = id_in_events
    standard = mapping.resolve(source.columns, given, names=names, need=(key,))
    named = {column: name for name, column in standard.items()}
    key_at = source.columns.index(standard[key])
    counts = Counts()
    parts = []
    for _ in batches(connection, source, source.columns, counts):
        id_ = f"c{key_at}"
        bad = f"coalesce(problem, CASE WHEN {id_} IS NULL THEN 'the id is missing' END)"
        quarantine.add_from(connection, table, "batch", bad)
        parts.append(
            connection.execute(
                f"SELECT * EXCLUDE (line, text, problem) FROM batch WHERE {bad} IS NULL"
            ).df()
        )
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if frame.empty:
        raise AssayError(
            f"No row of {path.name!r} could be read as a table of {table}; check its separator "
            f"and its column for {key}."
        )
    frame.columns = pd.Index([named.get(c, c) for c in source.columns])
    frame = frame[[key, *(c for c in frame.columns if c != key)]]
    twice = int(frame.duplicated(key).sum())
    frame = frame.drop_duplicates(key, ignore_index=True)
    for column in frame.columns:
        frame[column] = _typed(frame[column], str(column))
    notes = (
        [f"rows of {path.name} that repeat an id, of which the first counts: {twice:,}"]
        if twice
        else []
    )
    return frame, notes


def _typed(values: pd.Series, column: str) -> pd.Series:
    import pandas as pd

    if column == C.CATEGORIES:
        return values.map(_categories, na_action="ignore")
    if column in _TEXTS:
        return values
    if column in (C.AVAILABLE, C.SPONSORED):
        lower = values.str.lower()
        if lower.dropna().isin(_TRUE | _FALSE).all():
            # What is not said to be unavailable is available; nothing is sponsored unsaid.
            return lower.isin(_TRUE) | (lower.isna() & (column == C.AVAILABLE))
        raise AssayError(
            f"The column for {column} must hold true or false, and holds "
            f"{lower[~lower.isin(_TRUE | _FALSE)].dropna().iloc[0][:40]!r}."
        )
    numbers = pd.to_numeric(values, errors="coerce")
    if values.notna().any() and numbers[values.notna()].notna().all():
        return numbers
    if column == C.PRICE:
        raise AssayError("The column for price must hold numbers; take out currency signs.")
    return values


def _categories(text: str) -> str | None:
    """Parts divided by "|": from a list's text such as `["a", "b"]`, or as it is."""
    if text.startswith("[") and text.endswith("]"):
        parts = (part.strip(" \"'") for part in text[1:-1].split(","))
        text = "|".join(part for part in parts if part)
    return text or None
