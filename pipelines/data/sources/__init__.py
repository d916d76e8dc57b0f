"""What a source is: a file of text, Parquet, or a query; its columns; or why it is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipelines.data.recipe import Reading
from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.data.sources.database import Query

MAX_LINE = 100_000
"""Characters; a longer line is no row of a table."""
MAX_COLUMNS = 5_000
Packing = Literal["", "gzip", "zstd"]
_PACKED = {b"PK\x03\x04": "a zip or Excel file", b"BZh": "packed by bzip2",
           b"\xfd7zXZ": "packed by xz", b"\xd0\xcf\x11\xe0": "an old Excel file"}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Something that can be read: `columns` as they are named in it."""

    path: Path
    """The file, or the folder of a Parquet table in parts."""
    kind: Literal["csv", "jsonl", "parquet"]
    columns: tuple[str, ...]
    separator: str = ","
    header: str = ""
    """The header line of a CSV file, stripped."""
    encoding: str = "utf-8"
    packing: Packing = ""
    bare_returns: bool = False
    """Whether lines end in a carriage return alone."""
    reading: Reading = Reading()
    header_lines: int = 1
    """Physical lines of the header; more where a quoted name runs over lines."""

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class QuerySource:
    """A query that was described: a source of rows as a file is."""

    query: Query
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Where the rows come from, in words; never with a password."""
        return f"{self.query.address}: {self.query.text}"


def ask(query: Query) -> QuerySource:
    """Look at a query's columns; an `AssayError` says what the database has against it."""
    from pipelines.data.sources import database

    columns = tuple(name for name, _ in database.describe(query))
    no_twins("the query", columns)
    return QuerySource(query, columns)


def open_source(path: Path, reading: Reading | None = None) -> Source:
    """Look at the first bytes of `path`; an `AssayError` says what is wrong with it.

    A folder is a Parquet table in parts, with `key=value` folders as columns where it has any.
    """
    from pipelines.data.sources import parquet, sniffing

    name = repr(path.name)
    try:
        there, folder = path.exists(), path.is_dir()
        str(path).encode()
    except UnicodeError as error:
        raise AssayError(f"The name {str(path)[-60:]!r} is not UTF-8; rename the file.") from error
    except (OSError, ValueError) as error:  # a name that no file system takes
        raise AssayError(f"{str(path)[:100]!r} is no file name; check the path.") from error
    if not there:
        raise AssayError(f"There is no file {str(path)[-100:]!r}; check the path.")
    if folder:
        source = parquet.open_folder(path)
    else:
        if not path.is_file():
            raise AssayError(f"{name} is not an ordinary file; save its content to one first.")
        try:
            with path.open("rb") as file:
                magic = file.read(8)
        except PermissionError as error:
            raise AssayError(f"{name} may not be read; change its permissions.") from error
        if not magic:
            raise AssayError(f"{name} is empty; export it again.")
        for start, what in _PACKED.items():
            if magic.startswith(start):
                raise AssayError(f"{name} is {what}; save it as CSV (plain or gzip) or Parquet.")
        if magic.startswith(b"PAR1"):
            source = parquet.open_file(path)
        else:
            source = sniffing.open_text(path, packing_of(magic), reading or Reading())
    if not 0 < len(source.columns) <= MAX_COLUMNS:
        raise AssayError(
            f"{name} has {len(source.columns):,} columns, and a table of events has between two "
            f"and {MAX_COLUMNS:,}; export only those that are needed."
        )
    no_twins(source.name, source.columns)
    return source


def packing_of(magic: bytes) -> Packing:
    """How a file that begins so is packed."""
    if magic.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if magic.startswith(b"\x28\xb5\x2f\xfd") else ""


def no_twins(name: str, columns: tuple[str, ...]) -> None:
    """Raise `AssayError` where two columns have one name."""
    twins = sorted(c for c, n in Counter(columns).items() if n > 1)
    if twins:
        raise AssayError(
            f"{name!r} has more than one column named {twins[0][:60]!r}; rename one of them."
        )
