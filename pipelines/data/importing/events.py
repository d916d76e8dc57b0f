"""From rows of text to events: ids, weights and times, and why a row is not kept.

All values arrive as text and are cast here, so that no reader can drop a row by guessing a
wrong type. A row that the recipe leaves out has a `step`; a row that cannot be used has a
`reason`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.data.importing.event_weights import weight_sql
from pipelines.data.importing.moments import seconds_sql
from pipelines.data.recipe import Recipe
from pipelines.data.sources.splitting import quoted
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LONGEST_ID = 1_000
RETURNS = "returns and cancellations"
TYPES = "event types left out"
LEAST = "below the minimum weight"
STEPS = (RETURNS, TYPES, LEAST)
"""Steps of the recipe that leave out single rows, in their order."""
NO_TYPE = "(none)"
KEPT = "kept: "
NOT_KEPT = (C.USER, C.ITEM, C.WEIGHT, C.TIME, C.ORDER)
"""Columns of events that are not stored unchanged with each event."""
NUMBERS = (C.VALUE, C.POSITION, C.PROPENSITY, C.PRICE)
"""Columns of events that are stored as numbers."""
NO_ID = ("null", "nan", "none", "nat", "\\n", "<na>")
"""Texts that stand for a missing id in exports, in any case."""


def read(connection: duckdb.DuckDBPyConnection, rows: pa.Table, recipe: Recipe) -> pa.Table:
    """The events of a batch of rows (line, problem, c0, c1, … in the order of `wanted(recipe)`).

    Columns: line, user_id, item_id, weight float32, timestamp int64, reason, step, spaces,
    then the other columns of the recipe under their standard names; columns kept under their
    own names are prefixed with `KEPT`, so that they cannot clash with these. The ids of rows
    with a reason are undefined.
    """
    import pyarrow as pa

    rows = _trimmed(rows, recipe)
    connection.register("batch", rows)
    try:
        found = connection.sql(_sql(recipe)).to_arrow_table()
    finally:
        connection.unregister("batch")
    if not found["line"].equals(rows["line"]):
        # DuckDB reads the parts of a table in parallel and may return them out of order.
        found = found.sort_by("line")
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

    spaces = pa.scalar(False)
    for i, name in enumerate(wanted(recipe)):
        at = rows.column_names.index(f"c{i}")
        before = rows.column(at)
        after = pc.ascii_trim_whitespace(before)
        if name in (recipe.columns[C.USER], recipe.columns[C.ITEM]):
            had = pc.not_equal(pc.binary_length(before), pc.binary_length(after))
            spaces = pc.or_(spaces, pc.fill_null(had, False))
        empty = pc.equal(pc.binary_length(after), 0)
        if pc.any(empty).as_py():
            after = pc.if_else(empty, pa.scalar(None, pa.string()), after)
        rows = rows.set_column(at, f"c{i}", after)
    return rows.append_column("spaces", spaces)


def _texts(recipe: Recipe) -> dict[str, str]:
    """The columns that stay text, and their positions in a batch."""
    at = {column: f"c{i}" for i, column in enumerate(wanted(recipe))}
    numbers = (C.WEIGHT, C.TIME, *NUMBERS)
    texts = {name: at[column] for name, column in recipe.columns.items() if name not in numbers}
    return texts | {KEPT + name: at[name] for name in recipe.keep}


def wanted(recipe: Recipe) -> list[str]:
    """The columns of the source that a recipe reads."""
    return list(dict.fromkeys([*recipe.columns.values(), *recipe.keep]))


def _sql(recipe: Recipe) -> str:
    at = {column: f"c{i}" for i, column in enumerate(wanted(recipe))}
    names = [f'{at[column]} AS "{name}"' for name, column in recipe.columns.items()]
    seconds = seconds_sql('"timestamp"', recipe.times) if C.TIME in recipe.columns else "0"
    shown = [
        "line", f"{_weight(recipe)} AS weight", 'CAST(floor(seconds) AS BIGINT) AS "timestamp"',
        f"CASE {_reasons(recipe)} END AS reason", f"CASE {_steps(recipe)} END AS step",
    ]  # fmt: skip
    shown += [f'TRY_CAST("{n}" AS FLOAT) AS "{n}"' for n in NUMBERS if n in recipe.columns]
    return f"""
        SELECT {", ".join(shown)}
        FROM (SELECT *, {seconds} AS seconds
              FROM (SELECT line, problem, {", ".join(names)} FROM batch))"""


def _raw_weight() -> str:
    # As float32, to detect here a tiny weight that would become zero.
    return "TRY_CAST(weight AS FLOAT)"


def _weight(recipe: Recipe) -> str:
    weight = "CAST(1 AS FLOAT)"
    if C.WEIGHT in recipe.columns:
        weight = _raw_weight()
        if C.EVENT in recipe.columns:
            weight = f"coalesce({weight}, 1)"
    if C.EVENT in recipe.columns:
        weight = f"CAST({weight} * {_type_weight(recipe)} AS FLOAT)"
    return weight


def _type_weight(recipe: Recipe) -> str:
    return weight_sql(f"coalesce({C.EVENT}, {quoted(NO_TYPE)})", recipe.weights)


def no_id_sql(column: str, what: str) -> str:
    """SQL for why a text is not an id: the branches of a CASE."""
    missing = ", ".join(map(quoted, NO_ID))
    return f"""WHEN {column} IS NULL OR lower({column}) IN ({missing}) THEN 'the {what} is missing'
        WHEN length({column}) > {LONGEST_ID}
        THEN 'the {what} is longer than {LONGEST_ID:,} characters'"""


def _reasons(recipe: Recipe) -> str:
    """SQL for why a row cannot be used; the first matching branch counts."""
    reasons = ["WHEN problem IS NOT NULL THEN problem"]
    for what, c in (("user", C.USER), ("item", C.ITEM)):
        reasons.append(no_id_sql(c, what))
    if C.WEIGHT in recipe.columns:
        weight = _raw_weight()
        if C.EVENT not in recipe.columns:
            # A view has no quantity; without event types, a missing weight is an error.
            reasons.append("WHEN weight IS NULL THEN 'the weight is missing'")
        reasons += [
            f"WHEN weight IS NOT NULL AND {weight} IS NULL THEN 'the weight is not a number'",
            f"WHEN isnan({weight}) THEN 'the weight is NaN'",
            f"WHEN isinf({weight}) THEN 'the weight is infinite'",
            f"WHEN {weight} = 0 THEN 'the weight is zero'",
            # So that products and sums of weights stay within float32.
            f"WHEN abs({weight}) NOT BETWEEN 1e-15 AND 1e15 "
            "THEN 'the weight is not between 1e-15 and 1e15'",
        ]
        if recipe.returns == "quarantine":
            reasons.append(f"WHEN {weight} < 0 THEN 'the weight is negative'")
    if C.TIME in recipe.columns:
        reasons += [
            "WHEN \"timestamp\" IS NULL THEN 'the time is missing'",
            "WHEN seconds IS NULL "
            "THEN 'the time cannot be read, or is outside the years 1970 to 2099'",
        ]
    return " ".join(reasons)


def _steps(recipe: Recipe) -> str:
    """SQL for the step of the recipe that leaves a row out."""
    steps = []
    if recipe.returns == "take-out":
        signs = []
        if C.WEIGHT in recipe.columns:
            signs.append(f"{_raw_weight()} < 0")
        if C.ORDER in recipe.columns:
            # Shop systems mark a cancelled order by a C before its number.
            signs.append(f"regexp_matches({C.ORDER}, '^[Cc][0-9]+$')")
        if signs:
            steps.append(f"WHEN {' OR '.join(signs)} THEN {quoted(RETURNS)}")
    if C.EVENT in recipe.columns:
        steps.append(f"WHEN {_type_weight(recipe)} = 0 THEN {quoted(TYPES)}")
    if C.WEIGHT in recipe.columns and recipe.least_weight is not None:
        steps.append(f"WHEN {_raw_weight()} < {recipe.least_weight!r} THEN {quoted(LEAST)}")
    return " ".join(steps) or "WHEN false THEN ''"
