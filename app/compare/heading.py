"""The title of a view of the Compare page, and a sentence beneath it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """What a view shows at the top of the page."""

    title: str
    description: str = ""
