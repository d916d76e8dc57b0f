"""Reads files decompressed and converted to UTF-8."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.data.sources import expansion
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of

if TYPE_CHECKING:
    from pipelines.data.sources import Packing, Source

Read = Callable[[int], bytes]
_ZIP_END = 22 + (1 << 16)
"""Bytes of the end of a zip file that say where the list of its files is, with a comment."""
MOST_INDEX = 1 << 20
"""Bytes of that list; it takes 10 times as much in memory."""
# NotImplementedError: a way of packing that Python cannot undo.
_DAMAGED = (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)


@contextmanager
def reading_bytes(
    path: Path, packing: Packing, position: Callable[[int], None] | None = None
) -> Iterator[Read]:
    """A function that reads about n more decompressed bytes.

    `position` is called with the file's offset after each read.
    """
    with path.open("rb") as file:
        stream: Any = file
        if packing == "gzip":
            stream = gzip.GzipFile(fileobj=file)
        elif packing == "zstd":
            import pyarrow as pa

            stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
        elif packing == "zip":
            stream = _of_zip(path, file)

        size, unpacked = path.stat().st_size, 0

        def read(n: int) -> bytes:
            nonlocal unpacked
            try:
                got: bytes = stream.read(n)
            except (*_DAMAGED, zlib.error) as error:
                if not packing:
                    raise
                raise AssayError(
                    f"The {packing} data of {path.name!r} is truncated or damaged; "
                    "copy the file again."
                ) from error
            unpacked += len(got)
            if packing:
                expansion.check(path.name, size, unpacked)
            if position is not None:
                position(file.tell())
            return got

        yield read


def _of_zip(path: Path, file: Any) -> Any:
    """The one file within a zip file, as a stream."""
    within = check_zip(path)
    try:
        return zipfile.ZipFile(file).open(within)
    except _DAMAGED as error:
        raise _torn(repr(path.name)) from error


def _torn(name: str) -> AssayError:
    return AssayError(f"{name} is a truncated or damaged zip or Excel file; copy it again.")


def check_zip(path: Path) -> str:
    """The name of the one file in a zip file; raises `AssayError` if there are others."""
    name = repr(path.name)
    _check_index(path)
    try:
        with zipfile.ZipFile(path) as archive:
            inner = [entry for entry in archive.infolist() if not entry.is_dir()]
            inner = [e for e in inner if not e.filename.startswith("__MACOSX/")]
    except _DAMAGED as error:
        raise _torn(name) from error
    if any(entry.filename == "[Content_Types].xml" for entry in inner):
        raise AssayError(f"{name} is a zip or Excel file; save its sheet as CSV.")
    if len(inner) != 1:
        raise AssayError(
            f"{name} is a zip or Excel file with {number_of(len(inner), 'file')}; unpack it and "
            "name the file of events."
        )
    if inner[0].flag_bits & 1:
        raise AssayError(f"{name} is a zip file with a password; unpack it first.")
    return inner[0].filename


def _check_index(path: Path) -> None:
    """Raise `AssayError` if the list of a zip file's files is long: Python reads it at once."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _ZIP_END))
        end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) < at + 16:
        return
    size = int.from_bytes(end[at + 12 : at + 16], "little")
    if size > MOST_INDEX:
        raise AssayError(
            f"{path.name!r} is a zip file with very many files; unpack it and name the file of "
            "events."
        )


def as_utf8(data: bytes) -> tuple[bytes, int]:
    """Whole lines as UTF-8, and the number of lines that were read as Windows-1252 instead."""
    try:
        data.decode()
    except UnicodeDecodeError:
        before = list(io.BytesIO(data))  # lines end at "\n" only, like those that are counted
        after = [_line_as_utf8(line) for line in before]
        return b"".join(after), sum(a is not b for a, b in zip(after, before, strict=True))
    return data, 0


def _line_as_utf8(line: bytes) -> bytes:
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace").encode()
    return line


@contextmanager
def reading_utf8(source: Source, position: Callable[[int], None] | None = None) -> Iterator[Read]:
    """Like `reading_bytes`, with other encodings converted to UTF-8, and a JSON document to a
    line per row.

    Bytes that cannot be decoded become U+FFFD.
    """
    with _decoded(source, position) as read:
        if source.rows_key is None:
            yield read
        else:
            from pipelines.data.sources import json_documents

            yield json_documents.as_lines(read, source.rows_key, source.name)


@contextmanager
def _decoded(source: Source, position: Callable[[int], None] | None) -> Iterator[Read]:
    with reading_bytes(source.path, source.packing, position) as read:
        if source.encoding == "utf-8":
            yield read
            return
        texts = io.TextIOWrapper(
            io.BufferedReader(_Raw(read)), source.encoding, errors="replace", newline=""
        )
        # Some encodings can hold lone surrogates, which UTF-8 cannot.
        yield lambda n: texts.read(n).encode(errors="replace")


class _Raw(io.RawIOBase):
    """A `Read` as an io stream."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        got = self._read(len(buffer))
        buffer[: len(got)] = got
        return len(got)
