"""Waiting for a condition: looked at again and again, without a guess of how long it takes."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOOK_SECONDS = 0.02
"""The pause between two looks."""
START_SECONDS = 60.0
"""How long a server may take to answer on a busy machine."""


def wait_for(
    condition: Callable[[], Any], seconds: float = 30.0, told: Callable[[], str] | None = None
) -> Any:
    """The first true value of `condition`; an `AssertionError` after `seconds`.

    `told` gives what else the error says, such as the log of a server.
    """
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            more = f":\n{told()}" if told else ""
            raise AssertionError(f"waited {seconds:g} s in vain for {condition}{more}")
        time.sleep(LOOK_SECONDS)


def wait_for_app(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until the app at `address` answers; an `AssertionError` with its log if it does not."""

    health = f"{address.rstrip('/')}/_stcore/health"

    def printed() -> str:
        return log.read_text()[-2000:]

    def healthy() -> bool:
        assert process.poll() is None, f"The app did not start; it printed:\n{printed()}"
        try:
            with urllib.request.urlopen(health, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    wait_for(healthy, START_SECONDS, printed)
