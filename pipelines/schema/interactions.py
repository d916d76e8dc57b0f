"""Events: who interacted with what, when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipelines.schema import sound
from pipelines.schema.arrays import Floats, Ints, Longs, row_pointers

if TYPE_CHECKING:
    import scipy.sparse as sp


@dataclass(frozen=True)
class Interactions:
    """Interactions as columns sorted by (user, time, input row); immutable.

    `user`, `item` int32; `weight` float32 (> 0); `time` int64 seconds UTC; each (n,).
    """

    user: Ints
    item: Ints
    weight: Floats
    time: Longs
    n_users: int
    n_items: int

    @staticmethod
    def build(
        user: npt.ArrayLike,
        item: npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
        time: npt.ArrayLike | None = None,
        *,
        n_users: int,
        n_items: int,
    ) -> Interactions:
        """Interactions from columns in any order; weights default to 1, times to 0."""
        u = np.ascontiguousarray(user, dtype=np.int32)
        i = np.ascontiguousarray(item, dtype=np.int32)
        w = np.ones(len(u), np.float32) if weight is None else np.asarray(weight, np.float32)
        t = np.zeros(len(u), np.int64) if time is None else np.asarray(time, np.int64)
        order = np.lexsort((t, u))  # lexsort is stable, so input order breaks ties
        return Interactions(u[order], i[order], w[order], t[order], n_users, n_items)

    def check(self) -> None:
        """Raise `ValueError` where these cannot be sorted events of such users and items."""
        n = len(self.user)
        sound.codes("user", self.user, self.n_users)
        sound.codes("item", self.item, self.n_items, length=n)
        sound.shaped("weight", self.weight, np.float32, n)
        sound.shaped("time", self.time, np.int64, n)
        if (self.user[1:] < self.user[:-1]).any():
            raise ValueError("the events are not sorted by user")

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def indptr(self) -> Longs:
        """Row pointers (n_users + 1,) int64: user u's rows are indptr[u]:indptr[u + 1]."""
        return row_pointers(self.user, self.n_users)

    def matrix(self) -> sp.csr_matrix:
        """User × item weights, (n_users, n_items) float32 CSR; weights of repeats are added."""
        import scipy.sparse as sp

        shape = (self.n_users, self.n_items)
        out = sp.csr_matrix((self.weight, self.item, self.indptr), shape=shape, copy=True)
        out.sum_duplicates()
        return out

    def select(self, rows: npt.NDArray[Any]) -> Interactions:
        """The rows selected by a mask (n,) or by ascending row numbers; codes do not change."""
        cut = (self.user[rows], self.item[rows], self.weight[rows], self.time[rows])
        return Interactions(*cut, self.n_users, self.n_items)
