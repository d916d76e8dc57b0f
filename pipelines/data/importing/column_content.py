"""Guesses what a column is from its content, where its name is not enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.data.importing.mapping import Match, match
from pipelines.data.importing.moments import LATEST, is_slashed, seconds_sql
from pipelines.data.recipe import Times
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LEAST_ROWS = 20
"""With fewer rows, the content is not used."""
MOST_ROWS = 50_000
"""Rows that are examined."""
_PLAUSIBLE_FROM = 631_152_000
"""1990, in seconds; smaller numbers are not taken for times."""


@dataclass(frozen=True)
class ColumnContent:
    """Figures of a column in the first rows; shares are of its non-empty values."""

    name: str
    rows: int
    filled: float
    """Share of the rows that have a value."""
    distinct: int
    numbers: float
    decimals: float
    """Share of numbers with a fraction."""
    moments: float
    """Share that can be read as times from 1990 on."""
    length: float
    """Mean number of characters."""

    @property
    def is_time(self) -> bool:
        return self.filled >= 0.5 and self.moments >= 0.95

    @property
    def is_id(self) -> bool:
        """Whether it may hold ids: some values repeat, and it is not a measure or prose."""
        share = self.distinct / max(self.filled * self.rows, 1)
        few = self.distinct >= 5 and share <= 0.95
        return few and not self.is_time and self.decimals == 0 and self.length <= 64


def column_contents(
    connection: duckdb.DuckDBPyConnection, head: pa.Table, names: tuple[str, ...]
) -> dict[str, ColumnContent]:
    """The figures of each column of a batch (c0, c1, … in the order of `names`)."""
    import numpy as np
    import pyarrow as pa

    head = head.filter(head["problem"].is_null()).slice(0, MOST_ROWS)
    rows = len(head)
    # All columns stacked, so that one query is enough for any number of columns.
    values = [chunk for i in range(len(names)) for chunk in head[f"c{i}"].chunks]
    column = np.repeat(np.arange(len(names)), rows)
    connection.register("head", pa.table({"i": column, "v": pa.chunked_array(values, pa.string())}))
    number = "TRY_CAST(v AS DOUBLE)"
    try:
        answers = connection.execute(
            f"""SELECT i, count(*), count(DISTINCT v), count({number}),
                  count(*) FILTER ({number} <> floor({number})),
                  count(*) FILTER (s >= {_PLAUSIBLE_FROM} AND s < {LATEST} OR {is_slashed("v")}),
                  avg(length(v))
                FROM (SELECT i, v, {seconds_sql("v", Times())} AS s
                      FROM (SELECT i, nullif(trim(v), '') AS v FROM head) WHERE v IS NOT NULL)
                GROUP BY i"""
        ).fetchall()
    finally:
        connection.unregister("head")
    found = {name: ColumnContent(name, rows, 0.0, 0, 0.0, 0.0, 0.0, 0.0) for name in names}
    for i, filled, distinct, numbers, decimals, moments, length in answers:
        found[names[i]] = ColumnContent(
            names[i], rows, filled / rows, distinct, numbers / filled, decimals / filled,
            moments / filled, float(length),
        )  # fmt: skip
    return found


def by_content(
    found: Match,
    contents: Mapping[str, ColumnContent],
    left_out: set[str],
    given: set[str] = frozenset(),  # type: ignore[assignment]
) -> tuple[Match, list[str]]:
    """The match by name, completed by content; and the standard names that content decided.

    A column without any value gives way to another one whose name fits. Content decides between
    columns whose names fit equally well. It also proposes the time, and the user or the item if
    only one of the two is missing and only one column could be it. `left_out` are the standard
    names that the user leaves out, `given` those that the user maps.
    """
    mapping, ambiguous, missing = dict(found.mapping), dict(found.ambiguous), list(found.missing)
    decided: list[str] = []
    if not contents:
        return found, decided
    full = [name for name, content in contents.items() if content.filled > 0]
    for standard, column in found.mapping.items():
        if standard in given or column not in contents or contents[column].filled > 0:
            continue
        others = match([name for name in full if name not in mapping.values()]).mapping
        if standard in others:
            mapping[standard] = others[standard]
            decided.append(standard)
    if max(content.rows for content in contents.values()) < LEAST_ROWS:
        return Match(mapping, ambiguous, missing), decided
    for standard, fits in found.ambiguous.items():
        likely = [c for c in fits if c in contents and _could_be(standard, contents[c])]
        if len(likely) == 1:
            mapping[standard] = likely[0]
            del ambiguous[standard]
            decided.append(standard)
    free = [name for name in contents if name not in mapping.values()]
    if C.TIME not in mapping and C.TIME not in ambiguous and C.TIME not in left_out:
        times = [name for name in free if contents[name].is_time]
        if len(times) == 1:
            mapping[C.TIME] = times[0]
            decided.append(C.TIME)
        elif times:
            ambiguous[C.TIME] = times
    ids = [name for name in free if contents[name].is_id and name not in mapping.values()]
    if len(missing) == 1 and ids:
        if len(ids) == 1:
            mapping[missing[0]] = ids[0]
            decided.append(missing[0])
        else:
            ambiguous[missing[0]] = ids
        missing = []
    return Match(mapping, ambiguous, missing), decided


def _could_be(standard: str, content: ColumnContent) -> bool:
    if standard == C.TIME:
        return content.is_time
    if standard in (C.WEIGHT, C.PRICE, C.VALUE):
        return content.numbers >= 0.95
    return content.filled > 0
