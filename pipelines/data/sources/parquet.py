"""Parquet: one file, or a folder of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.data.sources import Source, expansion
from pipelines.errors import AssayError

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 500_000


def open_file(path: Path) -> Source:
    """The source for a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise AssayError(
            f"{path.name!r} starts like Parquet but cannot be read: it is truncated or damaged; "
            "copy or export it again."
        ) from error
    return Source(path, "parquet", tuple(names))


def open_folder(path: Path) -> Source:
    """The source for a folder of Parquet files."""
    if not any(path.rglob("*.parquet")):
        raise AssayError(
            f"{path.name!r} is a folder without Parquet files; name the file in it to read."
        )
    with _readable(path.name):
        return Source(path, "parquet", tuple(_dataset(path).schema.names))


def flat(source: Source) -> tuple[str, ...]:
    """The columns with one plain value per row; nested ones matter only if they are selected."""
    import pyarrow as pa

    def is_flat(kind: pa.DataType) -> bool:
        unusual = pa.types.is_float16(kind) or pa.types.is_interval(kind)
        return not (unusual or pa.types.is_nested(kind) or pa.types.is_decimal256(kind))

    with _readable(source.name):
        schema = _dataset(source.path).schema
    return tuple(field.name for field in schema if is_flat(field.type))


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


def tables(source: Source, columns: Sequence[str]) -> Iterator[pa.Table]:
    """The selected columns with their types, in file order."""
    import pyarrow as pa

    with _readable(source.name):
        whole = _dataset(source.path)
        expansion.check(source.name, _bytes_on_disk(source.path), _bytes_in_memory(whole, columns))
        fragments = sorted(whole.get_fragments(), key=lambda fragment: fragment.path)
        for fragment in fragments:
            wanted = fragment.to_batches(
                schema=whole.schema, columns=list(columns), batch_size=ROWS, use_threads=True
            )
            for batch in wanted:
                yield pa.Table.from_batches([batch])
