"""Work with a store that may not answer: it is given up, not waited for.

MLflow itself asks a SQL server that refuses a password for 3½ minutes, and an HTTP server that
hangs for longer; both would hold up the bake-offs that wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from pipelines.errors import AssayError
from pipelines.runtime import paths

T = TypeVar("T")

REACH_SECONDS = 20.0
"""How long a store may take to answer for the first time."""
SILENT_SECONDS = 60.0
"""How long a single call may take; the upload of a fitted pipeline is the longest."""
_LOOK_SECONDS = 0.1


class OutOfReach(AssayError):
    """MLflow's store does not answer."""


def local() -> bool:
    """Whether the store is a file of this machine, whose first use may take long but ends."""
    return paths.tracking_uri().startswith("sqlite:")


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; `OutOfReach` where it takes longer.

    It then goes on in a thread that does not keep the process alive.
    """
    return _waited(work, lambda began: time.monotonic() - began > seconds, seconds)


class Watched:
    """A client of MLflow whose calls are timed; none is made after it was given up."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._moment = time.monotonic()
        self._given_up = False

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        if not callable(value):
            return value

        def call(*args: Any, **named: Any) -> Any:
            if self._given_up:
                raise OutOfReach("MLflow's store was given up.")
            self._moment = time.monotonic()
            try:
                return value(*args, **named)
            finally:
                self._moment = time.monotonic()

        return call

    def used_for(self, work: Callable[[], T], seconds: float = SILENT_SECONDS) -> T:
        """What `work` with this client returns; `OutOfReach` where one call takes too long."""
        self._moment = time.monotonic()

        def over(_began: float) -> bool:
            self._given_up = time.monotonic() - self._moment > seconds
            return self._given_up

        return _waited(work, over, seconds)


def _waited(work: Callable[[], T], over: Callable[[float], bool], seconds: float) -> T:
    found: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # raised again by the thread that waits
            raised.append(error)

    began = time.monotonic()
    thread = threading.Thread(target=run, name="mlflow", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_LOOK_SECONDS)
        if thread.is_alive() and over(began):
            raise OutOfReach(f"it did not answer within {seconds:g} s")
    if raised:
        raise raised[0]
    return found[0]
