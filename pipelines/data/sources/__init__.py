"""Sources of rows: text files, Parquet and database queries, with their columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipelines.data.recipe import Reading
from pipelines.data.sources.nested import Layout
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of

if TYPE_CHECKING:
    from pipelines.data.sources.database import Query

MAX_COLUMNS = 5_000
Packing = Literal["", "gzip", "zstd", "zip"]
_PACKED = {b"BZh": "a bzip2 file",
           b"\xfd7zXZ": "an xz file", b"\xd0\xcf\x11\xe0": "an old Excel file"}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A file that can be read, with its `columns` as named in it."""

    path: Path
    """The file, or the folder of a partitioned Parquet table."""
    kind: Literal["csv", "jsonl", "parquet"]
    columns: tuple[str, ...]
    separator: str = ","
    header: str = ""
    """The header line of a CSV file, stripped."""
    encoding: str = "utf-8"
    recoded: bool = False
    """Whether some of the first lines are not UTF-8, and are read as Windows-1252."""
    packing: Packing = ""
    bare_returns: bool = False
    """Whether lines end in a carriage return alone."""
    reading: Reading = Reading()
    """How the text is read; what was detected is filled in."""
    header_lines: int = 1
    """Physical lines of the header: none if the file has no header, more than one if a quoted
    name spans lines."""
    skipped: int = 0
    """Physical lines above the header that are not rows."""
    layout: Layout = field(default_factory=lambda: Layout({}, {}), hash=False)
    """Where the columns of JSON and Parquet are."""
    rows_key: str | None = None
    """The key that holds the array of rows in a JSON document; "" if the document is the array."""
    notes: tuple[str, ...] = ()
    """What was detected and is not plain to see, one sentence each."""

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class QuerySource:
    """A query as a source of rows, with its columns."""

    query: Query
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The address and the query; never with a password."""
        return f"{self.query.address}: {self.query.text}"


def describe_query(query: Query) -> QuerySource:
    """The query with its columns; raises `AssayError` if the database refuses it."""
    from pipelines.data.sources import database

    columns = tuple(name for name, _ in database.describe(query))
    check_duplicates("the query", columns)
    return QuerySource(query, columns)


def open_source(path: Path, reading: Reading | None = None, named: Collection[str] = ()) -> Source:
    """Detect format and columns of `path` from its first bytes; `AssayError` if it is unusable.

    `named` are columns that the user names: a first line with them is a header. A folder is a
    partitioned Parquet table; `key=value` folders become columns.
    """
    from pipelines.data.sources import parquet, sniffing, streams

    name = repr(path.name)
    try:
        there, folder = path.exists(), path.is_dir()
        str(path).encode()
    except UnicodeError as error:
        raise AssayError(f"The name {str(path)[-60:]!r} is not UTF-8; rename the file.") from error
    except (OSError, ValueError) as error:  # a name that no file system accepts
        raise AssayError(f"{str(path)[:100]!r} is not a file name; check the path.") from error
    if not there:
        raise AssayError(f"There is no file {str(path)[-100:]!r}; check the path.")
    if folder:
        source = parquet.open_folder(path)
    else:
        if not path.is_file():
            raise AssayError(f"{name} is not a regular file; save its content to one first.")
        try:
            with path.open("rb") as file:
                magic = file.read(8)
        except PermissionError as error:
            raise AssayError(f"No permission to read {name}; change its permissions.") from error
        if not magic:
            raise AssayError(f"{name} is empty; export it again.")
        for start, what in _PACKED.items():
            if magic.startswith(start):
                raise AssayError(f"{name} is {what}; save it as CSV (plain or gzip) or Parquet.")
        if magic.startswith(b"PK\x03\x04"):
            streams.check_zip(path)
        if magic.startswith(b"PAR1"):
            source = parquet.open_file(path)
        else:
            source = sniffing.open_text(path, packing_of(magic), reading or Reading(), named)
    if not 0 < len(source.columns) <= MAX_COLUMNS:
        raise AssayError(
            f"{name} has {number_of(len(source.columns), 'column')}; a table of events has 2 to "
            f"{MAX_COLUMNS:,}: export only the columns that are needed."
        )
    check_duplicates(source.name, source.columns)
    return source


def packing_of(magic: bytes) -> Packing:
    """The compression of a file by its first bytes."""
    if magic.startswith(b"\x1f\x8b"):
        return "gzip"
    if magic.startswith(b"PK\x03\x04"):
        return "zip"
    return "zstd" if magic.startswith(b"\x28\xb5\x2f\xfd") else ""


def check_duplicates(name: str, columns: tuple[str, ...]) -> None:
    """Raise `AssayError` if two columns have the same name."""
    repeated = sorted(c for c, n in Counter(columns).items() if n > 1)
    if repeated:
        raise AssayError(
            f"{name!r} has more than one column named {repeated[0][:60]!r}; rename one of them."
        )
