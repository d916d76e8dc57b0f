"""The parent of one forked process: it tells how the process ends, and ends it with its owner.

The keeper stands between the fork server and the process, so that the server may die without
harm to either.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from typing import Any, NoReturn

from pipelines.runtime.forked import become
from pipelines.runtime.messages import readable, tell
from pipelines.runtime.orphans import die_with_parent


def keep(request: dict[str, Any], control: socket.socket, out: int, errors: int) -> NoReturn:
    """Fork the process of the request and wait for its end, or for the end of its owner.

    The owner holds the other side of `control`, which closes however the owner ends; then the
    process is killed with all that it started.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        die_with_parent()
        os.setpgid(0, 0)
        control.close()
        become(request, out, errors)
    with contextlib.suppress(OSError):  # it did so itself, or ended already
        os.setpgid(pid, pid)
    os.close(out)
    os.close(errors)
    ended = os.pidfd_open(pid)
    tell(control, pid=pid)
    readable([control.fileno(), ended])
    # Before the process is collected: until then its number cannot be another's.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    tell(control, code=os.waitstatus_to_exitcode(status))
    os._exit(0)
