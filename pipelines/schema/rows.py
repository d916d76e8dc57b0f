"""Rows of item codes with weights: what a kernel reads of the histories of requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.schema.arrays import Floats, Ints, Ragged

if TYPE_CHECKING:
    import scipy.sparse as sp


@dataclass(frozen=True)
class WeightedRows:
    """n rows over n_items, in the arrays of a CSR matrix with sorted columns.

    Row r has the items `items[indptr[r]:indptr[r + 1]]`, ascending and each once, and their
    `weights` float32; `indptr` (n + 1,) and `items` are int32.
    """

    indptr: Ints
    items: Ints
    weights: Floats
    n_items: int

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @staticmethod
    def of(rows: Ragged, weights: Floats, n_items: int) -> WeightedRows:
        """Rows of codes in any order, with a weight each; weights of repeated codes are added."""
        codes = rows.values
        keys = codes
        if len(rows) > 1:
            keys = np.repeat(np.arange(len(rows), dtype=np.int64), rows.lengths()) * n_items + codes
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        if (keys[1:] == keys[:-1]).any():
            return _added(rows, weights, n_items)
        indptr = rows.indptr.astype(np.int32)
        return WeightedRows(indptr, codes[order].astype(np.int32), weights[order], n_items)

    def in_other_codes(self, place: Ints, size: int) -> WeightedRows:
        """The rows with `place[code]`, of `size`, for `code`; what has none (-1) is left out.

        `place` (n_items,) int32 rises with the code, so a row's order stays.
        """
        items = place[self.items]
        there = items >= 0
        kept = np.concatenate([[0], np.cumsum(there)]).astype(np.int32)
        return WeightedRows(kept[self.indptr], items[there], self.weights[there], size)

    def matrix(self) -> sp.csr_matrix:
        """The rows as a matrix (n, n_items) float32."""
        import scipy.sparse as sp

        parts = (self.weights, self.items, self.indptr)
        return sp.csr_matrix(parts, shape=(len(self), self.n_items))


def _added(rows: Ragged, weights: Floats, n_items: int) -> WeightedRows:
    """Where codes repeat: scipy adds them up, and is not imported for anything else here."""
    import scipy.sparse as sp

    parts = (weights, rows.values, rows.indptr)
    added = sp.csr_matrix(parts, shape=(len(rows), n_items), copy=True)
    added.sum_duplicates()
    return WeightedRows(added.indptr, added.indices, added.data, n_items)
