"""Data passed between stages: candidates, features, and the final slate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pipelines.schema.arrays import NO_ITEM, Floats, Ints, Longs


@dataclass(frozen=True)
class Candidates:
    """Candidates of each request, best first.

    `items` (n, k) int32, -1 if empty; `scores` (n, k) float32, -inf if empty. Lists merged from
    several candidate generators also hold, per generator s of `sources`, `source_scores`
    (n, k, s) float32 (NaN if it did not propose the item) and `source_ranks` (n, k, s) int32
    (1 is best, 0 if it did not propose the item).
    """

    items: Ints
    scores: Floats
    sources: tuple[str, ...] = ()
    source_scores: Floats | None = None
    source_ranks: Ints | None = None

    def __len__(self) -> int:
        return len(self.items)

    def pick(self, columns: npt.NDArray[Any], scores: Floats | None = None) -> Candidates:
        """For each row the candidates at `columns` (n, k'); column -1 gives an empty position.

        `scores` (n, k') replaces the scores.
        """
        none = columns < 0
        at = np.maximum(columns, 0)
        rows = np.arange(len(columns))[:, None]
        items = self.items[rows, at]
        chosen = self.scores[rows, at] if scores is None else scores.copy()
        gaps = none.any()
        if gaps:
            items[none] = NO_ITEM
            chosen[none] = -np.inf
        source_scores = source_ranks = None
        if self.source_scores is not None and self.source_ranks is not None:
            source_scores = self.source_scores[rows, at]
            source_ranks = self.source_ranks[rows, at]
            if gaps:
                source_scores[none] = np.nan
                source_ranks[none] = 0
        return Candidates(items, chosen, self.sources, source_scores, source_ranks)


@dataclass(frozen=True)
class Features:
    """Features for rankers: `values` (n, k, f) float32, NaN if unknown."""

    values: Floats
    names: tuple[str, ...]

    def pick(self, columns: npt.NDArray[Any]) -> Features:
        """The features of the candidates at `columns` (n, k'); -1 picks the first."""
        at = np.maximum(columns, 0)[:, :, None]
        return Features(np.take_along_axis(self.values, at, axis=1), self.names)


@dataclass(frozen=True)
class Change:
    """Changes by a rule: request `rows` and `items` codes, (m,) each, with one reason."""

    rule: str
    action: Literal["removed", "moved", "inserted"]
    reason: str
    rows: Longs
    items: Ints


@dataclass(frozen=True)
class Slate:
    """The final lists: `items` (n, k) int32, best first, -1 if empty; `scores` (n, k) float32.

    A slate may be longer than the list that is shown, so that rules can move items up.
    """

    items: Ints
    scores: Floats
    changes: tuple[Change, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.items)

    def cut(self, k: int) -> Slate:
        """The first k positions."""
        return replace(self, items=self.items[:, :k], scores=self.scores[:, :k])
