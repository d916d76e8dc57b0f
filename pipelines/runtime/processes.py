"""Processes of jobs: starting one that outlives its parent, and leaving none behind."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pipelines.runtime import children
from pipelines.runtime.children import Preload
from pipelines.runtime.forkserver import Unforkable

LOOK_SECONDS = 0.2

_started: dict[int, subprocess.Popen[bytes]] = {}
"""Processes started here; the system forgets one only after it was asked for its end."""

logger = logging.getLogger(__name__)


def start_detached(
    command: Sequence[str],
    *,
    log: Path,
    folder: Path,
    environment: dict[str, str],
    preload: Preload | None = None,
) -> int:
    """Start `command` in a session of its own, printing into `log`; its process id.

    With `preload`, `python -m MODULE …` is forked by this process's fork server, if it can.
    """
    with log.open("ab") as out:
        if preload is not None and list(command[:2]) == [sys.executable, "-m"]:
            try:
                forked = children.fork(
                    preload,
                    command[2],
                    command[3:],
                    environment=environment,
                    folder=folder,
                    out=out.fileno(),
                    errors=out.fileno(),
                    detached=True,
                )
            except Unforkable as why:
                if str(why):
                    logger.warning("a new interpreter starts: %s", why)
                    out.write(f"A new interpreter starts: {why}.\n".encode())
                    out.flush()
            else:
                forked.close()
                return forked.pid
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
    """Whether the process runs; False for one that ended and was not yet collected."""
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
    """Lead a new process group, and have it killed when this process ends, however it ends.

    A watcher, forked here before any thread starts, sees that its parent has gone and kills
    the group, so no process that a job started outlives it.
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
