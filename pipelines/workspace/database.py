"""The SQLite database of the workspace: connections, transactions, migrations.

To change the tables: change `models.py`, add `migrations/versions/rNNNN_what.py` and raise
`REVISION`; a test compares the three.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from pipelines.errors import AssayError
from pipelines.runtime import migration_lock as migrating
from pipelines.workspace.home import Home
from pipelines.workspace.models import VERSION_TABLE

REVISION = "0003"
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_SECONDS = 30


class Database:
    """Short transactions on the database file, from any thread."""

    def __init__(self, folders: Home) -> None:
        self.folders = folders
        # Pooled: when the last connection closes, SQLite makes a checkpoint and waits for the
        # disk, which would be slow after each statement.
        address = f"sqlite:///{folders.database}"
        self._engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})
        event.listen(self._engine, "connect", _on_connect)
        event.listen(self._engine, "begin", _on_begin)
        self._writing: Engine = self._engine.execution_options(assay_write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database."""
        with Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that holds the write lock from its start and commits at the end."""
        with Session(self._writing) as session, session.begin():
            yield session

    def prepare(self) -> None:
        """Create or upgrade the tables if needed; safe with several processes."""
        try:
            if self._revision() != REVISION:
                with self.folders.locked("migrate"):
                    self._migrate()
        except DatabaseError as error:
            raise AssayError(_unreadable(self.folders, error)) from error

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            named = text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name")
            if connection.scalar(named, {"name": VERSION_TABLE}) is None:
                return None
            found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
            return None if found is None else str(found)

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        found = self._revision()
        if found == REVISION:
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        revisions = ScriptDirectory.from_config(config).walk_revisions()
        known = {revision.revision for revision in revisions}
        if found is not None and found not in known:
            raise AssayError(
                f"The workspace {self.folders.root} was written by a newer version of Assay (its "
                f"tables have revision {found}); update Assay, or use another ASSAY_HOME."
            )
        raw = self._engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
        finally:
            raw.close()
        with migrating.alone, self._writing.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, REVISION)


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver's BEGIN comes too late and takes no write lock; `_on_begin` replaces it.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later may fail immediately with
    # "database is locked", whatever the busy timeout.
    writes = connection.get_execution_options().get("assay_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _unreadable(home: Home, error: DatabaseError) -> str:
    return (
        f"The workspace's database {home.database} cannot be used ({error.orig}); "
        "move that file away, or use another folder with ASSAY_HOME."
    )
