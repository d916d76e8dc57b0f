"""What a metric is: a name, a definition in words, and one method."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from pipelines.reading.lists import Lists, Need
from pipelines.schema import Doubles

Better = Literal["higher", "lower", "neither"]
Group = Literal["accuracy", "variety", "novelty", "fit", "money", "exposure"]


FIELDS = ("name", "label", "group", "description", "formula", "denominator")
"""What a metric must say of itself; the rest has a default."""


class Metric(ABC):
    """A figure about each user's list; docs/metrics.md is made from these fields.

    A metric of one's own is such a class in one's own package, named by an entry point of
    the group `assay.metrics`.
    """

    name: ClassVar[str]
    """As in `ndcg@10`."""
    label: ClassVar[str]
    """What people read: `NDCG`."""
    group: ClassVar[Group]
    description: ClassVar[str]
    """What the number tells, in a plain sentence or two."""
    formula: ClassVar[str]
    """For one user, in the words of docs/metrics.md."""
    denominator: ClassVar[str]
    better: ClassVar[Better] = "higher"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)
    """The least and the greatest value; None where there is no limit."""
    needs: ClassVar[frozenset[Need]] = frozenset()
    """What of the answer key it cannot do without, beside the truth."""
    source: ClassVar[str] = ""
    """Where the definition is from, or what it is equal to elsewhere."""

    @abstractmethod
    def per_user(self, lists: Lists, k: int) -> Doubles:
        """A value for each user, (n,) float64; NaN where it is not defined for that user."""


class MetricOfAllLists(Metric):
    """A figure about all lists together, such as coverage: no mean over users."""

    def per_user(self, lists: Lists, k: int) -> Doubles:
        raise TypeError(f"{self.name} is no mean over users; ask for its statistic")

    @abstractmethod
    def statistic(self, lists: Lists, k: int) -> Callable[[npt.NDArray[np.uint8]], Doubles]:
        """A function from weights (rows, n), how often each user counts, to values (rows,)."""
