"""Parquet: one file, or a folder of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.data.sources import Source
from pipelines.data.sources.nested import Layout, Place
from pipelines.errors import AssayError

if TYPE_CHECKING:
    import pyarrow as pa


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
    with readable(path.name):
        return _source(path, dataset(path).schema)


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

    with readable(source.name):
        schema = dataset(source.path).schema
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


def dataset(path: Path, repeated: Sequence[str] = ()) -> Any:
    """The file or folder; `repeated` columns of texts are read as dictionaries."""
    import pyarrow.dataset as ds

    options = ds.ParquetReadOptions(dictionary_columns=set(repeated))
    # Only `key=value` folder names become columns.
    return ds.dataset(
        path,
        format=ds.ParquetFileFormat(read_options=options),
        partitioning="hive" if path.is_dir() else None,
    )


@contextmanager
def readable(name: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except pa.ArrowMemoryError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise AssayError(
            f"{name!r} cannot be read completely: the Parquet file is damaged or "
            "has an unsupported type; export it again."
        ) from error


def rows(source: Source) -> int:
    """The number of rows, from the files' metadata."""
    with readable(source.name):
        return int(dataset(source.path).count_rows())
