"""What a column looks like by its content, where its name alone does not tell what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.data.importing.mapping import Match
from pipelines.data.importing.moments import is_slashed, seconds_sql
from pipelines.data.recipe import Times
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LEAST_ROWS = 20
"""With fewer rows a column's content tells nothing."""
MOST_ROWS = 50_000
"""Rows that are looked at."""
_PLAUSIBLE_FROM = 631_152_000
"""1990, in seconds: smaller numbers are numbers, not times."""


@dataclass(frozen=True)
class Look:
    """A column in the first rows; shares are of its filled rows."""

    name: str
    rows: int
    filled: float
    """Share of the rows that hold something."""
    distinct: int
    numbers: float
    decimals: float
    """Share of numbers with a fraction."""
    moments: float
    """Share that can be read as times from 1990 on."""
    length: float
    """Characters, mean."""

    @property
    def time(self) -> bool:
        return self.filled >= 0.5 and self.moments >= 0.95

    @property
    def id(self) -> bool:
        """Whether it could name people or items: some repeat, and it is no measure or prose."""
        share = self.distinct / max(self.filled * self.rows, 1)
        few = self.distinct >= 5 and share <= 0.95
        return few and not self.time and self.decimals == 0 and self.length <= 64


def looks(
    connection: duckdb.DuckDBPyConnection, head: pa.Table, names: tuple[str, ...]
) -> dict[str, Look]:
    """The look of each column of a batch's rows (c0, c1, … in the order of `names`)."""
    import numpy as np
    import pyarrow as pa

    head = head.filter(head["problem"].is_null()).slice(0, MOST_ROWS)
    rows = len(head)
    # All columns below each other: one query, however many columns there are.
    values = [chunk for i in range(len(names)) for chunk in head[f"c{i}"].chunks]
    column = np.repeat(np.arange(len(names)), rows)
    connection.register("head", pa.table({"i": column, "v": pa.chunked_array(values, pa.string())}))
    number = "TRY_CAST(v AS DOUBLE)"
    try:
        answers = connection.execute(
            f"""SELECT i, count(*), count(DISTINCT v), count({number}),
                  count(*) FILTER ({number} <> floor({number})),
                  count(*) FILTER (({seconds_sql("v", Times())}) >= {_PLAUSIBLE_FROM}
                    OR {is_slashed("v")}),
                  avg(length(v))
                FROM (SELECT i, nullif(trim(v), '') AS v FROM head)
                WHERE v IS NOT NULL GROUP BY i"""
        ).fetchall()
    finally:
        connection.unregister("head")
    found = {name: Look(name, rows, 0.0, 0, 0.0, 0.0, 0.0, 0.0) for name in names}
    for i, filled, distinct, numbers, decimals, moments, length in answers:
        found[names[i]] = Look(
            names[i], rows, filled / rows, distinct, numbers / filled, decimals / filled,
            moments / filled, float(length),
        )  # fmt: skip
    return found


def by_content(
    found: Match, look: Mapping[str, Look], left_out: set[str]
) -> tuple[Match, list[str]]:
    """A match by name, with what the columns hold added to it; and which names that filled.

    Content decides between columns whose names fit equally well, and proposes a time, and a
    user or an item where only one of the two is absent and only one column could be it.
    `left_out` are standard names that a person leaves out.
    """
    mapping, ambiguous, missing = dict(found.mapping), dict(found.ambiguous), list(found.missing)
    filled: list[str] = []
    if not look or next(iter(look.values())).rows < LEAST_ROWS:
        return found, filled
    for standard, fits in found.ambiguous.items():
        likely = [c for c in fits if c in look and _could_be(standard, look[c])]
        if len(likely) == 1:
            mapping[standard] = likely[0]
            del ambiguous[standard]
            filled.append(standard)
    free = [name for name in look if name not in mapping.values()]
    if C.TIME not in mapping and C.TIME not in ambiguous and C.TIME not in left_out:
        times = [name for name in free if look[name].time]
        if len(times) == 1:
            mapping[C.TIME] = times[0]
            filled.append(C.TIME)
        elif times:
            ambiguous[C.TIME] = times
    ids = [name for name in free if look[name].id and name not in mapping.values()]
    if len(missing) == 1 and ids:
        if len(ids) == 1:
            mapping[missing[0]] = ids[0]
            filled.append(missing[0])
        else:
            ambiguous[missing[0]] = ids
        missing = []
    return Match(mapping, ambiguous, missing), filled


def _could_be(standard: str, look: Look) -> bool:
    if standard == C.TIME:
        return look.time
    if standard in (C.WEIGHT, C.PRICE, C.VALUE):
        return look.numbers >= 0.95
    return look.filled > 0
