"""From rows of text to events: ids, weights and times, and why a row is not kept.

All values arrive as text and are cast here, so that no reader can drop a row by guessing a
wrong type. A row that the recipe leaves out has a `step`; a row that cannot be used has a
`reason`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.data.id_forms import normalized
from pipelines.data.importing.event_weights import default_weight
from pipelines.data.importing.moments import seconds_sql, within_sql
from pipelines.data.importing.number_text import NO_NUMBER, number_sql
from pipelines.data.importing.trimming import trimmed
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
UNREAD = "unread: "
_TYPE_WEIGHT = "type weight"
NOT_KEPT = (C.USER, C.ITEM, C.WEIGHT, C.TIME, C.ORDER)
"""Columns of events that are not stored unchanged with each event."""
NUMBERS = (C.VALUE, C.POSITION, C.PROPENSITY, C.PRICE)
"""Columns of events that are stored as numbers."""
NO_ID = ("null", "nan", "none", "nat", "\\n", "<na>")
"""Texts that stand for a missing id in exports, in any case."""
TOTALS = (
    "total", "totals", "grand total", "subtotal", "sub-total", "sub total", "summe", "gesamt",
    "gesamtsumme", "zwischensumme", "endsumme", "total general", "total général", "sous-total",
    "total geral", "totale", "subtotale", "totale generale", "totaal", "subtotaal", "razem",
    "toplam", "genel toplam", "итого", "всего", "合计", "总计", "小计", "合計", "小計", "합계",
    "소계",
)  # fmt: skip
"""Texts in place of an id that mark a line of totals in a report, in lower case."""


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
        found = connection.sql(_sql(recipe)).to_arrow_table()
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
    return rows.append_column(_TYPE_WEIGHT, pa.array(weights, pa.float64()).take(coded.indices))


def _texts(recipe: Recipe) -> dict[str, str]:
    """The columns that stay text, and their positions in a batch."""
    at = {column: f"c{i}" for i, column in enumerate(wanted(recipe))}
    numbers = (C.WEIGHT, C.TIME, *NUMBERS)
    texts = {name: at[column] for name, column in recipe.columns.items() if name not in numbers}
    return texts | {KEPT + name: at[name] for name in recipe.keep}


def wanted(recipe: Recipe) -> list[str]:
    """The columns of the source that a recipe reads."""
    beside = [column for column in (recipe.user_fallback, recipe.times.clock) if column]
    return list(dict.fromkeys([*recipe.columns.values(), *beside, *recipe.keep]))


def _sql(recipe: Recipe) -> str:
    at = {column: f"c{i}" for i, column in enumerate(wanted(recipe))}
    texts = {name: at[column] for name, column in recipe.columns.items()}
    if C.TIME in texts and recipe.times.clock:
        day, clock = texts[C.TIME], at[recipe.times.clock]
        texts[C.TIME] = f"CASE WHEN {day} IS NOT NULL THEN concat_ws(' ', {day}, {clock}) END"
    names = [f'{text} AS "{name}"' for name, text in texts.items()]
    if C.EVENT in recipe.columns:
        names.append(f'"{_TYPE_WEIGHT}"')
    numbers = [name for name in NUMBERS if name in recipe.columns]
    decimal = recipe.reading.decimal
    # As float32, to detect here a tiny weight that would become zero.
    read = [f'{number_sql(_quoted(n), decimal, "FLOAT")} AS "number {n}"' for n in numbers]
    if C.WEIGHT in recipe.columns:
        read.append(f"{number_sql('weight', decimal, 'FLOAT')} AS number")
    seconds = seconds_sql('"timestamp"', recipe.times) if C.TIME in recipe.columns else "0"
    shown = [
        "line", "place", f"{_weight(recipe)} AS weight",
        'CAST(floor(seconds) AS BIGINT) AS "timestamp"',
        f"CASE {_reasons(recipe)} END AS reason", f"CASE {_steps(recipe)} END AS step",
    ]  # fmt: skip
    missing = ", ".join(map(quoted, NO_NUMBER))
    shown += [f'"number {n}" AS "{n}"' for n in numbers]
    shown += [
        f'CASE WHEN "number {n}" IS NULL AND lower({_quoted(n)}) NOT IN ({missing}) '
        f'THEN {_quoted(n)} END AS "{UNREAD}{n}"'
        for n in numbers
    ]
    return f"""
        SELECT {", ".join(shown)}
        FROM (SELECT *, {within_sql("written")} AS seconds
              FROM (SELECT {", ".join(["*", f"{seconds} AS written", *read])}
                    FROM (SELECT line, problem, place, {", ".join(names)} FROM batch)))"""


def _quoted(name: str) -> str:
    return f'"{name}"'


def _weight(recipe: Recipe) -> str:
    weight = "CAST(1 AS FLOAT)"
    if C.WEIGHT in recipe.columns:
        weight = "number"
        if C.EVENT in recipe.columns:
            weight = "coalesce(number, 1)"
    if C.EVENT in recipe.columns:
        weight = f'TRY_CAST({weight} * "{_TYPE_WEIGHT}" AS FLOAT)'
    return weight


def no_id_sql(column: str, what: str) -> str:
    """SQL for why a text is not an id: the branches of a CASE."""
    missing, totals = (", ".join(map(quoted, texts)) for texts in (NO_ID, TOTALS))
    # A nested value as an id would be a new one with each price in it.
    nested = f"regexp_matches({column}, '^(?:[{{].*[}}]|[[].*[]])$')"
    json = f"json_type(CASE WHEN json_valid({column}) THEN {column} END)"
    return f"""WHEN {column} IS NULL OR lower({column}) IN ({missing}) THEN 'the {what} is missing'
        WHEN lower(rtrim({column}, ': ')) IN ({totals}) THEN 'the line is a total'
        WHEN length({column}) > {LONGEST_ID}
        THEN 'the {what} is longer than {LONGEST_ID:,} characters'
        WHEN CASE WHEN {nested} THEN {json} IN ('OBJECT', 'ARRAY') END
        THEN 'the {what} is a JSON object or array'"""


def _reasons(recipe: Recipe) -> str:
    """SQL for why a row cannot be used; the first matching branch counts."""
    reasons = ["WHEN problem IS NOT NULL THEN problem"]
    for what, c in (("user", C.USER), ("item", C.ITEM)):
        reasons.append(no_id_sql(c, what))
    if C.WEIGHT in recipe.columns:
        weight = "number"
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
        if recipe.times.zero_is_missing:
            reasons.append("WHEN floor(seconds) = 0 THEN 'the time is 0, which stands for none'")
    return " ".join(reasons)


def _steps(recipe: Recipe) -> str:
    """SQL for the step of the recipe that leaves a row out."""
    steps = []
    if recipe.returns == "take-out":
        signs = []
        if C.WEIGHT in recipe.columns:
            signs.append("number < 0")
        if C.ORDER in recipe.columns:
            # Shop systems mark a cancelled order by a C before its number.
            signs.append(f"regexp_matches({C.ORDER}, '^[Cc][0-9]+$')")
        if signs:
            steps.append(f"WHEN {' OR '.join(signs)} THEN {quoted(RETURNS)}")
    if C.EVENT in recipe.columns:
        steps.append(f'WHEN "{_TYPE_WEIGHT}" = 0 THEN {quoted(TYPES)}')
    if C.WEIGHT in recipe.columns and recipe.least_weight is not None:
        steps.append(f"WHEN number < {recipe.least_weight!r} THEN {quoted(LEAST)}")
    return " ".join(steps) or "WHEN false THEN ''"
