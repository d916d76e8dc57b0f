"""What was read of the database, kept until anybody writes to it.

A page asks for the same lists many times, and everybody's pages for the same ones. SQLite counts
the changes that others made to its file, in this process or another one, so that what is kept is
never older than the last transaction.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 256
"""Answers that are kept, at most."""


class Remembered:
    """Answers of one database by what was asked; thread-safe, and shared: they must not be
    changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._watch: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None
        self._stamp: Hashable = None
        self._answers: dict[Hashable, Any] = {}

    def get(self, asked: Hashable, read: Callable[[], T]) -> T:
        """What `read` gives, or gave since the last change."""
        with self._lock:
            stamp = self._changes()
            if stamp != self._stamp or len(self._answers) >= MOST:
                self._stamp, self._answers = stamp, {}
            if stamp is not None and asked in self._answers:
                found: T = self._answers[asked]
                return found
        made = read()
        with self._lock:
            if stamp is not None and stamp == self._stamp:
                self._answers[asked] = made
        return made

    def _changes(self) -> Hashable:
        """Another value after each change; None where it cannot be told.

        The connection that asks never writes, so that every change is another one's.
        """
        try:
            there = self._file.stat()
            file = (there.st_dev, there.st_ino)
            if self._watch is None or file != self._opened:
                self._close()
                address = f"{self._file.as_uri()}?mode=rw"  # which makes no file
                self._watch = sqlite3.connect(address, uri=True, check_same_thread=False)
                self._opened = file
            return (*file, self._watch.execute("PRAGMA data_version").fetchone()[0])
        except (OSError, sqlite3.Error):  # whoever reads now is told what is wrong
            self._close()
            return None

    def _close(self) -> None:
        if self._watch is not None:
            self._watch.close()
        self._watch = None
