"""Progress of long work, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done; may raise `Cancelled`."""


class Cancelled(Exception):
    """A user asked for the work to stop."""


def silent(share: float, message: str) -> None:
    """Report progress to nobody."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """The progress of one part of the work, which goes from `start` to `end` of the whole."""
    return lambda share, message: progress(start + (end - start) * share, message)
