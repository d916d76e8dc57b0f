"""Requests for recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipelines.schema.arrays import NEW_USER, Floats, Ints, Longs, Ragged
from pipelines.schema.rows import WeightedRows

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse as sp


@dataclass(frozen=True)
class Queries:
    """n requests over a catalogue of n_items, each with a history.

    `user` (n,) int32, -1 for a new visitor; `history` the items that the user interacted with,
    newest last, with `weights` float32 and `times` int64 parallel to its values; `now` (n,)
    int64, the time of the request; `exclude` the items to leave out (set by the manifest's seen
    policy, applied by `retrieve`); `context` a row per request, or None: kept for stages to
    come, no stage that ships reads it yet.
    """

    user: Ints
    history: Ragged
    weights: Floats
    times: Longs
    now: Longs
    exclude: Ragged
    n_items: int
    context: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def lengths(self) -> Longs:
        """Events in each history, (n,) int64."""
        return self.history.lengths()

    def take(self, rows: npt.NDArray[Any]) -> Queries:
        """The requests with these row numbers, in that order."""
        at = self.history.positions(rows)
        return Queries(
            self.user[rows],
            self.history.take(rows),
            self.weights[at],
            self.times[at],
            self.now[rows],
            self.exclude.take(rows),
            self.n_items,
            None if self.context is None else self.context.iloc[rows],
        )

    def rows(self, weights: Floats | None = None) -> WeightedRows:
        """Each history as item codes with weights: sorted by code, repeats added.

        `weights` (events,) replaces the weights of the histories.
        """
        data = np.asarray(self.weights if weights is None else weights, np.float32)
        return WeightedRows.of(self.history, data, self.n_items)

    def matrix(self, weights: Floats | None = None) -> sp.csr_matrix:
        """Request × item weights (n, n_items) float32 CSR: `rows` for scipy."""
        return self.rows(weights).matrix()

    @cached_property
    def positions_from_end(self) -> Longs:
        """For each event of each history, the number of newer events, (events,) int64."""
        ends = np.repeat(self.history.indptr[1:], self.lengths)
        return ends - 1 - np.arange(len(self.history.values), dtype=np.int64)

    @staticmethod
    def of_histories(
        histories: Sequence[Sequence[int]],
        *,
        n_items: int,
        now: int,
        exclude_seen: bool = True,
    ) -> Queries:
        """Queries for made-up histories (item codes, newest last), one event per second."""
        history = Ragged.of(histories)
        n = len(history)
        ends = np.repeat(history.indptr[1:], history.lengths())
        times = now - (ends - np.arange(len(history.values), dtype=np.int64))
        return Queries(
            np.full(n, NEW_USER, np.int32),
            history,
            np.ones(len(history.values), np.float32),
            times,
            np.full(n, now, np.int64),
            history if exclude_seen else Ragged.empty(n),
            n_items,
        )
