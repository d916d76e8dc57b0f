"""PostgreSQL through pg8000: the columns of a SELECT, and its rows by COPY in batches.

pg8000 fetches a whole result when it executes a SELECT. COPY delivers row by row, and its text
becomes Arrow columns without a Python object per value. The functions take pg8000's own
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
"""Set before any query: it may only read, and values have the same format on every server."""
CONNECT_SECONDS = 30.0
"""Time limit for a server's response while connecting."""
CHUNK_BYTES = 64 << 20
"""Bytes of text at which a table ends early, so that wide rows do not fill the memory."""


def columns(driver: Any, select: str) -> list[tuple[str, int]]:
    """Names and type OIDs of the columns of a SELECT; reads no row.

    DECLARE accepts only one complete SELECT that does not write, so COPY cannot be given
    anything else afterwards.
    """
    driver.execute_unnamed(f"DECLARE assay NO SCROLL CURSOR FOR {select}")
    described = driver.execute_unnamed("FETCH FORWARD 0 FROM assay").columns
    driver.execute_unnamed("CLOSE assay")
    return [(column["name"], int(column["type_oid"])) for column in described]


def tables(
    driver: Any, select: str, oids: Sequence[int], at: Sequence[int], rows: int
) -> Iterator[pa.Table]:
    """The columns at the positions `at`, named c0, c1, …, in tables of at most `rows` rows.

    Call `columns` for `select` first, for the `oids`. If the caller stops early, the
    connection is in the middle of a result and has to be closed.
    """
    pipe = _Pipe(rows)
    copying = threading.Thread(target=pipe.run, args=(driver, select), daemon=True)
    copying.start()
    try:
        while True:
            chunk = pipe.chunks.get()
            if chunk is None:
                break
            yield _table(chunk, oids, at)
    finally:
        pipe.stop()
        copying.join(timeout=1)  # the thread ends at the server's next row, or with the process
    if pipe.error is not None:
        raise pipe.error


class _Stopped(Exception):
    """The reader has stopped."""


class _Pipe:
    """The stream that COPY writes to: chunks of rows, at most one of them waiting."""

    def __init__(self, rows: int) -> None:
        self.chunks: queue.Queue[bytes | None] = queue.Queue(maxsize=1)
        self.error: BaseException | None = None
        self._rows = rows
        self._held: list[bytes] = []
        self._size = 0
        self._stopped = False

    def run(self, driver: Any, select: str) -> None:
        """Copy all rows, in a separate thread; an error is stored for the reader."""
        try:
            # The line break ends a comment at the end of the query.
            driver.execute_unnamed(f"COPY ({select}\n) TO STDOUT (FORMAT csv)", stream=self)
            self._send()
        except _Stopped:
            return
        except BaseException as error:
            self.error = error
        self.chunks.put(None)

    def write(self, row: bytes) -> None:
        """Add one row; the protocol guarantees one row per server message."""
        if self._stopped:
            raise _Stopped
        self._held.append(row)
        self._size += len(row)
        if len(self._held) >= self._rows or self._size >= CHUNK_BYTES:
            self._send()

    def stop(self) -> None:
        """Let the thread end; it may be waiting for space in the queue."""
        self._stopped = True
        while not self.chunks.empty():
            self.chunks.get_nowait()

    def _send(self) -> None:
        if self._held:
            self.chunks.put(b"".join(self._held))
            self._held, self._size = [], 0


def _table(chunk: bytes, oids: Sequence[int], at: Sequence[int]) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    names = [f"f{i}" for i in range(len(oids))]
    try:
        texts = csv.read_csv(
            pa.py_buffer(chunk),
            # One block, so that one reader handles the line breaks within values.
            csv.ReadOptions(use_threads=False, block_size=len(chunk) + 1, column_names=names),
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
            "The database returns text that is not UTF-8; convert those columns in the query, "
            "for example with convert_from(name::bytea, 'LATIN1')."
        ) from None
    arrays = [values.from_postgres(texts.column(names[i]).combine_chunks(), oids[i]) for i in at]
    return pa.table(arrays, [f"c{i}" for i in range(len(arrays))])


def arguments(sslmode: Any) -> dict[str, Any]:
    """Connection arguments for pg8000: a time limit, and the equivalent of libpq's `sslmode`.

    verify-ca and verify-full check the certificate and the host name; without a mode the
    connection is encrypted if the server supports it.
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


def remove_time_limit(driver: Any) -> None:
    """Once connected, wait for the server without limit: a query may sort for an hour."""
    driver._usock.settimeout(None)  # pg8000 has one limit and no public way to change it
