"""Parquet: one file, or a folder of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.sources import Source, expansion
from pipelines.data.sources.nested import Layout, Place, array_of
from pipelines.errors import AssayError
from pipelines.schema import Longs

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 500_000


def open_file(path: Path) -> Source:
    """The source for a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise AssayError(
            f"{path.name!r} starts like Parquet but cannot be read: it is truncated or damaged; "
            "copy or export it again."
        ) from error
    return _source(path, schema)


def open_folder(path: Path) -> Source:
    """The source for a folder of Parquet files."""
    if not any(path.rglob("*.parquet")):
        raise AssayError(
            f"{path.name!r} is a folder without Parquet files; name the file in it to read."
        )
    with _readable(path.name):
        return _source(path, _dataset(path).schema)


def _source(path: Path, schema: pa.Schema) -> Source:
    import pyarrow as pa

    from pipelines.data.sources import check_duplicates

    check_duplicates(path.name, tuple(schema.names))
    columns: dict[str, Place] = {}
    hidden: dict[str, Place] = {}

    def visit(kind: pa.DataType, place: Place) -> None:
        if pa.types.is_struct(kind):
            hidden.setdefault(place.name, place)
            for inner in kind:
                visit(inner.type, place.then(inner.name))
        elif _is_list(kind) and place.array is None and pa.types.is_struct(kind.value_type):
            hidden.setdefault(place.name, place)
            for inner in kind.value_type:
                visit(inner.type, Place((inner.name,), place.keys))
        else:
            columns.setdefault(place.name, place)
            if _is_list(kind) and place.array is None:
                element = Place((), place.keys)
                hidden.setdefault(element.name, element)

    for field in schema:
        visit(field.type, Place((field.name,)))
    layout = Layout(columns, {n: p for n, p in hidden.items() if n not in columns})
    return Source(path, "parquet", tuple(columns), layout=layout)


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def flat(source: Source) -> tuple[str, ...]:
    """The columns with one plain value per row; nested ones matter only if they are selected."""
    import pyarrow as pa

    def is_flat(kind: pa.DataType) -> bool:
        unusual = pa.types.is_float16(kind) or pa.types.is_interval(kind)
        return not (unusual or pa.types.is_nested(kind) or pa.types.is_decimal256(kind))

    with _readable(source.name):
        schema = _dataset(source.path).schema
    return tuple(
        name for name, place in source.layout.columns.items() if is_flat(_type(schema, place))
    )


def _type(schema: pa.Schema, place: Place) -> pa.DataType:
    """The type of the values at a place."""
    whole = place.keys if place.array is None else place.array
    kind = schema.field(whole[0]).type
    for key in whole[1:]:
        kind = kind.field(key).type
    if place.array is not None:
        kind = kind.value_type
        for key in place.keys:
            kind = kind.field(key).type
    return kind


def _dataset(path: Path) -> Any:
    import pyarrow.dataset as ds

    # Only `key=value` folder names become columns.
    return ds.dataset(path, format="parquet", partitioning="hive" if path.is_dir() else None)


def _bytes_on_disk(path: Path) -> int:
    files = path.rglob("*.parquet") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def _bytes_in_memory(whole: Any, columns: Sequence[str]) -> int:
    """At least so much: equal values take next to nothing in the file, and 4 bytes a row here."""
    return int(whole.count_rows()) * len(columns) * 4


@contextmanager
def _readable(name: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise AssayError(
            f"{name!r} cannot be read completely: the Parquet file is damaged or "
            "has an unsupported type; export it again."
        ) from error


def rows(source: Source) -> int:
    """The number of rows, from the files' metadata."""
    with _readable(source.name):
        return int(_dataset(source.path).count_rows())


def tables(source: Source, columns: Sequence[str]) -> Iterator[tuple[pa.Table, Longs | None]]:
    """The selected columns with their types, in file order, and the row of each line.

    If a column is in an array, there is a line per element, and one without its values for an
    empty array; otherwise the rows are None.
    """
    import pyarrow as pa

    places = [source.layout.place(column) for column in columns]
    array = array_of(places)
    roots = [(p.keys if p.array is None else p.array)[0] for p in places]
    with _readable(source.name):
        whole = _dataset(source.path)
        expansion.check(source.name, _bytes_on_disk(source.path), _bytes_in_memory(whole, columns))
        fragments = sorted(whole.get_fragments(), key=lambda fragment: fragment.path)
        for fragment in fragments:
            wanted = fragment.to_batches(
                schema=whole.schema,
                columns=list(dict.fromkeys(roots)),
                batch_size=ROWS,
                use_threads=True,
            )
            for batch in wanted:
                table = pa.Table.from_batches([batch])
                if array is None and all(len(p.keys) == 1 for p in places):
                    yield table.select(roots).rename_columns(list(columns)), None
                else:
                    yield _flattened(table, columns, places, array)


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
