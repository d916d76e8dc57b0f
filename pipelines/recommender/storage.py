"""A fitted pipeline on disk: a line with the format's number, then the object and its arrays.

The number is read before anything is unpickled, so that a file of another format, a torn
file and a file whose classes are gone each end in one sentence. Unpickling runs code:
load only files that this workspace or your own MLflow store wrote.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pipelines.errors import AssayError
from pipelines.runtime import pickles

T = TypeVar("T")

FORMAT = 2
"""Rises when a stored pipeline can no longer be read by the classes of today."""
_MAGIC = b"assay-pipeline "
_LONGEST_HEADER = 64


def save(fitted: object, path: Path) -> None:
    """Write the pipeline, whole or not at all."""
    pickles.dump(fitted, path, _header())


def load(path: Path, kind: type[T]) -> T:
    """The object in a file that `save` wrote; an `AssayError` says why it cannot be used."""
    try:
        with path.open("rb") as file:
            header = file.readline(_LONGEST_HEADER)
            if header != _header():
                raise AssayError(_refusal(path, _written_by(header)))
            fitted = pickles.read(file)
    except AssayError:
        raise
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})"
        raise AssayError(_refusal(path, reason)) from error
    except (ImportError, AttributeError) as error:
        reason = f"it needs a class that is not installed here ({error})"
        raise AssayError(_refusal(path, reason)) from error
    except Exception as error:  # a torn pickle can raise nearly anything
        reason = f"the file is damaged ({type(error).__name__})"
        raise AssayError(_refusal(path, reason)) from error
    if not isinstance(fitted, kind):
        raise AssayError(_refusal(path, "it holds something else"))
    return fitted


def _header() -> bytes:
    return _MAGIC + str(FORMAT).encode() + b"\n"


def _written_by(header: bytes) -> str:
    number = header.removeprefix(_MAGIC).strip()
    if header.startswith(_MAGIC) and number.isdigit():
        return f"it has format {number.decode()}, and this version of Assay reads format {FORMAT}"
    return "another version of Assay wrote it, or it is not a fitted pipeline"


def _refusal(path: Path, reason: str) -> str:
    return f"The fitted pipeline {path.name} cannot be loaded: {reason}. Run the bake-off again."
