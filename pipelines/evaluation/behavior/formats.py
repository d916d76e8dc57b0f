"""Number formats of the behavioral tests' sentences."""

from __future__ import annotations

from pipelines.evaluation.comparison.sentences import three_digits
from pipelines.statistics.interval import Interval

number = three_digits


def percent(share: float) -> str:
    """`12.3%` for .123."""
    return f"{three_digits(100 * share)}%"


def between(interval: Interval) -> str:
    """`95% interval 0.1 to 0.3`."""
    return f"95% interval {number(interval.low)} to {number(interval.high)}"


def points(interval: Interval) -> str:
    """`12 points, 95% interval 9 to 15`: a difference of two shares."""
    value, low, high = (number(100 * v) for v in (interval.value, interval.low, interval.high))
    return f"{value} points, 95% interval {low} to {high}"
