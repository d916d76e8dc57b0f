"""The fork server's process: `python -m pipelines.runtime.forking LINE KEY NAME… [-- NAME…]`.

It imports the modules of these names, those after "--" while nobody asks, and forks itself for
each request that comes over the inherited socket LINE. It holds no data, no truth, no connection
and no secret: requests are read by the forked process. It ends when the last process that may
ask has ended, and leaves running processes alone.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from pipelines.runtime import children
from pipelines.runtime.forked import become
from pipelines.runtime.keeper import keep
from pipelines.runtime.messages import DESCRIPTORS, DETACHED, hear, readable, tell

TASKS = Path("/proc/self/task")

log = logging.getLogger(__name__)


def main(arguments: list[str]) -> None:
    """Import, then serve until nobody is left to ask; a forked process does not return."""
    line, key, *modules = arguments
    at = modules.index("--") if "--" in modules else len(modules)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner
    for name in modules[:at]:
        load(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system collects what ends
    Server(socket.socket(fileno=int(line)), key, modules[at + 1 :]).serve()


def load(name: str) -> None:
    """Import a module; of "module:function", call the function too."""
    module, _, function = name.partition(":")
    loaded = import_module(module)
    if function:
        getattr(loaded, function)()


class Server:
    """Forks for each request of the processes that hold the other side of one of its lines."""

    def __init__(self, line: socket.socket, key: str, later: list[str]) -> None:
        self.lines, self.key, self.later = [line], key, later
        gc.freeze()  # what is loaded stays: collections in children shall not touch its pages

    def serve(self) -> None:
        while self.lines:
            ready = readable(self.lines, 0 if self.later else None)
            for line in ready:
                self._answer(line)
            if not ready:
                self._import_one()

    def _import_one(self) -> None:
        """Import what is wanted soon; what cannot be imported fails again where it is needed."""
        name = self.later.pop(0)
        try:
            load(name)
        except Exception:
            log.exception("%s cannot be loaded ahead of its use", name)
        gc.freeze()

    def _answer(self, line: socket.socket) -> None:
        kind, descriptors, _, _ = socket.recv_fds(line, 1, DESCRIPTORS)
        if not kind:
            self.lines.remove(line)
            line.close()
            return
        request, out, errors = descriptors
        control = socket.socket(fileno=request)
        try:
            self._fork(kind, control, out, errors)
        finally:
            control.close()
            os.close(out)
            os.close(errors)

    def _fork(self, kind: bytes, control: socket.socket, out: int, errors: int) -> None:
        threads = len(list(TASKS.iterdir()))
        if threads > 1:  # a lock that another thread holds would be held for ever in the child
            tell(control, refused=f"the fork server has {threads} threads")
            return
        start: Callable[[socket.socket, int, int], NoReturn] = self._keep
        mine: socket.socket | None = None
        if kind == DETACHED:
            mine, theirs = socket.socketpair()
            start = self._detach(theirs)
        try:
            pid = os.fork()
        except OSError as error:
            tell(control, refused=f"the fork server cannot fork ({error.strerror})")
            return
        if pid == 0:
            for line in (*self.lines, mine):
                if line is not None:
                    line.close()
            start(control, out, errors)
        if mine is not None:
            theirs.close()
            self.lines.append(mine)

    def _keep(self, control: socket.socket, out: int, errors: int) -> NoReturn:
        keep(hear(control.makefile("rb")), control, out, errors)

    def _detach(self, line: socket.socket) -> Callable[[socket.socket, int, int], NoReturn]:
        def start(control: socket.socket, out: int, errors: int) -> NoReturn:
            os.setsid()
            request = hear(control.makefile("rb"))
            tell(control, pid=os.getpid())
            control.close()
            children.inherit(line, self.key)
            become(request, out, errors)

        return start


if __name__ == "__main__":
    main(sys.argv[1:])
