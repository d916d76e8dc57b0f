"""What stages hand on: candidates, their features, and the slate that a person gets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pipelines.schema.arrays import NO_ITEM, Floats, Ints, Longs


@dataclass(frozen=True)
class Candidates:
    """Items proposed for each request, best first.

    `items` (n, k) int32, -1 where none; `scores` (n, k) float32, -inf where none. Lists
    merged from several generators also carry, per generator s of `sources`,
    `source_scores` (n, k, s) float32 (NaN where it did not propose the item) and
    `source_ranks` (n, k, s) int32 (1 is best, 0 where it did not propose the item).
    """

    items: Ints
    scores: Floats
    sources: tuple[str, ...] = ()
    source_scores: Floats | None = None
    source_ranks: Ints | None = None

    def __len__(self) -> int:
        return len(self.items)

    def pick(self, columns: npt.NDArray[Any], scores: Floats | None = None) -> Candidates:
        """For each row the candidates at `columns` (n, k'); column -1 gives "none".

        `scores` (n, k') replaces the picked ones' scores.
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
    """What the rankers look at: `values` (n, k, f) float32, NaN where unknown."""

    values: Floats
    names: tuple[str, ...]

    def pick(self, columns: npt.NDArray[Any]) -> Features:
        """The features of the candidates at `columns` (n, k'); -1 picks the first."""
        at = np.maximum(columns, 0)[:, :, None]
        return Features(np.take_along_axis(self.values, at, axis=1), self.names)


@dataclass(frozen=True)
class Change:
    """What a rule did: request `rows` and `items` codes, (m,) each, with one reason."""

    rule: str
    action: Literal["removed", "moved", "inserted"]
    reason: str
    rows: Longs
    items: Ints


@dataclass(frozen=True)
class Slate:
    """What a person gets: `items` (n, k) int32 best first, -1 where none; `scores` float32.

    A slate may be longer than what is shown, so that rules have items to move up.
    """

    items: Ints
    scores: Floats
    changes: tuple[Change, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.items)

    def cut(self, k: int) -> Slate:
        """The first k places."""
        return replace(self, items=self.items[:, :k], scores=self.scores[:, :k])
