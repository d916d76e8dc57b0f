"""Folders that are complete or absent: written elsewhere, then renamed."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import AssayError
from pipelines.runtime import processes

_HIDDEN = ".incoming-"


def is_name(text: str) -> bool:
    """Whether that can name a file in a folder, and leads nowhere else."""
    return text not in ("", ".", "..") and not set(text) & {"/", "\\", "\0"} and len(text) <= 200


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into; it becomes `folder` at the end, and is removed on an error.

    It lies beside `folder`, so that the last step is one rename. Errors: an `AssayError` if
    `folder` is not empty, at the start or at the end.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise _in_use(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(folder.parent, prefix=_HIDDEN) as written:
        written.chmod(0o755)
        yield written
        try:
            written.replace(folder)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                raise _in_use(folder) from error
            raise


@contextmanager
def temporary_folder(parent: Path, prefix: str = "") -> Iterator[Path]:
    """A new folder in `parent`, removed at the end unless it was renamed.

    Its name holds this process's id. Folders of processes that were killed are removed first,
    because they may hold personal data.
    """
    for left in parent.glob(f"{prefix}*"):
        pid = left.name[len(prefix) :].partition("-")[0]
        if pid.isdecimal() and not processes.alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> AssayError:
    return AssayError(f"{folder} is in use; name a new or an empty folder.")
