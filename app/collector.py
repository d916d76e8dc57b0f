"""Python's garbage collector, kept from looking through what stays.

Streamlit collects all garbage after each run of the page. A full collection looks at every
object of the process, most of which belong to imported libraries and stay until its end: it took
160 ms, more than the page. So what is left after a long collection is set aside, and looked
through again now and then, for what has become garbage since.
"""

from __future__ import annotations

import gc
import time
from typing import Any

LONG_SECONDS = 0.02
"""A full collection that took longer has found many objects that stay."""
ALL_AGAIN = 500
"""Full collections after which one looks at everything."""


class Collector:
    """A callback of `gc`, called before and after each collection."""

    def __init__(self) -> None:
        self.began = 0.0
        self.full = 0
        """Full collections so far."""

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != 2:
            return
        if phase == "start":
            self.full += 1
            if self.full % ALL_AGAIN == 0:
                gc.unfreeze()
            self.began = time.thread_time()
        elif time.thread_time() - self.began > LONG_SECONDS:
            gc.freeze()


def install() -> None:
    """Once per process, however often it is called."""
    if not any(isinstance(one, Collector) for one in gc.callbacks):
        gc.callbacks.append(Collector())
