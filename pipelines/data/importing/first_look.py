"""What the first rows of sources show a plan: the columns, their values, and a sample.

A plan says all of it before the rows are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.data.importing import event_columns, events, proposals
from pipelines.data.importing.column_content import ColumnContent, by_content, column_contents
from pipelines.data.importing.mapping import Match, match
from pipelines.data.importing.names import EVENT_NAMES
from pipelines.data.importing.order_lines import OrderLines
from pipelines.data.recipe import Recipe
from pipelines.data.sources import QuerySource, Source, parquet
from pipelines.data.sources.batches import first_rows
from pipelines.data.sources.nested import array_of
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

MOST_ARRAYS = 6
"""Arrays of a nested file whose columns are looked at, and the columns outside arrays."""
MOST_TYPES = 1_000
"""A column with more different values does not hold event types."""


def matched(
    connection: duckdb.DuckDBPyConnection,
    source: Source | QuerySource,
    given: dict[str, str],
    fixed: bool,
) -> tuple[Match, list[str]]:
    """The columns by name, completed by content, and the standard names that content decided."""
    hidden = tuple(source.layout.hidden) if isinstance(source, Source) else ()
    if fixed:
        everything = dict.fromkeys(EVENT_NAMES, "")
        return match(source.columns, everything | given, hidden=hidden), []
    found = match(source.columns, given, hidden=hidden)
    contents: dict[str, ColumnContent] = {}
    for columns in _groups(source):
        head = first_rows(connection, source, columns)
        if head is not None:
            contents |= column_contents(connection, head.rows, columns)
    left_out = {standard for standard, column in given.items() if not column}
    return by_content(found, contents, left_out, set(given))


def _groups(source: Source | QuerySource) -> list[tuple[str, ...]]:
    """The columns with plain values, in groups that can be read together."""
    if not isinstance(source, Source):
        return [source.columns]
    columns = parquet.flat(source) if source.kind == "parquet" else source.columns
    of_array: dict[tuple[str, ...] | None, list[str]] = {None: []}
    for column in columns:
        of_array.setdefault(source.layout.place(column).array, []).append(column)
    return [tuple(group) for group in list(of_array.values())[:MOST_ARRAYS] if group]


def _has(source: Source | QuerySource, recipe: Recipe) -> bool:
    return all(column in source.columns for column in recipe.columns.values())


def _head(
    connection: duckdb.DuckDBPyConnection, source: Source | QuerySource, recipe: Recipe
) -> proposals.Head:
    """The first rows of the columns that a recipe reads, and of those that it could."""
    columns = list(dict.fromkeys([*recipe.columns.values(), *proposals.candidates(source.columns)]))
    if isinstance(source, Source):
        try:
            array_of(source.layout.place(column) for column in columns)
        except AssayError:
            columns = list(dict.fromkeys(recipe.columns.values()))
    head = first_rows(connection, source, columns) if columns else None
    return proposals.Head.of(source.name, columns, None if head is None else head.rows)


def heads(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source | QuerySource],
    recipe: Recipe,
) -> list[proposals.Head]:
    """The first rows of each source that has the columns of the recipe."""
    return [_head(connection, source, recipe) for source in sources if _has(source, recipe)]


def first_time(found: Sequence[proposals.Head], recipe: Recipe) -> str:
    """The first time in the column of times; "" if there is none."""
    column = recipe.columns.get(C.TIME)
    return next((str(texts[0]) for head in found if len(texts := head.texts(column))), "")


def sample(
    connection: duckdb.DuckDBPyConnection, source: Source | QuerySource, recipe: Recipe, rows: int
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The first rows as the import would read them, and the event types in the first block."""
    import pandas as pd

    shown = [*recipe.columns, *(event_columns.KEPT + name for name in recipe.keep)]
    if C.USER not in recipe.columns or C.ITEM not in recipe.columns:
        return pd.DataFrame(columns=shown), {}
    types: Counter[str] = Counter()
    head = first_rows(connection, source, event_columns.wanted(recipe))
    if head is None:
        return pd.DataFrame(columns=shown), {}
    read = events.read(connection, OrderLines(recipe).filled(head.rows), recipe)
    if C.EVENT in recipe.columns:
        kinds = read[C.EVENT].filter(read["reason"].is_null()).fill_null(event_columns.NO_TYPE)
        types.update({v["values"]: v["counts"] for v in kinds.value_counts().to_pylist()})
        check_types(recipe, types)
    frame = read.slice(0, rows).to_pandas()
    frame["problem"] = frame["reason"].fillna(frame["step"])
    if C.TIME in recipe.columns:
        frame[C.TIME] = pd.to_datetime(frame[C.TIME], unit="s", utc=True)
    frame = frame[[*shown, *(["problem"] if frame["problem"].notna().any() else [])]]
    return frame.rename(columns=lambda name: name.removeprefix(event_columns.KEPT)), dict(types)


def check_types(recipe: Recipe, types: Counter[str]) -> None:
    """Raise `AssayError` if the column has too many different values for event types."""
    if len(types) > MOST_TYPES:
        raise AssayError(
            f"The column {recipe.columns[C.EVENT]!r} has more than {MOST_TYPES:,} different "
            "values, too many for event types; leave it out with --map event_type=."
        )
