"""A fitted pipeline on disk: a line with the format's number, then its values and arrays.

The number is read before anything else, so that a file of another format, a torn file and a
file whose stages are gone each end in one sentence. Nothing in a file is run: stages are looked
up by name among those installed here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from pipelines.errors import AssayError
from pipelines.runtime import stored
from pipelines.runtime.npy import Pool

T = TypeVar("T")

FORMAT = 3
"""Rises when a stored pipeline can no longer be read by the classes of today."""
_MAGIC = b"assay-pipeline "
_LONGEST_HEADER = 64


def save(state: dict[str, Any], path: Path, pool: Pool) -> None:
    """Write a pipeline's state, whole or not at all; its long arrays into the pool."""
    stored.dump(state, path, _header(), pool)


def load(path: Path, pool: Pool, make: Callable[[dict[str, Any]], T]) -> T:
    """What `make` makes of a file that `save` wrote; an `AssayError` says why it cannot be used."""
    try:
        with path.open("rb") as file:
            _check(file)
            return make(stored.read(file, pool))
    except AssayError as error:
        reason = str(error).rstrip(".")
        raise AssayError(_refusal(path, reason[:1].lower() + reason[1:])) from error
    except OSError as error:
        lost = "" if error.filename in (None, str(path)) else f"{Path(error.filename).name}: "
        reason = f"it cannot be read ({lost}{error.strerror or error})"
        raise AssayError(_refusal(path, reason)) from error
    except Exception as error:  # a torn file, or one that somebody made up, can raise anything
        reason = f"the file is damaged ({type(error).__name__})"
        raise AssayError(_refusal(path, reason)) from error


def files(path: Path, pool: Pool) -> list[Path]:
    """The file of a pipeline and those of the arrays in the pool that it needs."""
    with path.open("rb") as file:
        _check(file)
        return [path, *(pool.path(name) for name in sorted(set(stored.names(file))))]


def megabytes(path: Path, pool: Pool) -> float:
    """What a pipeline takes on disk, with its arrays, MB."""
    return sum(file.stat().st_size for file in files(path, pool)) / 1e6


def _check(file: BinaryIO) -> None:
    header = file.readline(_LONGEST_HEADER)
    if header != _header():
        raise AssayError(_written_by(header))


def _header() -> bytes:
    return _MAGIC + str(FORMAT).encode() + b"\n"


def _written_by(header: bytes) -> str:
    number = header.removeprefix(_MAGIC).strip()
    if header.startswith(_MAGIC) and number.isdigit():
        return f"it has format {number.decode()}, and this version of Assay reads format {FORMAT}"
    return "another version of Assay wrote it, or it is not a fitted pipeline"


def _refusal(path: Path, reason: str) -> str:
    return f"The fitted pipeline {path.name} cannot be loaded: {reason}. Run the bake-off again."
