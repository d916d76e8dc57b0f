"""Phrases for slices and differences, from which sentences are built."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.evaluation.comparison.sentences import three_digits
from pipelines.evaluation.slices.cells import Cell
from pipelines.evaluation.slices.stored import Dimension
from pipelines.statistics.interval import Interval


def population(cell: Cell, dimensions: Mapping[str, Dimension]) -> str:
    """The users of a cell: "users with 1–2 events in their history (312)"."""
    of_users: list[str] = []
    of_items: list[str] = []
    for name, value in zip(cell.dimensions, cell.values, strict=True):
        one = dimensions[name]
        (of_items if one.per_item else of_users).append(slice_phrase(one, value))
    users = f"users {' and '.join(of_users)} ({cell.n:,})" if of_users else f"users ({cell.n:,})"
    if not of_items:
        return users
    return f"{users}, counting only held-out items {' and '.join(of_items)}"


def slice_phrase(one: Dimension, value: str) -> str:
    """A slice by its clause alone: "with 1–2 events in their history"."""
    return one.clause.format(value)


def difference(sign: int, found: Interval, metric: str) -> str:
    """A difference with its interval, times `sign`: "0.031 NDCG@10 (0.012 to 0.05)"."""
    low, high = sorted((sign * found.low, sign * found.high))
    value = three_digits(sign * found.value)
    return f"{value} {metric} ({three_digits(low)} to {three_digits(high)})"


def interval(cell: Cell) -> Interval:
    """The difference of a cell that was tested."""
    assert cell.difference is not None and cell.low is not None and cell.high is not None
    return Interval(value=cell.difference, low=cell.low, high=cell.high)
