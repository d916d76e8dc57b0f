"""Reads a table or a query of a database in batches; never writes.

PostgreSQL is read with COPY through pg8000 (`postgres.py`); every other database through
SQLAlchemy, with a server-side cursor if its driver has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.data.sources import postgres, statements, values
from pipelines.data.sources.connections import address
from pipelines.data.sources.database_errors import sentence
from pipelines.errors import AssayError

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import URL, Connection, CursorResult, Engine

ROWS = 200_000
_HEAD = 1_000
"""Rows that are read to describe columns whose type the database does not declare."""


@dataclass(frozen=True)
class Query:
    """What to read: `text` is a SELECT, or the name of a table or view, optionally with schema.

    `address` is as the user wrote it (see `connections.address`); it holds no password, so it
    may be stored.
    """

    address: str
    text: str


def describe(query: Query) -> list[tuple[str, str]]:
    """The columns in order, each with its type.

    A type is text, integer, number, boolean, date or time: as declared in PostgreSQL, in other
    databases from the first 1,000 rows (text if they hold no value). Raises `AssayError`,
    whose message never holds a password.
    """
    with _reading(query) as reader:
        return reader.described()


def batches(query: Query, columns: Sequence[str], rows: int = ROWS) -> Iterator[pa.Table]:
    """The selected columns of all rows, as tables of at most `rows` rows.

    Each table has `line` (int64: the row number from 1, in the order received) and `c0`, `c1`,
    …: the selected columns in the given order. Types are those of `values.column`; a column
    whose values do not all fit its type is text in that table, so types may differ between
    tables. Without rows there is no table. All reading happens in one read-only transaction,
    so it sees one state of the database. Memory: about three tables, for any number of rows.
    """
    import numpy as np
    import pyarrow as pa

    done = 0
    with _reading(query) as reader:
        for table in reader.tables(columns, rows):
            lines = np.arange(done + 1, done + 1 + len(table))
            done += len(table)
            yield table.add_column(0, "line", pa.array(lines, pa.int64()))


class _Reader:
    """A query on an open connection, in a read-only transaction."""

    def __init__(self, connection: Connection, query: Query) -> None:
        self._connection = connection
        self._copies = connection.dialect.driver == "pg8000"
        text, is_table = statements.check(query.text)
        self._table = _found(connection, text) if is_table else None
        self._text = f"SELECT * FROM {self._table}" if is_table else text

    def described(self) -> list[tuple[str, str]]:
        if self._copies:
            found = postgres.columns(self._driver(), self._text)
            described = [(name, values.postgres_kind(oid)) for name, oid in found]
        else:
            result = self._run(self._text)
            names, rows = list(result.keys()), result.fetchmany(_HEAD)
            arrays = [values.column([row[i] for row in rows]) for i in range(len(names))]
            described = [(n, values.kind(a.type)) for n, a in zip(names, arrays, strict=True)]
        _check_names([name for name, _ in described])
        return described

    def tables(self, columns: Sequence[str], rows: int) -> Iterator[pa.Table]:
        text = self._text
        if self._table is not None:
            names = [name for name, _ in self.described()]
            _positions(names, columns)
            quote = self._connection.dialect.identifier_preparer.quote_identifier
            text = f"SELECT {', '.join(map(quote, dict.fromkeys(columns)))} FROM {self._table}"
        if self._copies:
            found = postgres.columns(self._driver(), text)
            at = _positions([name for name, _ in found], columns)
            oids = [oid for _, oid in found]
            yield from postgres.tables(self._driver(), text, oids, at, rows)
        else:
            yield from _fetched(self._run(text, rows), columns, rows)

    def _run(self, text: str, rows: int = _HEAD) -> CursorResult[Any]:
        # no_parameters: a driver would take the % of LIKE 'a%' for a placeholder.
        options = {"stream_results": True, "max_row_buffer": rows, "no_parameters": True}
        return self._connection.exec_driver_sql(text, execution_options=options)

    def _driver(self) -> Any:
        return self._connection.connection.driver_connection


def _fetched(result: CursorResult[Any], columns: Sequence[str], rows: int) -> Iterator[pa.Table]:
    import pyarrow as pa

    at = _positions(list(result.keys()), columns)
    while found := result.fetchmany(rows):
        arrays = [values.column([row[i] for row in found]) for i in at]
        del found
        yield pa.table(arrays, [f"c{i}" for i in range(len(arrays))])


def _positions(names: list[str], columns: Sequence[str]) -> list[int]:
    _check_names(names)
    for column in columns:
        if column not in names:
            raise AssayError(
                f"The query has no column {column!r}; its columns are: {', '.join(names)[:500]}."
            )
    return [names.index(column) for column in columns]


def _check_names(names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise AssayError(
            f"The query has more than one column named {repeated[0][:60]!r}; rename one with AS."
        )
    if not names:
        raise AssayError("The query has no columns; select those to read.")


def _found(connection: Connection, name: str) -> str:
    """The table's name in the database, quoted if needed; Orders also finds orders."""
    from sqlalchemy import inspect

    inspector = inspect(connection)
    for spelled in statements.spellings(name):
        *schema, table = spelled
        if inspector.has_table(table, schema=".".join(schema) or None):
            return ".".join(map(connection.dialect.identifier_preparer.quote, spelled))
    there = sorted([*inspector.get_table_names(), *inspector.get_view_names()])
    raise AssayError(
        f"The database has no table or view {name[:100]!r}; "
        + (f"it has: {', '.join(there)[:500]}." if there else "its default schema has none.")
    )


@contextmanager
def _reading(query: Query) -> Iterator[_Reader]:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    statements.check(query.text)  # before connecting
    url = address(query.address)
    engine = create_engine(
        _plain(url), connect_args=_arguments(url), poolclass=NullPool, hide_parameters=True
    )
    driver_error = engine.dialect.loaded_dbapi.Error
    try:
        with _connected(engine, url) as connection:
            try:
                _set_read_only(connection)
                yield _Reader(connection, query)
            except BaseException:
                # In the middle of a result, the connection does not accept a ROLLBACK.
                connection.invalidate()
                raise
    except (SQLAlchemyError, driver_error) as error:
        # From None: the driver's error may hold the password.
        raise AssayError(sentence(error, url)) from None


def _connected(engine: Engine, url: URL) -> Connection:
    try:
        return engine.connect()
    except Exception as error:  # the server may not be a database at all
        raise AssayError(sentence(error, url)) from None


def _arguments(url: URL) -> dict[str, Any]:
    if not _copied(url):
        return {}
    # pg8000 fails if a server asks for a password and there is none; an empty one is refused.
    absent = {} if url.password else {"password": ""}
    return postgres.arguments(url.query.get("sslmode")) | absent


def _plain(url: URL) -> URL:
    return url.difference_update_query(["sslmode"]) if _copied(url) else url


def _copied(url: URL) -> bool:
    return url.get_driver_name() == "pg8000"


def _set_read_only(connection: Connection) -> None:
    name = connection.dialect.name
    if connection.dialect.driver == "pg8000":
        postgres.remove_time_limit(connection.connection.driver_connection)
        for setting in postgres.SETTINGS:
            connection.exec_driver_sql(setting)
    elif name == "postgresql":
        connection.exec_driver_sql(postgres.SETTINGS[0])
    elif name in ("mysql", "mariadb"):
        # It takes effect with the next transaction.
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.rollback()
