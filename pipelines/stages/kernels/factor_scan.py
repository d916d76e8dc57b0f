"""The k best items by factors, without a look at most of the items.

A score is at most the user's length times the item's (Cauchy, Schwarz). Items stand in blocks
by falling length, so a scan stops where no later item can enter the list. Exact: what is
left out is what could not have been in the answer, as in Teflioudi, Gemulla 2016, LEMP,
https://doi.org/10.1145/2996452. Users or items of equal length make it look at everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from pipelines.schema import Candidates, Doubles, Floats, Ints, Mask, Ragged
from pipelines.stages.kernels.heap import drain, offer
from pipelines.stages.kernels.scratch import zeros
from pipelines.stages.kernels.top_k import empty_lists

BLOCK = 128
"""Items of a block: their sums stay in the nearest cache while the factors are added."""
SLACK = 1e-4
"""Share by which a bound is widened: more than float32 sums of 512 terms can be off."""


@dataclass(frozen=True)
class FactorScan:
    """Allowed items in blocks, those that can score highest first.

    `factors` (blocks, f, BLOCK), `bias` (blocks, BLOCK) float32, `codes` (blocks, BLOCK) int32,
    -1 where a block is not full; `most_bias` and `most_length` (blocks,) float64 are the
    largest of a block and all after it.
    """

    factors: Floats
    bias: Floats
    codes: Ints
    most_bias: Doubles
    most_length: Doubles
    n_items: int

    @staticmethod
    def of(items: Floats, allowed: Mask, bias: Floats | None = None) -> FactorScan:
        """Of item factors (n_items, f), a mask and biases (n_items,) float32, 0 if not given."""
        n_items, f = items.shape
        codes = np.flatnonzero(allowed)
        offset = np.zeros(n_items, np.float32) if bias is None else bias
        length = np.sqrt((items.astype(np.float64) ** 2).sum(axis=1))
        codes = codes[np.argsort(-(offset + length)[codes], kind="stable")]
        n_blocks = -(-len(codes) // BLOCK)
        padded = np.full((n_blocks, BLOCK), -1, np.int32)
        padded.reshape(-1)[: len(codes)] = codes
        there = padded >= 0
        factors = np.zeros((n_blocks, f, BLOCK), np.float32)
        for b in range(n_blocks):
            factors[b][:, there[b]] = items[padded[b][there[b]]].T
        most_bias = np.where(there, offset[padded], -np.inf).max(axis=1, initial=-np.inf)
        most_length = np.where(there, length[padded], 0).max(axis=1, initial=0)
        return FactorScan(
            factors,
            np.where(there, offset[padded], np.float32(0)),
            padded,
            _largest_to_come(most_bias.astype(np.float64)),
            _largest_to_come(most_length),
            n_items,
        )

    def top_k(
        self, users: Floats, k: int, exclude: Ragged, base: Floats | None = None
    ) -> Candidates:
        """The k best (n, k) for user factors (n, f) by base + bias + user · item, float32.

        Each score is added up factor by factor. Leaves out each row's `exclude`.
        """
        found = empty_lists(len(users), k)
        start = np.zeros(len(users), np.float32) if base is None else base
        _scan(
            users,
            start,
            self.factors,
            self.bias,
            self.codes,
            self.most_bias,
            self.most_length,
            exclude.indptr,
            exclude.values,
            zeros("excluded", self.n_items, np.bool_),
            found.items,
            found.scores,
        )
        return found


def _largest_to_come(of_blocks: Doubles) -> Doubles:
    return np.maximum.accumulate(of_blocks[::-1])[::-1].copy()


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _scan(  # type: ignore[no-untyped-def]
    users,
    start,
    factors,
    bias,
    codes,
    most_bias,
    most_length,
    indptr,
    values,
    marks,
    items_out,
    scores_out,
):
    n, k = items_out.shape
    n_blocks, f, width = factors.shape
    heap_s = np.empty(k, np.float32)
    heap_i = np.empty(k, np.int32)
    sums = np.empty(width, np.float32)
    if k == 0:
        return
    for r in range(n):
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = True
        length = 0.0
        for c in range(f):
            length += np.float64(users[r, c]) ** 2
        length = np.sqrt(length)
        size = 0
        for b in range(n_blocks):
            if size == k:
                offset = np.float64(start[r]) + most_bias[b]
                reach = length * most_length[b]
                if offset + reach + SLACK * (abs(offset) + reach) + 1e-30 < heap_s[0]:
                    break
            block = factors[b]
            for j in range(width):
                sums[j] = np.float32(0) + (start[r] + bias[b, j])
            c = 0
            while c + 4 <= f:
                x, y, z, w = users[r, c], users[r, c + 1], users[r, c + 2], users[r, c + 3]
                xs, ys, zs, ws = block[c], block[c + 1], block[c + 2], block[c + 3]
                for j in range(width):
                    sums[j] = (((sums[j] + x * xs[j]) + y * ys[j]) + z * zs[j]) + w * ws[j]
                c += 4
            while c < f:
                x, xs = users[r, c], block[c]
                for j in range(width):
                    sums[j] += x * xs[j]
                c += 1
            for j in range(width):
                s = sums[j]
                code = codes[b, j]
                if code < 0 or not s > -np.inf or (size == k and s < heap_s[0]) or marks[code]:
                    continue
                size = offer(heap_s, heap_i, size, s, code)
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = False
        drain(heap_s, heap_i, size, items_out[r], scores_out[r])
