"""Processes of jobs: starting one that outlives its parent, and leaving none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

LOOK_SECONDS = 0.2

_started: dict[int, subprocess.Popen[bytes]] = {}
"""Processes started here; asking them for their end is what lets the system forget them."""


def start_detached(
    command: Sequence[str], *, log: Path, folder: Path, environment: dict[str, str]
) -> int:
    """Start `command` in a session of its own, printing into `log`; its process id."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    _started[process.pid] = process
    return process.pid


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended but was not yet collected does not."""
    process = _started.get(pid)
    if process is not None:
        if process.poll() is None:
            return True
        del _started[pid]
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _ended_uncollected(pid)


def _ended_uncollected(pid: int) -> bool:
    """Linux: whether the process is a zombie; elsewhere the heartbeat tells."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"


def lead_group() -> None:
    """Lead a process group of one's own, and have it ended when this process ends.

    However it ends: a watcher, forked here before any thread starts, sees that its parent
    has gone and kills the group, so a contender's process never outlives its job.
    """
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    leader = os.getpid()
    if os.fork() != 0:
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.getppid() == leader:
        time.sleep(LOOK_SECONDS)
    os.killpg(leader, signal.SIGKILL)
