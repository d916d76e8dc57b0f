"""Phrases that depend on a number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime


def noun_for(count: float, noun: str, plural: str | None = None) -> str:
    """The form of a noun after a count: "item" after 1, otherwise `plural`, by default "items"."""
    return noun if count == 1 else plural or f"{noun}s"


def number_of(count: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun: "1 item", "1,234 items"."""
    return f"{count:,} {noun_for(count, noun, plural)}"


def day_of(seconds: int) -> str:
    """The day of a time in seconds UTC: "2016-05-01"."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def and_list(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    listed = list(names)
    return " and ".join(filter(None, (", ".join(listed[:-1]), *listed[-1:])))
