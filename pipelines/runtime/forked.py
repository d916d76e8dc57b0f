"""What a process does first after the fork server forked it, and how it ends.

It becomes what `python -m MODULE ARGUMENTS` would be: its environment, folder, streams and
threads are its owner's, and nothing of the server's loop is left in it.
"""

from __future__ import annotations

import atexit
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

from pipelines.runtime.memory import resident_mb

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
"""Set to 1 in the server, since a process with more than one thread must not fork."""

preloaded_mb: float | None = None
"""What this process held when it was forked, MB; None in a process that was not forked."""


def become(request: dict[str, Any], out: int, errors: int) -> NoReturn:
    """Run the request's module in this process, and end it with the exit code."""
    global preloaded_mb
    code = 1
    try:
        _redirect(out, errors)
        _settle(request)
        preloaded_mb = resident_mb()
        code = _exit_code(import_module(request["module"]).main, request["arguments"])
    except BaseException:
        traceback.print_exc()
    _leave(code)


def _redirect(out: int, errors: int) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    for descriptor, place in ((null, 0), (out, 1), (errors, 2)):
        os.dup2(descriptor, place)
    for descriptor in (null, out, errors):
        if descriptor > 2:
            os.close(descriptor)


def _settle(request: dict[str, Any]) -> None:
    """Environment, folder, path, signals, random numbers and threads of a new process."""
    environment: dict[str, str] = request["environment"]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(request["folder"])
    if not sys.flags.safe_path:
        sys.path[0] = request["folder"]  # as `python -m` has it
    sys.argv = [request["module"], *request["arguments"]]
    for number in (signal.SIGINT, signal.SIGCHLD):
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, usual)
    tempfile.tempdir = None
    time.tzset()
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    _set_threads(environment)


def _set_threads(environment: dict[str, str]) -> None:
    """As many BLAS threads as a process started with this environment would have."""
    if "threadpoolctl" not in sys.modules:  # nothing that has threads is loaded
        return
    from threadpoolctl import threadpool_limits

    named = (environment.get(name, "") for name in (*THREADS, "OMP_NUM_THREADS"))
    asked = next((int(text) for text in named if text.isdecimal() and int(text) > 0), None)
    threadpool_limits(limits=asked or len(os.sched_getaffinity(0)), user_api="blas")


def _exit_code(main: Callable[[list[str]], Any], arguments: list[str]) -> int:
    try:
        found = main(arguments)
    except SystemExit as ended:
        found = ended.code
    if isinstance(found, str):
        print(found, file=sys.stderr)
        return 1
    return int(found or 0)


def _leave(code: int) -> NoReturn:
    """End as the interpreter would, without taking the loaded modules apart one by one."""
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
