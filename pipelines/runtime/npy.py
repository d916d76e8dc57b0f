"""Arrays in files: numpy's npy format, mapped into memory; and a folder of them by content.

https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO, cast
from weakref import WeakValueDictionary

import numpy as np

_NAME = re.compile(r"[0-9a-f]{64}")
_HEADER = 4096
"""Bytes that hold an array's header: its type and its shape."""
_open: WeakValueDictionary[tuple[int, int], mmap.mmap] = WeakValueDictionary()
"""This process's maps of a pool's files, by device and inode."""


def parts(array: np.ndarray) -> tuple[bytes, memoryview]:
    """An array as npy: its header, a multiple of 64 bytes, and its content."""
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        array = np.ascontiguousarray(array)
    header = io.BytesIO()
    described = np.lib.format.header_data_from_array_1_0(array)
    np.lib.format.write_array_header_1_0(header, described)
    flat = array.reshape(-1) if array.flags.c_contiguous else array.T.reshape(-1)
    return header.getvalue(), flat.view(np.uint8).data if flat.size else memoryview(b"")


def read(whole: memoryview) -> np.ndarray:
    """The array in an npy file's bytes, which it shares; a `ValueError` where there is none.

    Objects are refused: they would be a pickle.
    """
    file = io.BytesIO(whole[:_HEADER])
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("the array has another format")
    shape, by_columns, kind = np.lib.format.read_array_header_1_0(file)
    if kind.hasobject or kind.kind == "V":
        raise ValueError("the array holds objects")
    content = whole[file.tell() :]
    if any(length < 0 for length in shape) or len(content) != kind.itemsize * _count(shape):
        raise ValueError("the array is not as long as it says")
    if not len(content):
        return np.zeros(shape, kind)
    return np.ndarray(shape, kind, content, order="F" if by_columns else "C")


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count


def mapped(file: BinaryIO) -> memoryview:
    """A file in memory, read where it is used; what is changed there stays in memory."""
    return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))


def release() -> None:
    """Give back the memory of all pools' arrays that are mapped; what is used again is read again.

    A check on opening reads each array once, and a request some rows of it. In arrays that
    somebody wrote into, the changes would be lost.
    """
    for held in list(_open.values()):
        if hasattr(held, "madvise"):
            held.madvise(mmap.MADV_DONTNEED)


class Pool:
    """A folder of arrays, each once, named by the SHA-256 of its content.

    A process maps a file once, however many pipelines refer to it, and processes share its
    pages. Files are never changed, so nobody may write into an array of a pool.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, array: np.ndarray) -> str:
        """Write an array, whole or not at all, where it is not there yet; its name."""
        header, content = parts(array)
        digest = hashlib.sha256(header)
        digest.update(content)
        name = digest.hexdigest()
        path = self.path(name)
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{name}.{os.getpid()}.part")
            try:
                with beside.open("wb") as file:
                    file.write(header)
                    file.write(content)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
        return name

    def get(self, name: str) -> np.ndarray:
        """The array of that name; `OSError` or `ValueError` where it cannot be read."""
        # A link could lead anywhere, and a pipe would be waited for.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(self.path(name), flags)
        with os.fdopen(descriptor, "rb"):
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise ValueError("an array is not a file")
            key = (found.st_dev, found.st_ino)
            held = _open.get(key)
            if held is None:
                held = mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY)
                _open[key] = held
        return read(memoryview(held))

    def path(self, name: str) -> Path:
        """The file of an array; a `ValueError` where it is no such name."""
        if not isinstance(cast(object, name), str) or not _NAME.fullmatch(name):
            raise ValueError("an array's name is not a hash")
        return self.folder / f"{name}.npy"
