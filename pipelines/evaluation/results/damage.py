"""A bake-off's files as they are read: a missing or damaged one is one sentence."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import AssayError

DAMAGED = (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)
"""What numpy and pyarrow raise for a file that is damaged; not found and denied are `OSError`."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise an `AssayError` where a file of a bake-off is missing or damaged."""
    try:
        yield
    except FileNotFoundError as error:
        raise AssayError(
            f"This bake-off's {path.name} was deleted or never written; run the bake-off again."
        ) from error
    except (*DAMAGED, OSError) as error:
        raise AssayError(
            f"This bake-off's {path.name} cannot be read ({type(error).__name__}): it is damaged "
            "or of another version of Assay; run the bake-off again."
        ) from error
