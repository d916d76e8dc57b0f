"""What an error of the database means: damaged, full, read-only or in use are told apart.

Only a damaged database may be set aside. The others say nothing about the file itself.
"""

from __future__ import annotations

import os
import sqlite3
from typing import Literal

from sqlalchemy.exc import DBAPIError

from pipelines.errors import AssayError
from pipelines.workspace.home import Home

Trouble = Literal["damaged", "full", "read-only", "in use", "other"]

_BY_CODE: dict[int, Trouble] = {
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_CANTOPEN: "read-only",
    sqlite3.SQLITE_BUSY: "in use",
    sqlite3.SQLITE_LOCKED: "in use",
}
_PRIMARY = 0xFF
"""The bits of SQLite's result code that name its kind; the others name a detail."""
_LITTLE = 64 * 1024
"""Bytes: SQLite's index of the write-ahead log needs a block of 32 KB before it can read."""


def trouble(error: DBAPIError, home: Home) -> Trouble:
    """What kind of error it is; "other" is a defect of ours or of the statement."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None:
        return "other"
    found = _BY_CODE.get(code & _PRIMARY, "other")
    # Without room, SQLite cannot make its log either, and names that: "unable to open", "disk I/O".
    hidden = found == "read-only" or code & _PRIMARY == sqlite3.SQLITE_IOERR
    return "full" if hidden and _full(home) else found


def explained(error: DBAPIError, home: Home) -> AssayError | None:
    """The error as a sentence for the user; None where it is a defect."""
    found, file = trouble(error, home), home.database
    if found == "full":
        return AssayError(
            f"The disk that holds the workspace {home.root} is full; free some space and try "
            "again. The database is not damaged."
        )
    if found == "read-only":
        return AssayError(
            f"The workspace's database {file} cannot be written ({error.orig}); make it and its "
            "folder writable, or use another folder with ASSAY_HOME. The database is not damaged."
        )
    if found == "in use":
        return AssayError(
            f"The workspace's database {file} is locked by another process; try again when that "
            "has ended."
        )
    if found == "damaged":
        return AssayError(
            f"The workspace's database {file} is damaged ({error.orig}). Leave it there and start "
            "Assay again: it then keeps the file under another name and rebuilds the database "
            "from the folders."
        )
    return None


def _full(home: Home) -> bool:
    try:
        there = os.statvfs(home.root)
    except OSError:
        return False
    return there.f_bavail * there.f_frsize < _LITTLE
