"""A requirement: what the data has, what is needed, and what is missing in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.facts.pace import Pace
from pipelines.data.readiness.facts.timing import Recent

OURS = "ours"


@dataclass(frozen=True)
class Requirement:
    """At least `need` of something; from `least` on it is thin, below not enough.

    `unit` names what is counted; `more` puts the gap in words ("{} more events"). `pace` is
    None for what does not come by waiting.
    """

    have: float
    need: float
    unit: str
    more: str
    pace: Pace | None = None
    least: float | None = None
    unknown: str = ""
    """What cannot be told, and why, where it cannot: a sentence's end."""

    @property
    def met(self) -> bool:
        return not self.unknown and self.have >= self.need

    @property
    def state(self) -> Literal["enough", "thin", "not enough", "unknown"]:
        if self.unknown:
            return "unknown"
        if self.met:
            return "enough"
        return "thin" if self.least is not None and self.have >= self.least else "not enough"

    @property
    def gap(self) -> str:
        missing = math.ceil(self.need - self.have)
        text = self.more.format(f"{missing:,}")
        if self.have == 0:
            text = text.replace(" more ", " ", 1)
        return singular(text) if missing == 1 else text


_MANY = ("events", "users", "items", "visits", "days", "impressions")


def singular(text: str) -> str:
    """`1 more user`, of "1 more users"."""
    for many in _MANY:
        text = text.replace(f"1 more {many}", f"1 more {many[:-1]}", 1)
    return text


def recent(found: Recent, need: float, unit: str, least: float | None = None) -> Requirement:
    """A requirement on a count over the last days: traffic, which grows or does not."""
    pace = None
    if found.then is not None:
        pace = Pace(found.then, found.now, "growing by {} a week", "this did not grow")
    return Requirement(found.now, need, unit, "{} more " + unit, pace, least)


def counted(
    facts: Facts, name: str, need: float, unit: str, least: float | None = None
) -> Requirement:
    """A requirement on a count of the volume (`events`, `users_two`, ...), with its pace."""
    have = float(getattr(facts.volume, name))
    then = have if facts.earlier is None else float(getattr(facts.earlier, name))
    return Requirement(have, need, unit, "{} more " + unit, Pace(then, have), least)
