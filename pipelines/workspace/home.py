"""The folders of a workspace, and locks between processes that share it."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import AssayError
from pipelines.runtime.folders import temporary_folder

LEFT_BEHIND_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Home:
    """The paths under the workspace's folder (absolute)."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "assay.db"

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
    def incoming(self) -> Path:
        """Unfinished folders; they are renamed into place when complete."""
        return self.root / "incoming"

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
            raise AssayError(
                f"The workspace's folder {self.root} cannot be written ({error.strerror}); "
                "use another folder with ASSAY_HOME."
            ) from error

    def log(self, job: int) -> Path:
        """The output of the job's process."""
        return self.logs / f"job-{job}.log"

    @contextmanager
    def unfinished(self) -> Iterator[Path]:
        """A new folder under `incoming`, removed at the end with what is left in it."""
        with temporary_folder(self.incoming) as folder:
            yield folder

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

    def tidy(self, kept_bakeoffs: set[str]) -> None:
        """Remove folders that interrupted work left behind more than a day ago."""
        before = time.time() - LEFT_BEHIND_SECONDS
        for parent, kept in ((self.incoming, set[str]()), (self.bakeoffs, kept_bakeoffs)):
            for folder in parent.iterdir():
                if folder.name not in kept and folder.stat().st_mtime < before:
                    shutil.rmtree(folder, ignore_errors=True)


def _check_writable(place: Path, *, folder: bool) -> None:
    """Raise `OSError` where something is there already and cannot be written."""
    if not place.exists():
        return
    if folder and not place.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(place, os.W_OK | os.X_OK if folder else os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
