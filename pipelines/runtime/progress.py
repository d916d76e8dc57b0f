"""How long work tells how far it is, and hears that it should stop."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done; may raise `Cancelled`."""


class Cancelled(Exception):
    """Somebody asked for the work to stop."""


def silent(share: float, message: str) -> None:
    """Progress that nobody watches."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a part that takes the whole from `start` to `end`."""
    return lambda share, message: progress(start + (end - start) * share, message)
