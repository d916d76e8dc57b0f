"""Where a finished dataset lands: its name, its version, and all of it or nothing."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import AssayError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_INCOMING = ".incoming-"


def check_name(name: str) -> str:
    """`name` itself where it may name a dataset: lowercase letters, digits, dashes."""
    if not _NAME.fullmatch(name):
        shown = name if len(name) <= 60 else name[:60] + "…"
        raise AssayError(
            f"{shown!r} cannot name a dataset; use lowercase letters, digits and dashes, "
            "up to 63 of them, as in shop-2026."
        )
    return name


def versions(home_folder: Path, name: str) -> list[int]:
    """The versions of a dataset that are there, ascending."""
    folder = home_folder / check_name(name)
    if not folder.is_dir():
        return []
    return sorted(int(p.name) for p in folder.iterdir() if p.is_dir() and p.name.isdecimal())


@contextmanager
def all_or_nothing(folder: Path) -> Iterator[Path]:
    """A folder to write into that becomes `folder` at the end, or vanishes on an error.

    It lies beside `folder`, so that the last step is one rename. What a killed process
    left there is swept away by the next one.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    incoming = Path(tempfile.mkdtemp(prefix=f"{_INCOMING}{os.getpid()}-", dir=folder.parent))
    try:
        incoming.chmod(0o755)
        yield incoming
        incoming.replace(folder)
    except BaseException:
        shutil.rmtree(incoming, ignore_errors=True)
        raise


@contextmanager
def next_version(home_folder: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """A folder to write into, and the folder `<home_folder>/<name>/<version>` it will be."""
    number = max(versions(home_folder, name), default=0) + 1
    final = home_folder / name / str(number)
    try:
        with all_or_nothing(final) as incoming:
            yield incoming, final
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise AssayError(
                f"Another import of {name!r} ended at the same moment; import again."
            ) from error
        raise


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_INCOMING}*"):
        pid = left.name[len(_INCOMING) :].partition("-")[0]
        if pid.isdecimal() and not _alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
