"""The wanted columns of a file, as text, one batch after another in a DuckDB table.

The table `batch` has `line` (the physical line, or a Parquet file's row, from 1), `text`
(the first 500 characters of it), `problem` (why it is no row of the table, or null) and
`c0, c1, …`, the wanted columns as text, trimmed, null where empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines.data.lines import Counts, records
from pipelines.data.sources import MAX_LINE, Source
from pipelines.errors import AssayError
from pipelines.progress import Progress, silent

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

RAW = 500
ROWS = 500_000
_SPACES = r"chr(32) || chr(9) || chr(10) || chr(13)"


def batches(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    columns: Sequence[str],
    counts: Counts,
    progress: Progress = silent,
) -> Iterator[None]:
    """Fill the table `batch` anew for each batch of `source`."""
    import duckdb

    size = max(source.path.stat().st_size, 1)
    at = 0

    def position(offset: int) -> None:
        nonlocal at
        at = offset

    if source.kind == "parquet":
        arrived, query = _parquet(source, columns, counts), _parquet_query(source, columns)
        rows_all = max(_parquet_rows(source), 1)
    else:
        arrived = records(source, counts, position)
        query = _csv_query(source, columns) if source.kind == "csv" else _json_query(columns)
    for table in arrived:
        connection.register("arrived", table)
        try:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE batch AS {query}")
        except duckdb.Error as error:
            if source.kind != "parquet":
                raise  # text of any content must be readable; this would be a defect
            raise AssayError(
                f"{source.path.name!r} has columns of a kind that cannot be read as text; "
                "write ids and times as text or numbers."
            ) from error
        connection.unregister("arrived")
        yield
        share = counts.lines / rows_all if source.kind == "parquet" else at / size
        progress(min(share, 1.0), f"{counts.lines:,} lines read")


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _shown(columns: Sequence[str], values: Sequence[str]) -> str:
    """Columns c0, c1, …: the values trimmed, null where empty or where the line is bad."""
    trimmed = (f"trim({value}, {_SPACES})" for value in values)
    return ", ".join(
        f"CASE WHEN problem IS NULL THEN nullif({value}, '') END AS c{i}"
        for i, value in enumerate(trimmed)
    )


def _no_line() -> str:
    return f"""
        WHEN length(text) > {MAX_LINE} THEN 'the line is longer than {MAX_LINE:,} characters'
        WHEN contains(text, chr(0)) THEN 'the line holds binary data'"""


def _csv_query(source: Source, columns: Sequence[str]) -> str:
    wide = len(source.columns)
    values = [f"f[{source.columns.index(c) + 1}]" for c in columns]
    return f"""
        SELECT line, left(text, {RAW}) AS text, problem, {_shown(columns, values)}
        FROM (SELECT line, text, f, CASE
                {_no_line()}
                WHEN text = {quoted(source.header)} THEN 'the header stands here again'
                WHEN len(f) <> {wide}
                THEN 'columns: ' || len(f) || ' where the header has {wide}'
              END AS problem
              FROM (SELECT line, rtrim(text, chr(10) || chr(13)) AS text,
                      coalesce(fields,
                        string_split(rtrim(text, chr(10) || chr(13)), {quoted(source.separator)})
                      ) AS f
                    FROM arrived))"""


def _json_query(columns: Sequence[str]) -> str:
    pointers = (c.replace("~", "~0").replace("/", "~1") for c in columns)
    values = [f"json_extract_string(text, {quoted('/' + p)})" for p in pointers]
    return f"""
        SELECT line, left(text, {RAW}) AS text, problem, {_shown(columns, values)}
        FROM (SELECT line, text, CASE
                {_no_line()}
                WHEN NOT json_valid(text) THEN 'not valid JSON'
                WHEN json_type(CASE WHEN json_valid(text) THEN text END) <> 'OBJECT'
                THEN 'not a JSON object'
              END AS problem
              FROM (SELECT line, rtrim(text, chr(10) || chr(13)) AS text FROM arrived))"""


def _parquet_rows(source: Source) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(source.path).num_rows)


def _parquet(source: Source, columns: Sequence[str], counts: Counts) -> Iterator[pa.Table]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.path) as file:
            for batch in file.iter_batches(ROWS, columns=list(columns)):
                lines = np.arange(counts.lines + 1, counts.lines + 1 + len(batch))
                table = pa.table([lines, *batch.columns], ["line", *batch.schema.names])
                counts.lines += len(batch)
                yield table
    except (pa.ArrowException, OSError) as error:
        raise AssayError(
            f"{source.path.name!r} cannot be read to its end: the Parquet file is damaged or "
            "of a kind that is not supported; export it again."
        ) from error


def _parquet_query(source: Source, columns: Sequence[str]) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(source.path)
    values = []
    for column in columns:
        name = '"' + column.replace('"', '""') + '"'
        kind = schema.field(column).type
        if pa.types.is_struct(kind) or pa.types.is_map(kind):
            raise AssayError(
                f"The column {column!r} of {source.path.name!r} is nested; "
                "write its parts as columns of their own."
            )
        text = f"CAST({name} AS VARCHAR)"
        if pa.types.is_floating(kind):
            # Tables with gaps keep whole numbers as floats: the id 17850 must not be 17850.0.
            whole = f"{name} = floor({name}) AND abs({name}) < 9e15"
            text = f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE {text} END"
        values.append(text)
    raw = "concat_ws(', ', " + ", ".join(f"coalesce({v}, 'null')" for v in values) + ")"
    return f"""
        SELECT line, left({raw}, {RAW}) AS text, problem, {_shown(columns, values)}
        FROM (SELECT *, CAST(NULL AS VARCHAR) AS problem FROM arrived)"""
