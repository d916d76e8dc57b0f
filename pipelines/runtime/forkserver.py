"""Asking for processes that start at once: a fork server has their imports done already.

A process that needs children starts one server, with `prepare` or at its first request. The
server is a new interpreter, not a fork of its owner: it cannot hold what the owner holds. Where
there is none, or it must not fork, `Unforkable` says why and the caller starts a new process.
See docs/decisions/0006-a-fork-server.md.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipelines.runtime import paths
from pipelines.runtime.forked import THREADS
from pipelines.runtime.messages import CHILD, DETACHED, hear, tell

READ_WHEN_LOADED = (
    "PYTHON", "LD_", "OMP_", "GOMP_", "KMP_", "OPENBLAS_", "GOTO_", "MKL_", "BLIS_", "NUMBA_",
    "NPY_", "SCIPY_", "SKLEARN_", "JOBLIB_", "ARROW_", "JE_", "MALLOC_", "GLIBC_",
)  # fmt: skip
"""Beginnings of variables that libraries read when they are imported, and a child no more."""
NEEDED = ("PATH", "HOME", "USER", "LANG", "LANGUAGE", "TMPDIR", "TZ", "XDG_CACHE_HOME")
"""The other variables that the server is given; locale's `LC_…` too. It gets no others, since
any of them may be a secret."""
SETTINGS = {
    # Threads that spin while they wait take the cores that others need.
    "OMP_WAIT_POLICY": "PASSIVE",
    # Arrow's second allocator, which it does not use, would start a thread when it is loaded.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
INHERITED = "ASSAY_FORK_SERVER"
"""Names the server of a program that `exec` replaced by this one; "off" forbids servers."""
FIRST_ANSWER_SECONDS = 180.0
STARTS = 3
"""Servers that one process starts at most under one key: one that keeps dying is given up."""

log = logging.getLogger(__name__)


class Unforkable(Exception):
    """Why no process could be forked, as the end of a sentence."""


@dataclass
class Forked:
    """A process that was forked: its id, and the line on which its end is told."""

    pid: int
    control: socket.socket
    told: IO[bytes]

    def wait(self) -> int:
        """Wait for the end; the exit code, or minus the number of the signal that ended it."""
        message = hear(self.told)
        self.close()
        return int(message.get("code", -9))  # its keeper was killed, and took it along

    def kill(self) -> None:
        """Kill the process and all that it started."""
        self.control.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.told.close()
        self.control.close()


class ForkServer:
    """The owner's side of one server."""

    def __init__(self, line: socket.socket, key: str) -> None:
        self.line, self.key = line, key
        self._asking = threading.Lock()
        self._lost = False
        self._process: subprocess.Popen[bytes] | None = None
        self._printed: IO[bytes] | None = None

    @classmethod
    def start(
        cls, modules: Sequence[str], later: Sequence[str], environment: Mapping[str, str]
    ) -> ForkServer:
        """Start a server that imports `modules`, and `later` while nobody asks."""
        mine, theirs = socket.socketpair()
        server = cls(mine, key_of(environment))
        server._printed = tempfile.TemporaryFile()  # noqa: SIM115, it lives as long as the server
        server_module = "pipelines.runtime.forking"
        told = [str(theirs.fileno()), server.key, *modules, "--", *later]
        with theirs:
            server._process = subprocess.Popen(
                [sys.executable, "-m", server_module, *told],
                stdin=subprocess.DEVNULL,
                stdout=server._printed,
                stderr=server._printed,
                env=_environment(environment),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        return server

    def fork(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        out: int,
        errors: int,
        detached: bool = False,
    ) -> Forked:
        """A process as `python -m module arguments` would be, printing into two descriptors.

        It ends with this process unless it is `detached`. `Unforkable` where it cannot be had.
        """
        control, theirs = socket.socketpair()
        control.settimeout(FIRST_ANSWER_SECONDS)
        kind = DETACHED if detached else CHILD
        try:
            with theirs, self._asking:
                socket.send_fds(self.line, [kind], [theirs.fileno(), out, errors])
        except OSError:
            control.close()
            self._lost = True
            raise Unforkable(self.why_dead()) from None
        request = {"module": module, "arguments": list(arguments), "folder": str(folder)}
        tell(control, **request, environment=dict(environment))
        told = control.makefile("rb")
        message = hear(told)
        if "pid" not in message:
            told.close()
            control.close()
            self._lost = "refused" not in message
            raise Unforkable(message.get("refused") or self.why_dead())
        control.settimeout(None)
        return Forked(message["pid"], control, told)

    @property
    def dead(self) -> bool:
        """Whether the server's process has ended, as far as this process can tell."""
        return self._lost or (self._process is not None and self._process.poll() is not None)

    def why_dead(self) -> str:
        process = self._process
        if process is None:
            return "the fork server has ended"
        try:
            code = process.wait(1.0)
        except subprocess.TimeoutExpired:
            return "the fork server does not answer"
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        said = self._last_words()
        return f"the fork server ended with {how}" + (f": {said}" if said else "")

    def _last_words(self) -> str:
        if self._printed is None:
            return ""
        self._printed.seek(0)
        lines = self._printed.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def close(self) -> None:
        """End the server, unless another process may still ask; running processes stay."""
        self.line.close()
        if self._process is not None:
            try:
                self._process.wait(5.0)
            except subprocess.TimeoutExpired:
                log.info("the fork server stays for the jobs that use it")
        if self._printed is not None:
            self._printed.close()


def key_of(environment: Mapping[str, str]) -> str:
    """What a server and its children must agree on: the interpreter, our code as it stands on
    disk, and what libraries read from the environment when they are imported."""
    read = {k: v for k, v in environment.items() if k.startswith(READ_WHEN_LOADED)}
    read.pop("OMP_WAIT_POLICY", None)  # every server waits passively
    code = [(str(path), path.stat().st_mtime_ns) for path in sorted(paths.PACKAGE.rglob("*.py"))]
    told = json.dumps([sys.executable, sorted(read.items()), code])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What the server itself gets."""
    kept = {
        name: value
        for name, value in environment.items()
        if name.startswith((*READ_WHEN_LOADED, "LC_")) or name in NEEDED
    }
    return kept | dict.fromkeys(THREADS, "1") | SETTINGS


def possible() -> bool:
    """Whether this system can fork safely: Linux, where a process's end can be waited for."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")
