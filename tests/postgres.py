"""A real PostgreSQL of the tests' own: started from Debian's package, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pg8000.native
import pytest

from tests.waiting import START_SECONDS, wait_for

NO_POSTGRES = "no PostgreSQL here: install the package postgresql (apt-get install postgresql)"
OWNER, OWNER_PASSWORD = "keeper", "keeper's-own-7301"
READER, READER_PASSWORD = "reader", "s3cret:/@ %41+é'\\"
"""Each character that a URL, an SQL text or a Python text would have to quote."""
OTHER = "postgres"
"""The server refuses root, so as root it runs as the user that Debian's package makes."""


@dataclass(frozen=True)
class Server:
    """A running server; `reader` may SELECT from every table that the owner makes."""

    port: int
    log: Path

    @property
    def address(self) -> str:
        """The reader's address as a person writes it: without the password."""
        return f"postgresql://{READER}@127.0.0.1:{self.port}/postgres"

    @contextmanager
    def owner(self) -> Iterator[pg8000.native.Connection]:
        """A connection that may do anything."""
        connection = pg8000.native.Connection(
            OWNER, "127.0.0.1", "postgres", self.port, OWNER_PASSWORD
        )
        try:
            yield connection
        finally:
            connection.close()

    def run(self, *statements: str) -> None:
        """Run statements as the owner."""
        with self.owner() as connection:
            for statement in statements:
                connection.run(statement)


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`: the newest of Debian's, else the PATH's."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    versions = [path for path in debian if path.parent.parent.name.isdigit()]
    if versions:
        return max(versions, key=lambda path: int(path.parent.parent.name)).parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running() -> Iterator[Server]:
    """A new cluster in a temporary folder on a free port; skips where there is no PostgreSQL."""
    programs = binaries()
    if programs is None or (os.getuid() == 0 and not _exists(OTHER)):
        pytest.skip(NO_POSTGRES)
    user = OTHER if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="assay-pg-", dir="/tmp"))  # a socket's path is short
    process = None
    try:
        server = Server(_free_port(), folder / "server.log")
        _initialize(programs, folder, user)
        process = _start(programs, folder, user, server)
        _wait(process, server)
        server.run(
            f"CREATE ROLE {READER} LOGIN PASSWORD {pg8000.native.literal(READER_PASSWORD)}",
            f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}",
        )
        yield server
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # "fast": it ends its connections
            process.wait(START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _initialize(programs: Path, folder: Path, user: str | None) -> None:
    secret = folder / "password"
    secret.write_text(OWNER_PASSWORD)
    if user is not None:
        for path in (folder, secret):
            shutil.chown(path, user)
    made = subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", OWNER, "--pwfile", secret,
         "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"],
        user=user, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr


def _start(
    programs: Path, folder: Path, user: str | None, server: Server
) -> subprocess.Popen[bytes]:
    # Where the tests are killed, so is the server: it must not outlive them.
    setpriv = shutil.which("setpriv")
    bound = [setpriv, "--pdeathsig", "INT"] if setpriv else []
    with server.log.open("wb") as log:
        return subprocess.Popen(
            [*bound, programs / "postgres", "-D", folder / "data", "-p", str(server.port), "-F",
             "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"],
            user=user, cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip


def _wait(process: subprocess.Popen[bytes], server: Server) -> None:
    def answers() -> bool:
        try:
            with server.owner():
                return True
        except (pg8000.native.InterfaceError, pg8000.native.DatabaseError):
            assert process.poll() is None, server.log.read_text()
            return False

    wait_for(answers, START_SECONDS, server.log.read_text)


def _exists(user: str) -> bool:
    return user in {entry.pw_name for entry in pwd.getpwall()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
