"""Reads selected columns of any source as text, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.sources import QuerySource, Source
from pipelines.data.sources.lines import Counts, Records, records
from pipelines.data.sources.splitting import split
from pipelines.errors import AssayError
from pipelines.runtime.progress import Progress, silent
from pipelines.schema import Longs

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

RAW = 500
"""Characters of a row that the quarantine shows."""
HEAD = 1 << 20
"""Bytes of a text file that are read for its first rows."""
LONGEST_IN_HEAD = 1 << 22
"""Bytes without a line end at which reading the first rows stops."""
HEAD_ROWS, HEAD_CELLS = 50_000, 1_000_000
"""Of the first rows, at most. Rows of JSON may leave out nearly all columns, and one of Parquet
takes next to nothing if it repeats another, so bytes of the file do not bound the values."""


@dataclass
class Batch:
    """Rows as text.

    `rows`: line (the physical line, or the row of a table, from 1), problem (why it is not a
    row of the table, or null), c0, c1, …: the selected columns as strings, unchanged.
    `raw` returns the beginning of the text of some rows, given their lines.
    """

    rows: pa.Table
    raw: Callable[[Longs], list[str]]


def batches(
    connection: duckdb.DuckDBPyConnection,
    source: Source | QuerySource,
    columns: Sequence[str],
    counts: Counts,
    progress: Progress = silent,
) -> Generator[Batch, None, None]:
    """All rows of `source`; fills `counts`."""
    if isinstance(source, QuerySource):
        yield from _database_batches(connection, source, columns, counts, progress)
        return
    if source.kind == "parquet":
        yield from _parquet_batches(connection, source, columns, counts, progress)
        return
    size = max(source.path.stat().st_size, 1)
    at = 0

    def position(offset: int) -> None:
        nonlocal at
        at = offset

    for found in records(source, counts, position):
        if len(found):
            rows = split(connection, source, found, columns)
            counts.elements += len(rows) - len(found)
            yield Batch(rows, _raw_of_lines(found))
        progress(min(at / size, 1.0), f"{counts.lines:,} lines read")


def first_rows(
    connection: duckdb.DuckDBPyConnection, source: Source | QuerySource, columns: Sequence[str]
) -> Batch | None:
    """The first rows of `source`, in little memory whatever it holds; None if it has no rows.

    A plan is made in the process that asks for it, such as the app's server.
    """
    most = max(1, min(HEAD_ROWS, HEAD_CELLS // max(len(columns), 1)))
    if isinstance(source, QuerySource):
        from pipelines.data.sources import database

        head = next(database.batches(source.query, columns), None)
        if head is None:
            return None
        return as_text(connection, "the query", head.drop_columns(["line"]).slice(0, most), 0)
    if source.kind == "parquet":
        from pipelines.data.sources import parquet_tables

        table, rows = next(parquet_tables.tables(source, columns, most), (None, None))
        return None if table is None else as_text(connection, source.name, table, 0, rows)
    for found in records(source, Counts(), block=HEAD, longest=LONGEST_IN_HEAD):
        if len(found):
            some = found.first(most)
            return Batch(split(connection, source, some, columns, most), _raw_of_lines(some))
    return None


def _raw_of_lines(found: Records) -> Callable[[Longs], list[str]]:
    def raw(lines: Longs) -> list[str]:
        texts = found.texts(np.searchsorted(found.line, lines)).to_pylist()
        return [text.rstrip("\r\n")[:RAW] for text in texts]

    return raw


def _parquet_batches(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    columns: Sequence[str],
    counts: Counts,
    progress: Progress,
) -> Iterator[Batch]:
    from pipelines.data.sources import parquet, parquet_tables

    total = max(parquet.rows(source), 1)
    for table, rows in parquet_tables.tables(source, columns):
        yield as_text(connection, source.name, table, counts.lines, rows)
        lines = len(table) if rows is None else int(rows.max(initial=-1)) + 1
        counts.lines += lines
        counts.elements += len(table) - lines
        progress(min(counts.lines / total, 1.0), f"{counts.lines:,} rows read")


def _database_batches(
    connection: duckdb.DuckDBPyConnection,
    source: QuerySource,
    columns: Sequence[str],
    counts: Counts,
    progress: Progress,
) -> Iterator[Batch]:
    from pipelines.data.sources import database

    for table in database.batches(source.query, columns):
        yield as_text(connection, "the query", table.drop_columns(["line"]), counts.lines)
        counts.lines += len(table)
        # A cursor does not know the number of rows, so the share only approaches 1.
        share = counts.lines / (counts.lines + 2_000_000)
        progress(share, f"{counts.lines:,} rows read")


def as_text(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    table: pa.Table,
    before: int,
    numbers: Longs | None = None,
) -> Batch:
    """A batch from a typed table; `before` rows of the source precede it.

    `numbers` (n,) are the source's rows in this table, from 0, if several lines come from one.
    """
    import duckdb
    import pyarrow as pa

    names = [f"c{i}" for i in range(table.num_columns)]
    values = [_text_sql(table.schema.field(i), f"c{i}") for i in range(table.num_columns)]
    try:
        connection.register("typed", pa.table(table.columns, names))
        shown = ", ".join(f"{value} AS c{i}" for i, value in enumerate(values))
        texts = connection.sql(f"SELECT {shown} FROM typed").to_arrow_table()
    except duckdb.Error as error:
        raise AssayError(
            f"{name!r} has columns of a type that cannot be read as text; "
            "write ids and times as text or numbers."
        ) from error
    finally:
        connection.unregister("typed")
    line = np.arange(len(table), dtype=np.int64) if numbers is None else numbers
    line = line + before + 1
    rows = pa.table(
        [pa.array(line), pa.nulls(len(table), pa.string()), *texts.columns],
        ["line", "problem", *texts.column_names],
    )

    def raw(lines: Longs) -> list[str]:
        some = texts.take(pa.array(np.searchsorted(line, lines))).to_pylist()
        return [
            ", ".join("null" if v is None else str(v) for v in row.values())[:RAW] for row in some
        ]

    return Batch(rows, raw)


def _text_sql(field: pa.Field, column: str) -> str:
    import pyarrow as pa

    kind = field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_nested(kind):
        return f"CAST(to_json({column}) AS VARCHAR)"  # as in a file of JSON
    text = f"CAST({column} AS VARCHAR)"
    if pa.types.is_floating(kind):
        # Tables with missing values store integers as floats: the id 17850 must not be 17850.0.
        whole = f"{column} = floor({column}) AND abs({column}) < 9e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE {text} END"
    return text
