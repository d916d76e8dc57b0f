"""The SQLite database of the workspace: connections, transactions, migrations.

To change the tables: change `models.py`, add `migrations/versions/rNNNN_what.py` and raise
`REVISION`; a test compares the three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pipelines.errors import AssayError
from pipelines.runtime import migration_lock as migrating
from pipelines.workspace import database_errors
from pipelines.workspace.home import Home
from pipelines.workspace.models import VERSION_TABLE

REVISION = "0005"
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_SECONDS = 30


class Damaged(AssayError):
    """The database's file is damaged, or is no database."""


class Full(AssayError):
    """The disk of the database is full."""


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
        self._file: int | None = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database."""
        with self._explained(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that holds the write lock from its start and commits at the end."""
        with self._explained(), Session(self._writing) as session, session.begin():
            yield session

    def current(self) -> bool:
        """Whether the tables are there and up to date."""
        with self._explained():
            return self._revision() == REVISION

    def sound(self) -> bool:
        """Whether SQLite finds no fault in the whole file; reads all of it."""
        try:
            with self._explained(), self._engine.connect() as connection:
                return connection.scalar(text("PRAGMA integrity_check(1)")) == "ok"
        except Damaged:
            return False

    def migrate(self, fill: Callable[[Session], None]) -> None:
        """Create or upgrade the tables; the caller holds the lock `migrate`.

        `fill` adds rows to tables that were not there before, in the same transaction.
        """
        with self._explained():
            self._migrate(fill)

    def close(self) -> None:
        """Close all connections; the next use opens the file that is there then."""
        self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise SQLite's errors as sentences; a damaged file is noted for the next start."""
        self._follow_the_file()
        try:
            yield
        except DBAPIError as error:
            explained = database_errors.explained(error, self.folders)
            if explained is None:
                raise
            trouble = database_errors.trouble(error, self.folders)
            if trouble == "full":
                raise Full(str(explained)) from error
            if trouble != "damaged":
                raise explained from error
            with suppress(OSError):  # a note for the next start, which finds most damage itself
                self.folders.suspected.touch()
            raise Damaged(str(explained)) from error

    def _follow_the_file(self) -> None:
        """Open the file anew after another process set a damaged one aside."""
        try:
            there: int | None = self.folders.database.stat().st_ino
        except FileNotFoundError:
            there = None
        if self._file is not None and there != self._file:
            self.close()
        self._file = there

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            named = text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name")
            if connection.scalar(named, {"name": VERSION_TABLE}) is None:
                return None
            found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
            return None if found is None else str(found)

    def _migrate(self, fill: Callable[[Session], None]) -> None:
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
            if found is None:
                with Session(connection) as session:
                    fill(session)
                    session.flush()


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
