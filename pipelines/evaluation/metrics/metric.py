"""The base classes of metrics: a name, a written definition, and one method."""

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
"""The fields that a metric must define; the others have a default."""


class Metric(ABC):
    """A number per user's list; docs/metrics.md is generated from these fields.

    A user-defined metric is a subclass in another package, named by an entry point of the
    group `assay.metrics`.
    """

    name: ClassVar[str]
    """As in `ndcg@10`."""
    label: ClassVar[str]
    """The name on screens and in reports: `NDCG`."""
    group: ClassVar[Group]
    description: ClassVar[str]
    """What the metric measures, in one or two plain sentences."""
    formula: ClassVar[str]
    """For one user, in the notation of docs/metrics.md."""
    denominator: ClassVar[str]
    better: ClassVar[Better] = "higher"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)
    """The smallest and the largest value; None without bounds."""
    needs: ClassVar[frozenset[Need]] = frozenset()
    """The parts of the ground truth that it requires, beside the truth."""
    source: ClassVar[str] = ""
    """Where the definition comes from, or an equal implementation elsewhere."""

    @abstractmethod
    def per_user(self, lists: Lists, k: int) -> Doubles:
        """A value for each user, (n,) float64; NaN where it is undefined for that user."""


class MetricOfAllLists(Metric):
    """A number over all lists together, such as coverage, that is not a mean over users."""

    def per_user(self, lists: Lists, k: int) -> Doubles:
        raise TypeError(f"{self.name} is not a mean over users; use its statistic")

    @abstractmethod
    def statistic(self, lists: Lists, k: int) -> Callable[[npt.NDArray[np.uint8]], Doubles]:
        """A function from weights (rows, n), how often each user counts, to values (rows,)."""
