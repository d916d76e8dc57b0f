"""Guesses what a column is from its content, where its name is not enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.data.importing.mapping import Match, known, match
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
TIME_WORDS = (
    "time", "date", "datum", "zeit", "fecha", "when", "timestamp", "moment", "created", "hora",
    "heure", "saat", "время", "дата", "时间", "日期", "時刻", "日付",
)  # fmt: skip
"""Parts of the names of columns of times."""
_IDS = {"id", "ids", "number", "no", "nr", "num", "identificador", "identifier", "code", "zip"}
_HALF = 0.5
_FEW = 3
"""Columns that may hold ids; of more, content tells nothing."""
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
    spaces: float = 0.0
    """Share with a space between words."""
    digits: float = 0.0
    """Share that begins like a number, with or without a currency."""
    objects: float = 0.0
    """Share that looks like an object of JSON."""

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
                  avg(length(v)), count(*) FILTER (regexp_matches(v, '\\pL[\\pL,.]* +\\S')),
                  count(*) FILTER (regexp_matches(v, '^[^0-9]{{0,4}}[0-9]')),
                  count(*) FILTER (v LIKE '{{%:%}}')
                FROM (SELECT i, v, {seconds_sql("v", Times())} AS s
                      FROM (SELECT i, nullif(trim(v), '') AS v FROM head) WHERE v IS NOT NULL)
                GROUP BY i"""
        ).fetchall()
    finally:
        connection.unregister("head")
    found = {name: ColumnContent(name, rows, 0.0, 0, 0.0, 0.0, 0.0, 0.0) for name in names}
    for i, filled, distinct, numbers, decimals, moments, length, *shares in answers:
        found[names[i]] = ColumnContent(
            names[i], rows, filled / rows, distinct, numbers / filled, decimals / filled,
            moments / filled, float(length), *(share / filled for share in shares),
        )  # fmt: skip
    return found


def by_content(
    found: Match,
    contents: Mapping[str, ColumnContent],
    left_out: set[str],
    given: set[str] = frozenset(),  # type: ignore[assignment]
) -> tuple[Match, list[str]]:
    """The match by name, completed by content; and the standard names that content decided.

    A column without any value gives way to another one whose name fits, and one of items
    without a value in half of the rows. Content decides between
    columns whose names fit equally well. It also proposes the time, and the user or the item if
    only one of the two is missing and only one column could be it. `left_out` are the standard
    names that the user leaves out, `given` those that the user maps.
    """
    mapping, ambiguous, missing = dict(found.mapping), dict(found.ambiguous), list(found.missing)
    decided: list[str] = []
    if not contents:
        return found, decided
    for standard, column in found.mapping.items():
        if standard not in given and _contradicts(standard, column, contents):
            del mapping[standard]
    for standard, column in found.mapping.items():
        if standard in given or standard not in mapping or column not in contents:
            continue
        least = _HALF if standard == C.ITEM else 0
        if contents[column].filled > least:
            continue
        full = [name for name, content in contents.items() if content.filled > least]
        others = match([name for name in full if name not in mapping.values()]).mapping
        if standard in others:
            mapping[standard] = others[standard]
            decided.append(standard)
    for standard in (C.ITEM, C.TIME):
        # A time of day beside a date, or a column without values.
        fits = ambiguous.get(standard, [])
        likely = [c for c in fits if c in contents and not _cannot_be(standard, contents[c])]
        if len(likely) == 1:
            mapping[standard] = likely[0]
            del ambiguous[standard]
            decided.append(standard)
    nested = tuple(name for name, content in contents.items() if content.objects > _HALF)
    if max(content.rows for content in contents.values()) < LEAST_ROWS:
        return Match(mapping, ambiguous, missing, nested), decided
    for standard, fits in [*ambiguous.items()]:
        likely = [c for c in fits if c in contents and _could_be(standard, contents[c])]
        names = [c for c in likely if contents[c].spaces >= _HALF]
        if standard == C.ITEM and 0 < len(names) < len(likely):
            # A code is the item, and the text beside it its title.
            likely = [c for c in likely if c not in names]
            if len(names) == 1 and C.TITLE not in given and C.TITLE not in left_out:
                mapping.setdefault(C.TITLE, names[0])
        if standard == C.TIME and len(likely) > 1:
            likely = [c for c in likely if not looks_like_id(c)] or likely
        if len(likely) == 1:
            mapping[standard] = likely[0]
            del ambiguous[standard]
            decided.append(standard)
    free = [name for name in contents if name not in mapping.values()]
    if C.TIME not in mapping and C.TIME not in ambiguous and C.TIME not in left_out:
        times = [name for name in free if contents[name].is_time]
        # Numbers of listings or orders may be as large as seconds since 1970.
        written = [name for name in times if contents[name].numbers < 1 or _says_time(name)]
        times = [name for name in written or times if not looks_like_id(name)]
        if len(times) == 1:
            mapping[C.TIME] = times[0]
            decided.append(C.TIME)
        elif times:
            ambiguous[C.TIME] = times
    ids = [name for name in free if contents[name].is_id and name not in mapping.values()]
    if missing == [C.USER]:
        # An address, or one of many elements, does not tell people apart.
        ids = [name for name in ids if "[]" not in name and "url" not in name.casefold()]
    if len(missing) == 1 and ids:
        if len(ids) == 1:
            mapping[missing[0]] = ids[0]
            decided.append(missing[0])
            missing = []
        elif len(ids) <= _FEW and missing != [C.USER]:
            ambiguous[missing[0]] = ids
            missing = []
    return Match(mapping, ambiguous, missing, nested), decided


def _contradicts(standard: str, column: str, contents: Mapping[str, ColumnContent]) -> bool:
    """Whether a column with one of the further names holds something else."""
    if column not in contents or contents[column].filled == 0:
        return False
    if known(column, standard):
        return False
    if standard == C.TIME:
        return contents[column].moments < _HALF
    return standard in (C.WEIGHT, C.PRICE) and contents[column].digits < _HALF


def looks_like_id(column: str) -> bool:
    """Whether a column's name says that it holds an id: Listing ID, orderNumber."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", column)
    return bool({word.casefold() for word in words} & _IDS)


def _says_time(column: str) -> bool:
    return any(word in column.casefold() for word in TIME_WORDS)


def _cannot_be(standard: str, content: ColumnContent) -> bool:
    """Whether even a few rows show that a column is not the time or the item."""
    return content.filled == 0 or (standard == C.TIME and content.moments == 0)


def _could_be(standard: str, content: ColumnContent) -> bool:
    if standard == C.TIME:
        return content.is_time
    if standard == C.ITEM and content.filled <= _HALF:
        return False
    if standard in (C.WEIGHT, C.PRICE, C.VALUE):
        return content.numbers >= 0.95
    return content.filled > 0
