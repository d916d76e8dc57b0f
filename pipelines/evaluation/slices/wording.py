"""Slices and differences in words."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.evaluation.comparison.sentences import three_digits
from pipelines.evaluation.slices.cells import Cell
from pipelines.evaluation.slices.stored import Dimension
from pipelines.statistics.interval import Interval


def among(cell: Cell, dimensions: Mapping[str, Dimension]) -> str:
    """Whom a cell is about: "Among users with 1–2 events in their history (312)"."""
    users: list[str] = []
    items: list[str] = []
    for name, value in zip(cell.dimensions, cell.values, strict=True):
        one = dimensions[name]
        (items if one.per_item else users).append(one.clause.format(value))
    if not items:
        return f"Among users {' and '.join(users)} ({cell.n:,})"
    who = f"Among users {' and '.join(users)}, counting" if users else "Counting"
    return f"{who} only items taken up {' and '.join(items)} ({cell.n:,} users)"


def slice_of(one: Dimension, value: str) -> str:
    """A slice by its clause alone: "with 1–2 events in their history"."""
    return one.clause.format(value)


def by(sign: int, found: Interval, metric: str) -> str:
    """A difference with its interval: "0.031 NDCG@10 (0.012 to 0.05)"; `sign` turns it."""
    low, high = sorted((sign * found.low, sign * found.high))
    value = three_digits(sign * found.value)
    return f"{value} {metric} ({three_digits(low)} to {three_digits(high)})"


def interval(cell: Cell) -> Interval:
    """A tested cell's difference."""
    assert cell.difference is not None and cell.low is not None and cell.high is not None
    return Interval(value=cell.difference, low=cell.low, high=cell.high)
