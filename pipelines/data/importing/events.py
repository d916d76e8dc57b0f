"""From rows of text to events: ids, weights and times, and why a row is not kept.

All values arrive as text and are cast here, so that no reader can drop a row by guessing a
wrong type. A row that the recipe leaves out has a `step`; a row that cannot be used has a
`reason`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.data.id_forms import normalized
from pipelines.data.importing.event_columns import (
    KEPT,
    NO_ID,
    NO_TYPE,
    NUMBERS,
    TYPE_WEIGHT,
    wanted,
)
from pipelines.data.importing.event_sql import events_sql
from pipelines.data.importing.event_weights import default_weight
from pipelines.data.importing.trimming import trimmed
from pipelines.data.recipe import Recipe
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def read(connection: duckdb.DuckDBPyConnection, rows: pa.Table, recipe: Recipe) -> pa.Table:
    """The events of a batch of rows (line, problem, c0, c1, … in the order of `wanted(recipe)`).

    Columns: line, user_id, item_id, weight float32, timestamp int64, reason, step, spaces,
    then the other columns of the recipe under their standard names; columns kept under their
    own names are prefixed with `KEPT`, so that they cannot clash with these. A column of numbers
    has another one with the prefix `UNREAD`: the text if it is no number, else null. The ids of
    rows with a reason are undefined.
    """
    import numpy as np
    import pyarrow as pa

    rows = _trimmed(rows, recipe)
    rows = _with_users(rows, recipe)
    rows = _with_type_weights(rows, recipe)
    # Several rows may come from one line.
    rows = rows.append_column("place", pa.array(np.arange(len(rows), dtype=np.int64)))
    connection.register("batch", rows)
    try:
        found = connection.sql(events_sql(recipe)).to_arrow_table()
    finally:
        connection.unregister("batch")
    if not found["place"].equals(rows["place"]):
        # DuckDB reads the parts of a table in parallel and may return them out of order.
        found = found.sort_by("place")
    found = found.drop_columns(["place"])
    # Text needs no cast, and passing it through DuckDB would copy it.
    for name, at in _texts(recipe).items():
        found = found.append_column(pa.field(name, pa.string()), rows[at])
    return found.append_column("spaces", rows["spaces"])


def _trimmed(rows: pa.Table, recipe: Recipe) -> pa.Table:
    """The rows with values stripped of surrounding spaces; empty values become null.

    The column `spaces` marks rows whose ids had some.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = (recipe.columns[C.USER], recipe.columns[C.ITEM], recipe.user_fallback)
    spaces = pa.scalar(False)
    for i, name in enumerate(wanted(recipe)):
        at = rows.column_names.index(f"c{i}")
        before = rows.column(at)
        after = trimmed(before)
        if name in ids:
            had = pc.not_equal(pc.binary_length(before), pc.binary_length(after))
            spaces = pc.or_(spaces, pc.fill_null(had, False))
        empty = pc.equal(pc.binary_length(after), 0)
        if pc.any(empty).as_py():
            after = pc.if_else(empty, pa.scalar(None, pa.string()), after)
        if recipe.normalize_ids and name in ids:
            after = normalized(after, recipe.normalize_ids)
        rows = rows.set_column(at, f"c{i}", after)
    return rows.append_column("spaces", spaces)


def _with_users(rows: pa.Table, recipe: Recipe) -> pa.Table:
    """The rows with the visitor's id where the user is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not recipe.user_fallback:
        return rows
    at = wanted(recipe)
    user, visitor = (f"c{at.index(c)}" for c in (recipe.columns[C.USER], recipe.user_fallback))
    users = rows[user]
    no_user = pc.or_(
        pc.is_null(users), pc.fill_null(pc.is_in(pc.ascii_lower(users), pa.array(NO_ID)), False)
    )
    filled = pc.if_else(no_user, rows[visitor], users)
    return rows.set_column(rows.column_names.index(user), user, filled)


def _with_type_weights(rows: pa.Table, recipe: Recipe) -> pa.Table:
    """The rows with the weight of their event type: the recipe's, or the default."""
    import pyarrow as pa

    if C.EVENT not in recipe.columns:
        return rows
    column = recipe.columns[C.EVENT]
    kinds = rows[f"c{wanted(recipe).index(column)}"].fill_null(NO_TYPE)
    coded = kinds.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    texts = coded.dictionary.to_pylist()
    weights = [
        recipe.weights[kind] if kind in recipe.weights else default_weight(kind, column)
        for kind in texts
    ]
    return rows.append_column(TYPE_WEIGHT, pa.array(weights, pa.float64()).take(coded.indices))


def _texts(recipe: Recipe) -> dict[str, str]:
    """The columns that stay text, and their positions in a batch."""
    at = {column: f"c{i}" for i, column in enumerate(wanted(recipe))}
    numbers = (C.WEIGHT, C.TIME, *NUMBERS)
    texts = {name: at[column] for name, column in recipe.columns.items() if name not in numbers}
    return texts | {KEPT + name: at[name] for name in recipe.keep}
