"""What the fork server, the processes it forks and their owners write to each other.

One JSON object a line over a socket. A request is written by the process that wants a child
and read by the new process alone: the server never sees the child's environment.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
from collections.abc import Iterable
from typing import IO, Any

CHILD, DETACHED = b"c", b"d"
"""The two kinds of process: one that ends with its owner, and one that outlives it."""
DESCRIPTORS = 3
"""What is sent with each kind: the request's socket, standard output and standard error."""


def tell(line: socket.socket, **values: Any) -> None:
    """Write one message; a reader that has gone away is not an error."""
    with contextlib.suppress(OSError):
        line.sendall(json.dumps(values).encode() + b"\n")


def readable(lines: Iterable[Any], timeout: float | None = None) -> list[Any]:
    """Those of some sockets or descriptors that can be read, after at most `timeout` seconds.

    Unlike `select.select` also for descriptors above 1,023, which an owner with many files gives.
    """
    with selectors.PollSelector() as selector:
        for line in lines:
            selector.register(line, selectors.EVENT_READ)
        return [key.fileobj for key, _ in selector.select(timeout)]


def hear(lines: IO[bytes]) -> dict[str, Any]:
    """Read one message; an empty one where the other side has gone away."""
    try:
        found = lines.readline()
    except OSError:
        return {}
    message: dict[str, Any] = json.loads(found) if found.endswith(b"\n") else {}
    return message
