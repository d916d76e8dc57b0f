"""A value in a file: JSON, then its arrays, which are mapped into memory. It holds no code.

A line of JSON holds the lengths of the parts: the value's document (`values`), then its arrays
(`npy`); each begins at a multiple of 64 bytes. Where a pool is given, a long array stands there,
and its place holds its name. An array is read where and when it is used, and processes that open
one file share its pages. Changes to a loaded array stay in memory. A file must not be cut short
while it is open: write another and rename it, as `dump` does.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.runtime import npy, values
from pipelines.runtime.npy import Pool

ALIGNMENT = 64
"""Bytes: what vectorized loops like, and more than numpy's types need."""
LONG = 1 << 16
"""Bytes from which an array goes into the pool, if there is one."""
_LONGEST_LINE = 1 << 24


def dump(value: object, path: Path, header: bytes = b"", pool: Pool | None = None) -> None:
    """Write `header` and the value, whole or not at all; `values.Unstorable` tells what cannot."""
    document, arrays = values.encoded(value)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(header)
            _write(document, arrays, file, pool)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def load(path: Path, pool: Pool | None = None) -> Any:
    """The value in a file without a header."""
    with path.open("rb") as file:
        return read(file, pool)


def read(file: BinaryIO, pool: Pool | None = None) -> Any:
    """The value at a file's position.

    A `ValueError`, `TypeError`, `LookupError` or `RecursionError` where the file is damaged,
    an `OSError` where the pool lacks an array.
    """
    document, arrays = _parts(file)
    found = [
        npy.read(part) if isinstance(part, memoryview) else _pooled(part, pool) for part in arrays
    ]
    return values.decoded(json.loads(bytes(document)), found)


def names(file: BinaryIO) -> list[str]:
    """The names of the arrays in the pool that the value at a file's position refers to."""
    return [part for part in _parts(file)[1] if isinstance(part, str)]


def _pooled(name: str, pool: Pool | None) -> Any:
    if pool is None:
        raise ValueError("the file needs arrays that lie elsewhere")
    return pool.get(name)


def _parts(file: BinaryIO) -> tuple[memoryview, list[memoryview | str]]:
    """The document's bytes, and each array's: those here, or a name in the pool."""
    line = file.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise ValueError("the file is shorter than it says")
    start = file.tell()
    whole = npy.mapped(file)
    parts: list[memoryview | str] = []
    for length in json.loads(line):
        if isinstance(length, str):
            parts.append(length)
            continue
        start = _aligned(start)
        if length < 0 or start + length > len(whole):
            raise ValueError("the file is shorter than it says")
        parts.append(whole[start : start + length])
        start += length
    document, *arrays = parts
    if isinstance(document, str):
        raise ValueError("the file has no document")
    return document, arrays


def _write(document: Any, arrays: list[Any], file: BinaryIO, pool: Pool | None) -> None:
    text = json.dumps(document, separators=(",", ":")).encode()
    told: list[int | str] = [len(text)]
    contents: list[tuple[bytes, memoryview]] = [(text, memoryview(b""))]
    for array in arrays:
        if pool is not None and array.nbytes >= LONG:
            told.append(pool.add(array))
        else:
            header, content = npy.parts(array)
            told.append(len(header) + content.nbytes)
            contents.append((header, content))
    file.write(json.dumps(told).encode() + b"\n")
    for header, content in contents:
        at = file.tell()
        file.write(bytes(_aligned(at) - at))
        file.write(header)
        file.write(content)


def _aligned(position: int) -> int:
    return -(-position // ALIGNMENT) * ALIGNMENT
