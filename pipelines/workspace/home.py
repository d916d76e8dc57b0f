"""The folders of a workspace, and locks between processes that share it."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import AssayError
from pipelines.runtime.folders import is_name, temporary_folder

log = logging.getLogger(__name__)

LEFT_BEHIND_SECONDS = 24 * 3600.0
"""Age from which an upload that no job needs is removed; a page that shows it writes it again."""
RESERVE = 1 << 20
"""Bytes kept aside: what SQLite needs to open its log and to take a dataset's rows away."""
_PLENTY = 64 * RESERVE
"""Free bytes from which so much is put aside."""
_VERSION = re.compile(r"(.+)@([1-9]\d{0,8})")


@dataclass(frozen=True)
class Home:
    """The paths under the workspace's folder (absolute)."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "assay.db"

    @property
    def suspected(self) -> Path:
        """There where a process met damage in the database; the next start looks at it."""
        return self.root / "assay.db.damaged"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def bakeoffs(self) -> Path:
        return self.root / "bakeoffs"

    @property
    def stages(self) -> Path:
        """Fitted stages by hash, shared by the contenders that use them."""
        return self.root / "stages"

    @property
    def studies(self) -> Path:
        """The studies of each dataset version: learning curve, leakage audit."""
        return self.root / "studies"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def inbox(self) -> Path:
        """Files that an administrator puts here can be named by the users of a shared server."""
        return self.root / "inbox"

    @property
    def removed(self) -> Path:
        """Folders that were deleted, until they are gone; what lies here is nobody's."""
        return self.root / "removed"

    @property
    def incoming(self) -> Path:
        """Unfinished folders; they are renamed into place when complete."""
        return self.root / "incoming"

    def dataset(self, name: str, version: int) -> Path:
        """The folder of a dataset's version; a row cannot name another one."""
        from pipelines.data.dataset import check_name

        return self.datasets / f"{check_name(name)}@{version:d}"

    def bakeoff(self, id: str) -> Path:
        """The folder of a bake-off; a row cannot name another one."""
        if not is_name(id):
            raise AssayError(f"{id[:80]!r} cannot be the id of a bake-off.")
        return self.bakeoffs / id

    def create(self) -> None:
        """Create the folders; if one cannot be written, creates none and raises `AssayError`."""
        folders = (
            self.datasets,
            self.bakeoffs,
            self.stages,
            self.studies,
            self.logs,
            self.incoming,
        )
        try:
            for place in (self.root, *folders, self.database):
                _check_writable(place, folder=place != self.database)
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            todo = "free some space" if full else "use another folder with ASSAY_HOME"
            raise AssayError(
                f"The workspace's folder {self.root} cannot be written ({error.strerror}); {todo}."
            ) from error

    @property
    def reserve(self) -> Path:
        """Space that is given back on a full disk, so that something can be deleted there."""
        return self.root / ".reserve"

    def keep_reserve(self) -> None:
        """Put space aside where there is plenty; else another start does."""
        if self.reserve.exists() or shutil.disk_usage(self.root).free < _PLENTY:
            return
        beside = self.reserve.with_name(f".reserve.{os.getpid()}.part")
        try:
            beside.write_bytes(os.urandom(RESERVE))  # which no file system makes smaller
            beside.replace(self.reserve)
        except OSError as error:
            log.debug("no space was put aside: %s", error)
        finally:
            beside.unlink(missing_ok=True)

    def give_reserve(self) -> bool:
        """Free the space that was put aside; whether there was any."""
        try:
            self.reserve.unlink()
        except OSError:
            return False
        return True

    def log(self, job: int) -> Path:
        """The output of the job's process."""
        return self.logs / f"job-{job}.log"

    @contextmanager
    def unfinished(self) -> Iterator[Path]:
        """A new folder under `incoming`, removed at the end with what is left in it."""
        with temporary_folder(self.incoming) as folder:
            yield folder

    @contextmanager
    def free(self, name: str) -> Iterator[bool]:
        """Whether nobody holds the lock `name`; if so, it is held until the end."""
        with (self.root / f".{name}.lock").open("a") as file:
            yield _try(file.fileno())

    @contextmanager
    def locked(
        self, name: str, waiting: Callable[[], None] | None = None, every: float = 0.5
    ) -> Iterator[None]:
        """Hold the lock `name`, shared by all processes of this workspace.

        `waiting` is called every `every` seconds until the lock is free; it may raise to give
        up. The system releases the lock of a process that dies.
        """
        with (self.root / f".{name}.lock").open("a") as file:
            if waiting is None:
                fcntl.flock(file, fcntl.LOCK_EX)
            else:
                while not _try(file.fileno()):
                    waiting()
                    time.sleep(every)
            yield

    def unfinished_mark(self, folder: Path) -> Path:
        """The file that says that a folder of a bake-off or dataset has no row yet."""
        return folder / ".unfinished"

    def unfinished_folders(self, parent: Path) -> list[Path]:
        """The folders that say so; one without the mark is never removed by itself."""
        return sorted(mark.parent for mark in parent.glob("*/.unfinished"))

    def discard(self, folder: Path) -> None:
        """Take a folder out of its place in one step; `empty_removed` deletes it."""
        if folder.exists() or folder.is_symlink():
            self.removed.mkdir(exist_ok=True)
            folder.rename(self.removed / f"{folder.name}-{secrets.token_hex(4)}")

    def empty_removed(self) -> list[str]:
        """Delete what was discarded; what could not be deleted, each with the reason."""
        left: list[str] = []

        def keep(_function: object, path: str, raised: tuple[Any, BaseException, Any]) -> None:
            error = raised[1]
            if not isinstance(error, FileNotFoundError):  # else another process deleted it
                reason = getattr(error, "strerror", None) or error
                left.append(f"{Path(path).relative_to(self.root)} ({reason})")

        if not self.removed.is_dir():
            return left
        for place in self.removed.iterdir():
            if place.is_symlink() or not place.is_dir():
                place.unlink(missing_ok=True)
            else:
                shutil.rmtree(place, onerror=keep)
        return left

    def drop_uploads(self, paths: Iterable[Path]) -> None:
        """Delete uploads that were imported: the people in them are in the dataset now."""
        for folder in {path.parent for path in paths}:
            if folder.parent == self.incoming and folder.name.startswith("upload-"):
                shutil.rmtree(folder, ignore_errors=True)  # tidied with others where that fails

    def tidy_uploads(self, needed: str) -> None:
        """Remove uploads older than a day whose names are not in `needed`."""
        before = time.time() - LEFT_BEHIND_SECONDS
        for folder in self.incoming.glob("upload-*"):
            if folder.name not in needed and folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)


def dataset_folders(parent: Path) -> list[tuple[Path, str, int]]:
    """The folders NAME@VERSION with their names and versions; not what is named otherwise."""
    found = []
    for folder in sorted(parent.iterdir()):
        parts = _VERSION.fullmatch(folder.name)
        if parts is not None and folder.is_dir():
            found.append((folder, parts[1], int(parts[2])))
    return found


def _check_writable(place: Path, *, folder: bool) -> None:
    """Raise `OSError` where something is there already and cannot be written."""
    if not place.exists():
        return
    if folder and not place.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    if not os.access(place, os.W_OK | os.X_OK if folder else os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
