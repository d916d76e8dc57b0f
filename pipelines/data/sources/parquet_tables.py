"""The rows of Parquet as tables of bounded size; arrays become a line per element."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.sources import Source, expansion
from pipelines.data.sources.nested import Place, array_of
from pipelines.data.sources.parquet import dataset, readable
from pipelines.errors import AssayError
from pipelines.schema import Longs

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, MOST_BYTES = 500_000, 200_000_000
"""Of a table, at most; a file of a few kilobytes may hold a long text in each of its rows."""
FEW = 8
"""Bytes of a text in the file up to which its column counts as one that repeats."""
DECODED = 4_096
"""Rows that are decoded at once, at most."""
HEAD_BYTES = 8_000_000
"""Of the first rows, at most."""


def tables(
    source: Source, columns: Sequence[str], head: int | None = None
) -> Iterator[tuple[pa.Table, Longs | None]]:
    """The selected columns with their types, in file order, and the row of each line.

    If a column is in an array, there is a line per element, and one without its values for an
    empty array; otherwise the rows are None. With `head`, tables have at most so many lines, and
    only the first one is meant to be read.
    """
    import pyarrow.dataset as ds

    rows, size = (ROWS, MOST_BYTES) if head is None else (head, HEAD_BYTES)
    # Whole row groups are read ahead unless only their beginning is wanted.
    scan = ds.ParquetFragmentScanOptions(pre_buffer=head is None)
    places = [source.layout.place(column) for column in columns]
    array = array_of(places)
    roots = [(p.keys if p.array is None else p.array)[0] for p in places]
    with readable(source.name):
        whole = dataset(source.path)
        whole = dataset(source.path, _repeated(whole))
        expansion.check(source.name, _bytes_on_disk(source.path), _bytes_in_memory(whole, columns))
        fragments = sorted(whole.get_fragments(), key=lambda fragment: fragment.path)
        for fragment in fragments:
            wanted = fragment.to_batches(
                schema=whole.schema,
                columns=list(dict.fromkeys(roots)),
                batch_size=_at_once(source.name, fragment, set(roots), rows, size),
                batch_readahead=2,
                fragment_readahead=1,
                use_threads=True,
                fragment_scan_options=scan,
            )
            for table in _gathered(wanted, rows, size):
                if array is None and all(len(p.keys) == 1 for p in places):
                    yield table.select(roots).rename_columns(list(columns)), None
                else:
                    yield _first(head, *_flattened(table, columns, places, array))


def _first(head: int | None, table: pa.Table, rows: Longs | None) -> tuple[pa.Table, Longs | None]:
    return table.slice(0, head), None if rows is None else rows[:head]


def _at_once(name: str, fragment: Any, roots: set[str], rows: int, size: int) -> int:
    """How many rows of a file may be decoded at once, by what it says of their values.

    Raises `AssayError` if a single one takes too much.
    """
    told, width = fragment.metadata, 1.0
    for number in range(told.num_row_groups):
        group = told.row_group(number)
        columns = [group.column(place) for place in range(group.num_columns)]
        held = sum(
            # Equal elements of an array take next to nothing in the file, and 8 bytes each here.
            max(column.total_uncompressed_size, 8 * column.num_values)
            for column in columns
            if column.path_in_schema in roots or column.path_in_schema.split(".")[0] in roots
        )
        width = max(width, held / max(group.num_rows, 1))
    if width > MOST_BYTES:
        raise AssayError(
            f"The rows of {name!r} take {width / 1e6:,.0f} MB each, too much for events; write one "
            "row per event."
        )
    return int(max(1, min(DECODED, rows, size / width)))


def _gathered(batches: Iterator[pa.RecordBatch], most: int, largest: int) -> Iterator[pa.Table]:
    """Batches put together to tables of at most `most` rows and about `largest` bytes."""
    import pyarrow as pa

    held: list[pa.Table] = []
    rows = size = 0
    for batch in batches:
        width = _width(batch)
        step = int(max(1, min(len(batch), most, largest // max(width, 1))))
        for start in range(0, len(batch), step):
            some = _spelled_out(pa.Table.from_batches([batch.slice(start, step)]))
            if held and (rows + len(some) > most or size + len(some) * width > largest):
                yield pa.concat_tables(held)
                held, rows, size = [], 0, 0
            held.append(some)
            rows, size = rows + len(some), size + int(len(some) * width)
    if held:
        yield pa.concat_tables(held)


def _width(batch: pa.RecordBatch) -> float:
    """Bytes of a row once each of its values is spelled out, on average."""
    import pyarrow as pa
    import pyarrow.compute as pc

    total = 0
    for column in batch.columns:
        total += column.nbytes
        if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            total += pc.sum(lengths).as_py() or 0
    return total / max(len(batch), 1)


def _repeated(whole: Any) -> list[str]:
    """Columns of texts that take a few bytes a row in the file, since they repeat.

    Arrow spells out a whole row group of them at once, which can be gigabytes.
    """
    found: set[str] = set()
    for fragment in whole.get_fragments():
        told = fragment.metadata
        for number in range(told.num_row_groups):
            group = told.row_group(number)
            for place in range(group.num_columns):
                column = group.column(place)
                few = column.total_uncompressed_size < FEW * group.num_rows
                if few and column.physical_type == "BYTE_ARRAY" and column.has_dictionary_page:
                    found.add(column.path_in_schema)
    return sorted(found & {f.name for f in whole.schema if _is_text(f.type)})


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def _spelled_out(table: pa.Table) -> pa.Table:
    """Without dictionaries, which differ from batch to batch."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            values = table[place].cast(field.type.value_type)
            table = table.set_column(place, field.name, values)
    return table


def _bytes_on_disk(path: Path) -> int:
    files = path.rglob("*.parquet") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def _bytes_in_memory(whole: Any, columns: Sequence[str]) -> int:
    """At least so much: equal values take next to nothing in the file, and 4 bytes a row here."""
    return int(whole.count_rows()) * len(columns) * 4


def _flattened(
    table: pa.Table, columns: Sequence[str], places: Sequence[Place], array: tuple[str, ...] | None
) -> tuple[pa.Table, Longs | None]:
    import pyarrow as pa

    rows = elements = None
    if array is not None:
        rows, elements = _elements(_within(table, array))
    values = []
    for place in places:
        if place.array is None:
            found = _within(table, place.keys)
            values.append(found if rows is None else found.take(pa.array(rows)))
        else:
            assert elements is not None
            values.append(_inner(elements, place.keys))
    return pa.table(values, list(columns)), rows


def _within(table: pa.Table, keys: tuple[str, ...]) -> pa.Array:
    return _inner(_whole(table[keys[0]]), keys[1:])


def _whole(values: pa.ChunkedArray) -> pa.Array:
    found = values.combine_chunks()
    return found.combine_chunks() if hasattr(found, "chunks") else found


def _inner(values: pa.Array, keys: tuple[str, ...]) -> pa.Array:
    import pyarrow.compute as pc

    return pc.struct_field(values, list(keys)) if keys else values


def _elements(arrays: pa.Array) -> tuple[Longs, pa.Array]:
    """The row (n,) of each element, and the elements; one that is missing for an empty array."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.list_value_length(arrays), 0).to_numpy(zero_copy_only=False)
    each = np.maximum(lengths, 1)
    rows = np.repeat(np.arange(len(arrays), dtype=np.int64), each)
    missing = np.repeat(lengths == 0, each)
    place = np.cumsum(~missing) - 1
    flat = pc.list_flatten(arrays)
    return rows, flat.take(pa.array(place, pa.int64(), mask=missing))
