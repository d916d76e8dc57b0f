"""Splits records into text columns: pyarrow splits plain lines, DuckDB all others.

A line is plain unless it has a parsed quote, a NUL, a stray carriage return or too many
characters, repeats the header, or has a different number of separators. Both ways give the
same columns; a test compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.sources import Source
from pipelines.data.sources.headers import MAX_LINE
from pipelines.data.sources.lines import RETURN, Records
from pipelines.data.sources.nested import array_of
from pipelines.schema import Longs, Mask

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_STAND_IN = b"\x1f"
"""Replaces a separator of several characters while a block is split."""


def split(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    found: Records,
    columns: Sequence[str],
    most: int | None = None,
) -> pa.Table:
    """The rows: line int64, problem (why it is not a row of the table, or null), c0, c1, … string.

    `columns` are the source columns that become c0, c1, … . `most` bounds the rows that the
    elements of arrays become.
    """
    import pyarrow as pa

    if source.kind == "jsonl":
        query = _json_query(source, columns, most)
        return _queried(connection, found, query, np.arange(len(found)), len(columns))
    plain = _plain(source, found)
    parts = []
    fast = _by_arrow(source, found, columns, np.flatnonzero(plain))
    if fast is None:
        plain &= _separators(source, found)
        fast = _by_arrow(source, found, columns, np.flatnonzero(plain))
    if fast is None:
        plain[:] = False
    else:
        parts.append(fast)
    rest = np.flatnonzero(~plain)
    if len(rest):
        parts.append(_queried(connection, found, _csv_query(source, columns), rest, len(columns)))
    table = pa.concat_tables(parts)
    return table if len(parts) == 1 else table.sort_by("line")


def _plain(source: Source, found: Records) -> Mask:
    """Marks the plain rows (n,), which pyarrow splits in the same way as DuckDB."""
    plain = np.ones(len(found), bool)
    plain[list(found.parsed)] = False
    plain &= (found.end - found.begin) <= MAX_LINE
    data = found.data
    codes = np.frombuffer(data, np.uint8)
    if b"\0" in data:
        plain[_rows_at(found, np.flatnonzero(codes == 0))] = False
    if data.count(b"\r") != data.count(b"\r\n"):
        returns = np.flatnonzero(codes[:-1] == RETURN)
        plain[_rows_at(found, returns[codes[returns + 1] != 10])] = False
    header = source.header.encode()
    if header and len(found) and data.find(header, found.begin[0]) >= 0:
        length = found.end - found.begin
        plain[(length >= len(header)) & (length <= len(header) + 2)] = False
    return plain


def _rows_at(found: Records, positions: Longs) -> Longs:
    """The rows that contain these positions of the data."""
    rows = np.searchsorted(found.begin, positions, side="right") - 1
    rows = rows[rows >= 0]
    return np.unique(rows)


def _separators(source: Source, found: Records) -> Mask:
    """Marks the rows with as many separators as the header."""
    separator = source.separator.encode()
    if len(separator) > 1:
        return np.zeros(len(found), bool)
    at = np.flatnonzero(np.frombuffer(found.data, np.uint8) == separator[0])
    counts = np.searchsorted(at, found.end) - np.searchsorted(at, found.begin)
    return np.asarray(counts == len(source.columns) - 1)


def _by_arrow(
    source: Source, found: Records, columns: Sequence[str], rows: Longs
) -> pa.Table | None:
    """The given rows split by pyarrow; None if some have a different number of columns."""
    import pyarrow as pa
    import pyarrow.csv as pc

    separator = source.separator.encode()
    data = _joined(found, rows)
    if len(separator) > 1:
        if _STAND_IN in found.data:
            return None
        data = bytes(data).replace(separator, _STAND_IN)
        separator = _STAND_IN
    if len(separator) != 1 or len(source.columns) < 2 or len(rows) == 0:
        return None
    names = [str(at) for at in range(len(source.columns))]
    wanted = [names[source.columns.index(c)] for c in columns]
    try:
        table = pc.read_csv(
            pa.py_buffer(data),
            pc.ReadOptions(column_names=names, block_size=1 << 22),
            pc.ParseOptions(
                delimiter=separator.decode("latin-1"), quote_char=False, escape_char=False
            ),
            pc.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if len(table) != len(rows):
        return None
    numbers = pa.array(found.line[rows])
    arrays = [numbers, pa.nulls(len(rows), pa.string()), *table.columns]
    return pa.table(arrays, ["line", "problem", *(f"c{i}" for i in range(len(columns)))])


def _joined(found: Records, rows: Longs) -> bytes | memoryview:
    """The concatenated text of the rows; without a copy if they are adjacent."""
    if len(rows) == 0:
        return b""
    begin, end = found.begin[rows], found.end[rows]
    breaks = np.flatnonzero(begin[1:] != end[:-1])
    starts = begin[np.concatenate([[0], breaks + 1])]
    ends = end[np.concatenate([breaks, [len(rows) - 1]])]
    view = memoryview(found.data)
    if len(starts) == 1:
        return view[starts[0] : ends[0]]
    pieces = [view[b:e] for b, e in zip(starts.tolist(), ends.tolist(), strict=True)]
    return b"".join(pieces)


def _queried(
    connection: duckdb.DuckDBPyConnection, found: Records, query: str, rows: Longs, width: int
) -> pa.Table:
    """The given rows read by a query over `records` (line, text, fields) that returns line,
    problem, and f: a list of the `width` selected values, null if there is a problem."""
    import pyarrow as pa

    fields = pa.array([found.parsed.get(row) for row in rows.tolist()], pa.list_(pa.string()))
    table = pa.table({"line": found.line[rows], "text": found.texts(rows), "fields": fields})
    connection.register("records", table)
    try:
        answer = connection.sql(query).to_arrow_table()
    finally:
        connection.unregister("records")
    # The query returns one list per row: with one expression per column, a query over
    # thousands of columns takes seconds to plan.
    lists = answer["f"].combine_chunks()
    begin, without = lists.offsets.to_numpy()[:-1], lists.is_null().to_numpy(zero_copy_only=False)
    arrays = [lists.values.take(pa.array(begin + i, mask=without)) for i in range(width)]
    names = ["line", "problem", *(f"c{i}" for i in range(width))]
    return pa.table([answer["line"], answer["problem"], *arrays], names)


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


_TEXT = "(SELECT line, fields, rtrim(text, chr(10) || chr(13)) AS text FROM records)"
_NO_LINE = f"""
    WHEN length(text) > {MAX_LINE} THEN 'the line is longer than {MAX_LINE:,} characters'
    WHEN contains(text, chr(0)) THEN 'the line holds binary data'"""


def _csv_query(source: Source, columns: Sequence[str]) -> str:
    wide = len(source.columns)
    place = {column: i for i, column in enumerate(source.columns, start=1)}
    at = [place[column] for column in columns]
    fields = f"coalesce(fields, string_split(text, {quoted(source.separator)}))"
    return f"""
        SELECT line, problem, CASE WHEN problem IS NULL THEN list_select(f, {at}) END AS f
        FROM (SELECT line, f, CASE {_NO_LINE}
                WHEN text = {quoted(source.header)} THEN 'the header is repeated'
                WHEN len(f) <> {wide}
                THEN 'columns: ' || len(f) || ', in the header: {wide}'
              END AS problem
              FROM (SELECT *, {fields} AS f FROM {_TEXT}))"""


def _json_query(source: Source, columns: Sequence[str], most: int | None) -> str:
    """A row per line, or per element of the array that a column is in, these at most `most`; an
    empty array is a row without its values."""
    places = [source.layout.place(column) for column in columns]
    array = array_of(places)
    tops = [_pointer(p.keys) for p in places if p.array is None]
    inner = [_pointer(p.keys) for p in places if p.array is not None]
    objects = f"""
        SELECT line, text, CASE {_NO_LINE}
                WHEN NOT json_valid(text) THEN 'not valid JSON'
                WHEN json_type(CASE WHEN json_valid(text) THEN text END) <> 'OBJECT'
                THEN 'not a JSON object'
              END AS problem FROM {_TEXT}"""
    if array is None:
        values = f"json_extract_string(text, [{', '.join(tops)}])"
        return f"""SELECT line, problem, CASE WHEN problem IS NULL THEN {values} END AS f
            FROM ({objects})"""
    # Before the elements are parted, or the whole line is parsed again for each of them.
    own = f"json_extract_string(whole, [{', '.join(tops)}])" if tops else "NULL"
    # An empty array has one element without values, and so has a line with a problem.
    values = f"json_extract_string(coalesce(element, '{{}}'), [{', '.join(inner)}])"
    if tops:
        # The line's own values come first; list_select restores the order.
        at = iter(range(1, len(tops) + 1))
        within = iter(range(len(tops) + 1, len(places) + 1))
        order = [next(at if p.array is None else within) for p in places]
        values = f"list_select(list_concat(own, {values}), {order})"
    where = _pointer(array)
    return f"""
        SELECT line, problem, {values} AS f
        FROM (SELECT line, problem, own, unnest(elements) AS element
              FROM (SELECT line, problem, {own} AS own,
                      CASE WHEN json_type(whole, {where}) = 'ARRAY'
                            AND json_array_length(whole, {where}) > 0
                      THEN CAST(json_extract(whole, {where}) AS JSON[])
                      ELSE [NULL::JSON] END AS elements
                    FROM (SELECT *, CASE WHEN problem IS NULL THEN text END AS whole
                          FROM ({objects})))
              {"" if most is None else f"LIMIT {most}"})"""


def _pointer(keys: Sequence[str]) -> str:
    """The JSON pointer of keys below each other, as an SQL literal; the whole value for none."""
    if not keys:
        return "'$'"
    return quoted("".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys))
