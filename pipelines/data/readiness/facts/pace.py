"""When a count will be enough, at the pace of the last weeks, or why no date can be given."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from pipelines.data.readiness.facts.stream import WEEK
from pipelines.data.readiness.facts.timing import Timing
from pipelines.data.readiness.unit import Unit
from pipelines.runtime.phrases import number_of

ARCHIVE_DAYS = 180
"""Data whose newest event is older is an archive, for which no dates are given."""
_LONGEST = 520  # weeks; a date more than ten years ahead is not useful


@dataclass(frozen=True)
class Pace:
    """Growth of a count: `then` at the window's beginning, `now` at its end."""

    then: float
    now: float
    gain: str = "at {} a week"
    """How a sentence states the weekly gain."""
    flat: str = "none were added"
    """How a sentence says that there was no gain."""

    def weekly(self, timing: Timing) -> float:
        return (self.now - self.then) / timing.window_weeks

    def weeks(self, gap: float, timing: Timing | None) -> float:
        """Weeks from the newest event until `gap` more are there; infinite without a gain."""
        weekly = 0.0 if timing is None else self.weekly(timing)
        return gap / weekly if weekly > 0 else math.inf

    def when(
        self, gap: float, unit: Unit, timing: Timing | None, *, is_sample: bool = False
    ) -> str:
        """When `gap` more will be there, as a clause: a date, or why no date can be given."""
        if timing is None:
            return "without times no date can be given"
        ends = dt.datetime.fromtimestamp(timing.newest, dt.UTC)
        if is_sample or timing.age_days > ARCHIVE_DAYS:
            return f"the data ends in {ends:%B %Y}, so no date can be given"
        if timing.window_weeks < 1:
            days = number_of(round(timing.span_days), "day")
            return f"the data covers only {days}, so no date can be given"
        window = timing.window_label
        weeks = self.weeks(gap, timing)
        if weeks == math.inf:
            return f"{self.flat} in {window}, so no date can be given"
        pace = f"{self.gain.format(unit.rate(_rate(self.weekly(timing))))}, as in {window}"
        if weeks > _LONGEST:
            return f"{pace}, it would take more than ten years"
        day = ends + dt.timedelta(seconds=weeks * WEEK)
        # The gap is that of the newest event; the wait is counted from now.
        left = weeks - timing.age_days / 7
        if left <= 0:
            return f"{pace}, they should be there by now (import newer data)"
        return f"{pace}, in about {_time(left)} ({day:%Y-%m-%d})"


def _time(weeks: float) -> str:
    if weeks > 104:
        return f"{weeks / 52.18:.0f} years"
    whole = max(1, round(weeks))
    return number_of(whole, "week")


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
