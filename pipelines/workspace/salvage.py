"""A damaged database: kept under another name, and read as far as it still can be."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean

from pipelines.workspace.home import Home
from pipelines.workspace.models import Base

_ASIDE = "assay.damaged-"
_PARTS = ("", "-wal", "-shm")
"""SQLite's files: the database, the log of its newest changes, the log's index."""


class Rows:
    """Rows by table, as the models' values."""

    def __init__(self, found: dict[str, list[dict[str, Any]]] | None = None) -> None:
        self._found = found or {}

    def of(self, table: type[Base]) -> list[dict[str, Any]]:
        """A table's rows, in the order of their keys."""
        return self._found.get(table.__tablename__, [])


def set_aside(home: Home) -> None:
    """Rename the database's files; they are never deleted here."""
    if not home.database.exists():
        return
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    for part in reversed(_PARTS):  # the database last: where it lies says how far this came
        file = home.database.with_name(home.database.name + part)
        if file.exists():
            file.rename(home.root / f"{_ASIDE}{stamp}.db{part}")


def newest_aside(home: Home) -> Path | None:
    """The database that was set aside last."""
    return max(home.root.glob(f"{_ASIDE}*.db"), default=None)


def rows_in(damaged: Path, home: Home) -> Rows:
    """All rows that can still be read; reads a copy, because reading changes the log."""
    with home.unfinished() as scratch:
        for part in _PARTS:
            file = damaged.with_name(damaged.name + part)
            if file.exists():
                shutil.copyfile(file, scratch / f"copy.db{part}")
        with closing(sqlite3.connect(scratch / "copy.db")) as connection:
            connection.row_factory = sqlite3.Row
            return Rows({name: _table(connection, name) for name in Base.metadata.tables})


def _table(connection: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    """A table's rows; reading stops at a damaged page, so it is read from both ends."""
    found: dict[int, dict[str, Any]] = {}
    for order in ("ASC", "DESC"):
        for number, values in _read(connection, name, order):
            found[number] = values
    return [found[number] for number in sorted(found)]


def _read(
    connection: sqlite3.Connection, name: str, order: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    wanted = Base.metadata.tables[name].columns
    try:
        for row in connection.execute(f"SELECT rowid AS _, * FROM {name} ORDER BY rowid {order}"):
            if not set(wanted.keys()) <= set(row.keys()):
                return
            values = {column.name: row[column.name] for column in wanted}
            for column in wanted:
                if isinstance(column.type, JSON) and values[column.name] is not None:
                    values[column.name] = _json(values[column.name])
                elif isinstance(column.type, Boolean):
                    values[column.name] = bool(values[column.name])
            missing = any(values[c.name] is None and not c.nullable for c in wanted)
            if not missing:
                yield int(row["_"]), values
    except sqlite3.DatabaseError:
        return


def _json(text: str) -> Any:
    """The value of a JSON column; None where the text is torn."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
