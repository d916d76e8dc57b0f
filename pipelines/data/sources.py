"""What a file is: its format, its separator, its columns; or one sentence why it is none."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.errors import AssayError

MAX_LINE = 100_000
"""Characters; a longer line is no row of a table."""
HEAD = 1 << 18
_SEPARATORS = (",", "\t", ";", "|", "::")
_PACKED = {b"PK\x03\x04": "a zip or Excel file", b"BZh": "packed by bzip2",
           b"\xfd7zXZ": "packed by xz", b"\x28\xb5\x2f\xfd": "packed by zstd",
           b"\xd0\xcf\x11\xe0": "an old Excel file"}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A file that can be read: `columns` as they are named in it."""

    path: Path
    kind: Literal["csv", "jsonl", "parquet"]
    columns: tuple[str, ...]
    separator: str = ","
    header: str = ""
    """The header line of a CSV file, stripped."""
    encoding: Literal["utf-8", "utf-16"] = "utf-8"
    packed: bool = False
    bare_returns: bool = False
    """Whether lines end in a carriage return alone."""


def open_source(path: Path) -> Source:
    """Look at the first bytes of `path`; an `AssayError` says what is wrong with it."""
    name = repr(path.name)
    if not path.exists():
        raise AssayError(f"There is no file {str(path)!r}; check the path.")
    if path.is_dir():
        raise AssayError(f"{name} is a folder; name one file in it.")
    if not path.is_file():
        raise AssayError(f"{name} is not an ordinary file; save its content to one first.")
    try:
        with path.open("rb") as file:
            magic = file.read(8)
    except PermissionError as error:
        raise AssayError(f"{name} may not be read; change its permissions.") from error
    if not magic:
        raise AssayError(f"{name} is empty; export it again.")
    if magic.startswith(b"PAR1"):
        return _parquet(path)
    for start, what in _PACKED.items():
        if magic.startswith(start):
            raise AssayError(f"{name} is {what}; save it as CSV (plain or gzip) or Parquet.")
    return _text(path, packed=magic.startswith(b"\x1f\x8b"))


def _parquet(path: Path) -> Source:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise AssayError(
            f"{path.name!r} starts as Parquet but cannot be read: it is torn or damaged; "
            "copy or export it again."
        ) from error
    _no_twins(path, schema.names)
    return Source(path, "parquet", tuple(schema.names))


def _text(path: Path, *, packed: bool) -> Source:
    plain = Source(path, "csv", (), packed=packed)
    with reading(plain) as read:
        head = read(HEAD)
    name = repr(path.name)
    if not head:
        raise AssayError(f"{name} is empty; export it again.")
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if utf16:
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    else:
        text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
    if _is_binary(text):
        raise AssayError(
            f"{name} holds binary data, not a table; give a CSV, TSV, JSON Lines or Parquet file."
        )
    if not text.strip():
        raise AssayError(f"{name} holds no text; export it again.")
    start = text.lstrip()[:200].casefold()
    if start.startswith("<"):
        raise AssayError(
            f"{name} is a web page or XML, not a table; perhaps a sign-in page was saved "
            "in its place: download the file itself."
        )
    if start.startswith("["):
        raise AssayError(f"{name} is one JSON array; write one JSON object per line instead.")
    bare = "\r" in text and "\n" not in text
    lines = text.replace("\r", "\n").split("\n") if bare else text.split("\n")
    complete = lines if len(head) < HEAD else lines[:-1] or lines
    encoding: Literal["utf-8", "utf-16"] = "utf-16" if utf16 else "utf-8"
    kind: Literal["csv", "jsonl"] = "csv"
    header, separator = "", ","
    if start.startswith("{"):
        kind, columns = "jsonl", _keys(path, complete)
    else:
        header = next(line for line in lines if line.strip()).rstrip("\r\n")
        separator, columns = _header(path, header)
    _no_twins(path, columns)
    return Source(path, kind, tuple(columns), separator, header, encoding, packed, bare)


def _is_binary(text: str) -> bool:
    start = text[:8192]
    strange = sum(ch < " " and ch not in "\t\r\n\f\v" for ch in start) + start.count("\ufffd")
    # A few strange characters are a row's fault, not the file's.
    return strange > max(8, len(start) // 20)


def _header(path: Path, line: str) -> tuple[str, list[str]]:
    """The separator that gives the header line the most columns, and their names."""
    name = repr(path.name)
    if len(line) > MAX_LINE:
        raise AssayError(
            f"The first line of {name} has more than {MAX_LINE:,} characters, so it is no "
            "header of a table; check that the file has line breaks."
        )
    split = {sep: _fields(line, sep) for sep in _SEPARATORS}
    separator = max(_SEPARATORS, key=lambda sep: len(split[sep]))
    columns = [c.strip() or f"column_{i}" for i, c in enumerate(split[separator], start=1)]
    if len(columns) > 1 and all(_is_number(c) for c in columns):
        raise AssayError(
            f"The first line of {name} looks like data ({', '.join(columns[:4])}); add a line "
            "with the columns' names, such as user_id,item_id,weight,timestamp."
        )
    return separator, columns


def _fields(line: str, separator: str) -> list[str]:
    if len(separator) > 1:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return line.split(separator)


def _keys(path: Path, lines: list[str]) -> list[str]:
    """The keys of the first 1,000 objects, in the order met."""
    keys: dict[str, None] = {}
    for line in lines[:1000]:
        try:
            row = json.loads(line)
        except ValueError:
            continue  # such a line goes to quarantine when the file is read
        if isinstance(row, dict):
            keys.update(dict.fromkeys(row))
    if not keys:
        raise AssayError(
            f"{path.name!r} starts like JSON, but none of its first lines is a JSON object; "
            "write one object per line."
        )
    return list(keys)


def _no_twins(path: Path, columns: list[str]) -> None:
    twins = sorted({c for c in columns if columns.count(c) > 1})
    if twins:
        raise AssayError(
            f"{path.name!r} has more than one column named {twins[0][:60]!r}; rename one of them."
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@contextmanager
def reading(source: Source, position: Callable[[int], None] | None = None) -> Iterator[
    Callable[[int], bytes]
]:  # fmt: skip
    """A function that reads about n more bytes as UTF-8; `position` hears the file's offset."""
    with source.path.open("rb") as file:
        stream: io.BufferedReader | gzip.GzipFile = file
        if source.packed:
            stream = gzip.GzipFile(fileobj=file)
        texts = None
        if source.encoding == "utf-16":
            texts = io.TextIOWrapper(stream, "utf-16", errors="replace", newline="")

        def read(n: int) -> bytes:
            try:
                got = stream.read(n) if texts is None else texts.read(n).encode()
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise AssayError(
                    f"{source.path.name!r} is torn: its gzip data is damaged or ends early; "
                    "copy it again."
                ) from error
            if position is not None:
                position(file.tell())
            return got

        yield read
