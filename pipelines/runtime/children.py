"""Processes of our own modules: forked by this process's fork server, else started anew.

Both ways give the process that `python -m MODULE ARGUMENTS` would be; it ends with its owner.
"""

from __future__ import annotations

import logging
import os
import socket
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipelines.runtime import forkserver
from pipelines.runtime.forkserver import INHERITED, STARTS, Forked, ForkServer, Unforkable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preload:
    """What a fork server imports: at once, and while nobody asks.

    Names of modules; of "module:function", the function is called too.
    """

    now: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


_servers: dict[str, ForkServer] = {}
"""This process's servers by key; mostly one."""
_started: Counter[str] = Counter()
_choosing = threading.Lock()


def prepare(preload: Preload) -> None:
    """Start the fork server in the background, so that the first child need not wait for it."""
    with suppress(Unforkable):
        _server(preload, os.environ)


def fork(
    preload: Preload,
    module: str,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    out: int,
    errors: int,
    detached: bool = False,
) -> Forked:
    """See `ForkServer.fork`; starts a server where this process has none."""
    server = _server(preload, environment)
    try:
        return server.fork(
            module,
            arguments,
            environment=environment,
            folder=folder,
            out=out,
            errors=errors,
            detached=detached,
        )
    except Unforkable:
        with _choosing:
            if server.dead and _servers.get(server.key) is server:
                _replace(server, preload, environment)
        raise


def _server(preload: Preload, environment: Mapping[str, str]) -> ForkServer:
    """The server for children with this environment."""
    if os.environ.get(INHERITED) == "off":
        raise Unforkable("")
    if not forkserver.possible():
        raise Unforkable("")
    key = forkserver.key_of(environment)
    with _choosing:
        _adopt()
        found = _servers.get(key)
        if found is not None and found.dead:
            why = found.why_dead()
            _replace(found, preload, environment)
            raise Unforkable(why)
        if found is not None:
            return found
        if _started[key] >= STARTS:
            raise Unforkable("the fork server ended too often")
        return _start(preload, environment, key)


def _replace(dead: ForkServer, preload: Preload, environment: Mapping[str, str]) -> None:
    """Start the next server for the next child; the child at hand does not wait for it."""
    _servers.pop(dead.key).close()
    if _started[dead.key] < STARTS:
        with suppress(Unforkable):
            _start(preload, environment, dead.key)


def _start(preload: Preload, environment: Mapping[str, str], key: str) -> ForkServer:
    _started[key] += 1
    try:
        server = ForkServer.start(preload.now, preload.later, environment)
    except OSError as error:
        raise Unforkable(f"the fork server cannot be started ({error.strerror})") from None
    _servers[key] = server
    return server


def inherit(line: socket.socket, key: str) -> None:
    """In a forked process: ask the server that it came from."""
    _servers[key] = ForkServer(line, key)


def hand_over() -> None:
    """Before this process is replaced by `exec`: leave its server to the next program."""
    for key, server in _servers.items():
        number = server.line.fileno()
        os.set_inheritable(number, True)
        os.environ[INHERITED] = f"{number} {os.fstat(number).st_ino} {key}"


def _adopt() -> None:
    """Take over the server of the program that this one replaced."""
    told = os.environ.get(INHERITED, "").split()
    if len(told) != 3:
        return
    del os.environ[INHERITED]
    number, inode, key = int(told[0]), int(told[1]), told[2]
    try:
        found = os.fstat(number)
    except OSError:
        return
    if stat.S_ISSOCK(found.st_mode) and found.st_ino == inode:
        os.set_inheritable(number, False)
        _servers[key] = ForkServer(socket.socket(fileno=number), key)


def close() -> None:
    """End this process's servers; mostly its end does so."""
    with _choosing:
        while _servers:
            _servers.popitem()[1].close()


class Child:
    """A process whose output is read line by line, and which ends with this one."""

    def __init__(
        self, output: IO[str], process: Forked | subprocess.Popen[bytes], note: str
    ) -> None:
        self.output, self.process = output, process
        self.note = note
        """Why it could not be forked; empty where it was, or where this system never forks."""
        self._code: int | None = None

    def lines(self) -> Iterator[str]:
        """What it prints, until it ends."""
        yield from self.output

    def wait(self) -> int:
        """Wait for its end; the exit code, or minus the number of the signal that ended it."""
        if self._code is None:
            self._code = self.process.wait()
            self.output.close()
        return self._code

    def end(self) -> None:
        """Kill it where it still runs."""
        if self._code is None:
            self.process.kill()
            self.wait()


def start(
    preload: Preload,
    module: str,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    errors: int,
) -> Child:
    """Start `python -m module arguments`, its errors printed into a descriptor.

    Without a fork server, the module must ask to die with its parent itself.
    """
    reading, writing = os.pipe()
    output = os.fdopen(reading, encoding="utf-8", errors="replace")
    note = ""
    process: Forked | subprocess.Popen[bytes]
    try:
        process = fork(
            preload,
            module,
            arguments,
            environment=environment,
            folder=Path.cwd(),
            out=writing,
            errors=errors,
        )
    except Unforkable as why:
        note = str(why)
        log.log(logging.WARNING if note else logging.DEBUG, "a new interpreter starts: %s", note)
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=errors,
            env=dict(environment),
        )
    finally:
        os.close(writing)
    return Child(output, process, note)
