"""The order of day, month and year in dates such as 1/2/2026, from all dates of the sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipelines.data.importing.moments import is_slashed, part_sql
from pipelines.data.importing.trimming import trimmed
from pipelines.data.recipe import DateOrder
from pipelines.data.sources import QuerySource, Source
from pipelines.data.sources.batches import batches
from pipelines.data.sources.lines import Counts

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_LEAST_DAYS = 8
"""Different last numbers of dates that begin with the year."""
_TIMES_AS_MANY = 3
"""Of last numbers as of first ones: there are many days in few years."""


class Dates(NamedTuple):
    """What the dates show: their order, whether all are ambiguous, and what is to be said."""

    order: DateOrder | None
    unclear: bool = False
    note: str = ""


def date_order(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source | QuerySource], column: str
) -> Dates:
    """Whether dates begin with the day or the month, by the first unambiguous one.

    Dates of two-digit years begin with the year if their first number is never a month and
    varies little, while the last one varies as days do.
    """
    slashed = False
    for source in sources:
        for batch in batches(connection, source, [column], Counts()):
            n, by_year, day, month = _looked(connection, batch.rows)
            if n == 0 and not slashed:
                return Dates(None)  # dates in another format
            slashed = True
            if by_year:
                return Dates(
                    "year-first",
                    note=f"Dates in {column} are read with the year first; --day-first reads them "
                    "with the day first.",
                )
            if day is not None and month is not None:
                order: DateOrder = "day-first" if day < month else "month-first"
                with_month = "month" if order == "day-first" else "day"
                return Dates(
                    order,
                    note=f"Some dates in {column} begin with the day (line {day:,}) and some with "
                    f"the month (line {month:,}): those that begin with the {with_month} go to "
                    "quarantine or are read as another day; export them in one form.",
                )
            if day is not None or month is not None:
                return Dates("day-first" if month is None else "month-first")
    return Dates(None, unclear=slashed)


def _looked(
    connection: duckdb.DuckDBPyConnection, rows: pa.Table
) -> tuple[int, bool, int | None, int | None]:
    """How many dates there are, whether they begin with the year, and the first lines whose date
    must begin with the day and with the month."""
    import pyarrow as pa

    first, second, third = (part_sql("t", n) for n in (1, 2, 3))
    dated = pa.table({"line": rows["line"], "t": trimmed(rows["c0"])})
    connection.register("dated", dated)
    try:
        (found,) = connection.execute(
            f"""SELECT count(*), min({first}), count(DISTINCT {first}), max({third}),
                  count(DISTINCT {third}),
                  min(line) FILTER ({first} > 12 AND {second} <= 12),
                  min(line) FILTER ({second} > 12 AND {first} <= 12)
                FROM dated WHERE {is_slashed("t")}"""
        ).fetchall()
    finally:
        connection.unregister("dated")
    n, least, years, latest, days, day, month = found
    by_year = (
        n > 0 and least > 12 and latest <= 31
        and days >= _LEAST_DAYS and days >= _TIMES_AS_MANY * years
    )  # fmt: skip
    return n, by_year, day, month
