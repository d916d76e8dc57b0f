"""PostgreSQL by pg8000: what a SELECT delivers, and its rows by COPY, never all of them at once.

pg8000 fetches a whole result when it executes a SELECT; COPY hands over row by row, and its
texts become Arrow columns without a Python object per value. The functions take pg8000's own
connection, within a read-only transaction.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.data.sources import values
from pipelines.errors import AssayError

if TYPE_CHECKING:
    import pyarrow as pa

SETTINGS = (
    "SET TRANSACTION READ ONLY",
    "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 3",
)
"""Before any query: it may only read, and values have one form on every server."""
CONNECT_SECONDS = 30.0
"""How long a server may keep silent while a connection is made."""
PARCEL = 64 << 20
"""Bytes of text at which a table ends early, so that wide rows do not fill the memory."""


def columns(driver: Any, select: str) -> list[tuple[str, int]]:
    """Names and type numbers of what a SELECT delivers; reads no row.

    DECLARE takes nothing but one complete SELECT, which does not write: what COPY is given
    afterwards cannot be anything else.
    """
    driver.execute_unnamed(f"DECLARE assay NO SCROLL CURSOR FOR {select}")
    described = driver.execute_unnamed("FETCH FORWARD 0 FROM assay").columns
    driver.execute_unnamed("CLOSE assay")
    return [(column["name"], int(column["type_oid"])) for column in described]


def tables(
    driver: Any, select: str, oids: Sequence[int], at: Sequence[int], rows: int
) -> Iterator[pa.Table]:
    """The columns at the positions `at`, named c0, c1, …, in tables of at most `rows` rows.

    `select` has gone through `columns`, which gave the `oids`. If the caller stops early the
    connection is in the middle of an answer and has to be closed.
    """
    pipe = _Pipe(rows)
    copying = threading.Thread(target=pipe.run, args=(driver, select), daemon=True)
    copying.start()
    try:
        while True:
            parcel = pipe.parcels.get()
            if parcel is None:
                break
            yield _table(parcel, oids, at)
    finally:
        pipe.stop()
        copying.join(timeout=1)  # it ends at the server's next row, or with the process
    if pipe.error is not None:
        raise pipe.error


class _Stopped(Exception):
    """Nobody reads any more."""


class _Pipe:
    """What COPY writes into: parcels of rows, of which one waits at most."""

    def __init__(self, rows: int) -> None:
        self.parcels: queue.Queue[bytes | None] = queue.Queue(maxsize=1)
        self.error: BaseException | None = None
        self._rows = rows
        self._held: list[bytes] = []
        self._size = 0
        self._stopped = False

    def run(self, driver: Any, select: str) -> None:
        """Copy to the end, in a thread of its own; an error is kept for the reader."""
        try:
            # The line break ends a comment in which the query may end.
            driver.execute_unnamed(f"COPY ({select}\n) TO STDOUT (FORMAT csv)", stream=self)
            self._send()
        except _Stopped:
            return
        except BaseException as error:
            self.error = error
        self.parcels.put(None)

    def write(self, row: bytes) -> None:
        """One row: the protocol promises that a server's message holds exactly one."""
        if self._stopped:
            raise _Stopped
        self._held.append(row)
        self._size += len(row)
        if len(self._held) >= self._rows or self._size >= PARCEL:
            self._send()

    def stop(self) -> None:
        """Let the thread end: it may wait for a place in the queue."""
        self._stopped = True
        while not self.parcels.empty():
            self.parcels.get_nowait()

    def _send(self) -> None:
        if self._held:
            self.parcels.put(b"".join(self._held))
            self._held, self._size = [], 0


def _table(parcel: bytes, oids: Sequence[int], at: Sequence[int]) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    names = [f"f{i}" for i in range(len(oids))]
    try:
        texts = csv.read_csv(
            pa.py_buffer(parcel),
            # One block: the line breaks within values are told apart by one reader.
            csv.ReadOptions(use_threads=False, block_size=len(parcel) + 1, column_names=names),
            csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=list(dict.fromkeys(names[i] for i in at)),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        raise AssayError(
            "The database delivers text that is not UTF-8; convert those columns in the query, "
            "for instance by convert_from(name::bytea, 'LATIN1')."
        ) from None
    arrays = [values.from_postgres(texts.column(names[i]).combine_chunks(), oids[i]) for i in at]
    return pa.table(arrays, [f"c{i}" for i in range(len(arrays))])


def arguments(sslmode: Any) -> dict[str, Any]:
    """What pg8000 needs to connect: a time limit, and libpq's `sslmode` in its own words.

    verify-ca and verify-full check the certificate and the host's name; without a mode the
    connection is encrypted where the server offers it.
    https://www.postgresql.org/docs/current/libpq-ssl.html
    """
    import ssl

    plain = {None: None, "allow": None, "prefer": None, "require": True, "disable": False}
    if sslmode in ("verify-ca", "verify-full"):
        context: Any = ssl.create_default_context()
    elif sslmode in plain:
        context = plain[sslmode]
    else:
        raise AssayError("The address has an unknown sslmode; write require or verify-full.")
    return {"timeout": CONNECT_SECONDS, "ssl_context": context}


def be_patient(driver: Any) -> None:
    """Once connected, wait for the server as long as it takes: a query may sort for an hour."""
    driver._usock.settimeout(None)  # pg8000 has one limit for all and no door to change it
