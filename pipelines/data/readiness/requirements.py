"""A requirement of an approach: what the data has, what is needed, and what is missing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.facts.pace import Pace
from pipelines.data.readiness.facts.timing import Recent
from pipelines.data.readiness.unit import Unit

OURS = "ours"


@dataclass(frozen=True)
class Requirement:
    """At least `need` of `unit`; at least `least` is thin, and less is not enough.

    `pace` is None if waiting does not help.
    """

    have: float
    need: float
    unit: Unit
    pace: Pace | None = None
    least: float | None = None
    unknown: str = ""
    """What is unknown and why, as a clause; empty if the figure is known."""
    advice: str = ""
    """What is missing, as a clause, if a count of `unit` would not say it."""

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
        """What is missing: "12 more events", or "500 events" if there are none yet."""
        missing = math.ceil(self.need - self.have)
        return self.advice or self.unit.missing(missing, none_yet=self.have == 0)


def recent(found: Recent, need: float, unit: Unit, least: float | None = None) -> Requirement:
    """A requirement on a count over the last days, such as the users of eight weeks."""
    pace = None
    if found.then is not None:
        pace = Pace(found.then, found.now, "growing by {} a week", "it did not grow")
    return Requirement(found.now, need, unit, pace, least)


def counted(
    facts: Facts, name: str, need: float, unit: Unit, least: float | None = None
) -> Requirement:
    """A requirement on a count of the volume (`events`, `users_two`, ...), with its pace."""
    have = float(getattr(facts.volume, name))
    then = have if facts.earlier is None else float(getattr(facts.earlier, name))
    return Requirement(have, need, unit, Pace(then, have), least)
