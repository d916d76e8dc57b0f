"""A file's bytes: unpacked, and in UTF-8 whatever its encoding."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.data.sources import Packing, Source

Read = Callable[[int], bytes]


@contextmanager
def reading_bytes(
    path: Path, packing: Packing, position: Callable[[int], None] | None = None
) -> Iterator[Read]:
    """A function that reads about n more unpacked bytes; `position` hears the file's offset."""
    with path.open("rb") as file:
        stream: Any = file
        if packing == "gzip":
            stream = gzip.GzipFile(fileobj=file)
        elif packing == "zstd":
            import pyarrow as pa

            stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")

        def read(n: int) -> bytes:
            try:
                got: bytes = stream.read(n)
            except (EOFError, gzip.BadGzipFile, zlib.error, OSError) as error:
                if not packing:
                    raise
                raise AssayError(
                    f"{path.name!r} is torn: its {packing} data is damaged or ends early; "
                    "copy it again."
                ) from error
            if position is not None:
                position(file.tell())
            return got

        yield read


def as_utf8(data: bytes) -> tuple[bytes, int]:
    """Whole lines as UTF-8, and how many were not and were read as Windows-1252."""
    try:
        data.decode()
    except UnicodeDecodeError:
        before = list(io.BytesIO(data))  # its lines end at "\n" alone, as those that are counted
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
    """As `reading_bytes`, with another encoding than UTF-8 turned into it.

    What an encoding cannot read becomes the sign for that, U+FFFD.
    """
    with reading_bytes(source.path, source.packing, position) as read:
        if source.encoding == "utf-8":
            yield read
            return
        texts = io.TextIOWrapper(
            io.BufferedReader(_Raw(read)), source.encoding, errors="replace", newline=""
        )
        # Some encodings can write half a pair of surrogates, which UTF-8 cannot.
        yield lambda n: texts.read(n).encode(errors="replace")


class _Raw(io.RawIOBase):
    """A `Read` as a stream."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        got = self._read(len(buffer))
        buffer[: len(got)] = got
        return len(got)
