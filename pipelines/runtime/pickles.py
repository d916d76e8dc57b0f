"""Objects with large arrays on disk: a pickle, then the arrays, which are mapped into memory.

A line of JSON holds the lengths of the parts; each part begins at a multiple of 64 bytes. An
array is read where and when it is used, and processes that open one file share its pages.
Changes to a loaded array stay in memory. A file must not be cut short while it is open: write
another and rename it, as `dump` does. Unpickling runs code: load only files of your own.
"""

from __future__ import annotations

import json
import mmap
import os
import pickle
from pathlib import Path
from typing import Any, BinaryIO

ALIGNMENT = 64
"""Bytes: what vectorized loops like, and more than numpy's types need."""


def dump(value: object, path: Path, header: bytes = b"") -> None:
    """Write `header` and the value, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(header)
            _write(value, file)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def load(path: Path) -> Any:
    """The value in a file without a header."""
    with path.open("rb") as file:
        return read(file)


def read(file: BinaryIO) -> Any:
    """The value at a file's position; `ValueError` where the file is torn.

    A pickle that is damaged raises whatever comes of it.
    """
    lengths = json.loads(file.readline())
    start = file.tell()
    whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    parts = []
    for length in lengths:
        start = _aligned(start)
        if start + length > len(whole):
            raise ValueError("the file is shorter than it says")
        parts.append(whole[start : start + length])
        start += length
    return pickle.loads(parts[0], buffers=parts[1:])


def _write(value: object, file: BinaryIO) -> None:
    arrays: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, protocol=5, buffer_callback=arrays.append)
    parts = [memoryview(pickled), *(array.raw() for array in arrays)]
    file.write(json.dumps([part.nbytes for part in parts]).encode() + b"\n")
    for part in parts:
        at = file.tell()
        file.write(bytes(_aligned(at) - at))
        file.write(part)


def _aligned(position: int) -> int:
    return -(-position // ALIGNMENT) * ALIGNMENT
