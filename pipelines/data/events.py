"""From text to events: times, weights, ids, each row either read or given a reason.

Everything arrives as text and is cast here, so that no reader's guess of a type can drop a
row. Duplicates of (user, item, time) are folded: the first one's place, the last one's
weight. Without a time or weight column the weight is the number of rows folded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pipelines.schema import Columns as C
from pipelines.schema import Interactions, Vocabulary

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LATEST = 4_102_444_800
"""The first second of the year 2100: a time from there on is a mistake."""
LONGEST_ID = 1_000
_NO_ID = "('null', 'nan', 'none', 'nat', '\\n', '<na>')"


def time_sql(text: str) -> str:
    """SQL for seconds since 1970 of a text: s, ms, µs, ns by size; ISO dates and times
    (with zone, else UTC); YYYYMMDD. Null where it cannot be read or lies outside 1970-2099."""
    n = f"TRY_CAST({text} AS DOUBLE)"
    units = "\n".join(
        # Below 1973 a finer unit cannot be told from a coarser one and is left to quarantine.
        f"WHEN {n} >= {1e8 * unit:.0f} AND {n} < {LATEST * unit} THEN {n} / {unit}"
        for unit in (1_000, 1_000_000, 1_000_000_000)
    )
    return f"""CASE
        WHEN regexp_full_match({text}, '(19[7-9]|20)[0-9]*') AND length({text}) = 8
        THEN epoch(try_strptime({text}, '%Y%m%d'))
        WHEN {n} >= 0 AND {n} < {LATEST} THEN {n}
        {units}
        WHEN {n} IS NULL AND epoch(TRY_CAST({text} AS TIMESTAMPTZ)) >= 0
         AND epoch(TRY_CAST({text} AS TIMESTAMPTZ)) < {LATEST}
        THEN epoch(TRY_CAST({text} AS TIMESTAMPTZ))
    END"""


def typed_sql(mapping: Mapping[str, str]) -> str:
    """SQL that reads the table `batch` (columns in the mapping's order) into
    line, user_id, item_id, weight float, timestamp bigint, reason, text."""
    column = {standard: f"c{i}" for i, standard in enumerate(mapping)}
    reasons = ["WHEN problem IS NOT NULL THEN problem"]
    for what, standard in (("user", C.USER), ("item", C.ITEM)):
        c = column[standard]
        reasons += [
            f"WHEN {c} IS NULL OR lower({c}) IN {_NO_ID} THEN 'the {what} is missing'",
            f"WHEN length({c}) > {LONGEST_ID} "
            f"THEN 'the {what} is longer than {LONGEST_ID:,} characters'",
        ]
    weight, time = "CAST(1 AS FLOAT)", "CAST(0 AS BIGINT)"
    if C.WEIGHT in column:
        c = column[C.WEIGHT]
        # As float32, so that a tiny weight that would become zero is found here.
        weight = f"TRY_CAST({c} AS FLOAT)"
        reasons += [
            f"WHEN {c} IS NULL THEN 'the weight is missing'",
            f"WHEN {weight} IS NULL THEN 'the weight is not a number'",
            f"WHEN isnan({weight}) THEN 'the weight is NaN'",
            f"WHEN isinf({weight}) THEN 'the weight is infinite'",
            f"WHEN {weight} <= 0 THEN 'the weight is zero or negative'",
        ]
    if C.TIME in column:
        c = column[C.TIME]
        time = "CAST(floor(seconds) AS BIGINT)"
        reasons += [
            f"WHEN {c} IS NULL THEN 'the time is missing'",
            "WHEN seconds IS NULL "
            "THEN 'the time cannot be read, or lies outside the years 1970 to 2099'",
        ]
    seconds = time_sql(column[C.TIME]) if C.TIME in column else "0"
    return f"""
        SELECT line, {column[C.USER]} AS user_id, {column[C.ITEM]} AS item_id,
          {weight} AS weight, {time} AS "timestamp",
          CASE {" ".join(reasons)} END AS reason, text
        FROM (SELECT *, {seconds} AS seconds FROM batch)"""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table `events`."""
    connection.execute(
        "CREATE TABLE events "
        '(line BIGINT, user_id VARCHAR, item_id VARCHAR, weight FLOAT, "timestamp" BIGINT)'
    )


def fold(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping[str, str]
) -> tuple[Interactions, Vocabulary, Vocabulary, int]:
    """Interactions, users and items of the table `events`, and how many rows were folded.

    The items include the ids of a table `more_items` (item_id). Vocabularies are sorted by
    code point, as `Vocabulary.of` sorts.
    """
    for table, column, source in (
        ("users", "user_id", "SELECT user_id FROM events"),
        ("items", "item_id", "SELECT item_id FROM events UNION SELECT item_id FROM more_items"),
    ):
        connection.execute(
            f"CREATE TABLE {table} AS SELECT {column}, "
            f"CAST(row_number() OVER (ORDER BY {column}) - 1 AS INTEGER) AS code "
            f"FROM (SELECT DISTINCT {column} FROM ({source}))"
        )
    counted = C.WEIGHT not in mapping and C.TIME not in mapping
    weight = "CAST(count(*) AS FLOAT)" if counted else "arg_max(weight, line)"
    folded = _arrow(
        connection,
        f"""
        SELECT u.code AS "user", i.code AS item, e.weight, e."timestamp"
        FROM (SELECT user_id, item_id, "timestamp", {weight} AS weight, min(line) AS line
              FROM events GROUP BY user_id, item_id, "timestamp") e
        JOIN users u USING (user_id) JOIN items i USING (item_id)
        ORDER BY u.code, e."timestamp", e.line""",
    )
    vocabularies = []
    for table, column in (("users", "user_id"), ("items", "item_id")):
        ids = _arrow(connection, f"SELECT {column} FROM {table} ORDER BY code")[column]
        vocabularies.append(Vocabulary(ids.to_numpy().astype(np.object_)))
    users, items = vocabularies
    user, item, weights, times = (folded[name].to_numpy() for name in folded.column_names)
    interactions = Interactions(
        user.astype(np.int32, copy=False),
        item.astype(np.int32, copy=False),
        weights.astype(np.float32, copy=False),
        times.astype(np.int64, copy=False),
        n_users=len(users),
        n_items=len(items),
    )
    rows = int(_arrow(connection, "SELECT count(*) AS n FROM events")["n"][0].as_py())
    return interactions, users, items, rows - len(interactions)


def _arrow(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    return connection.sql(query).to_arrow_table()
