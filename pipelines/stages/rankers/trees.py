"""Scores of LightGBM's trees from the model's text, without LightGBM.

Importing LightGBM takes seconds, and its `predict` half a millisecond beside the trees' own
work; what only scores needs neither. Sums are LightGBM's to the bit: float64, tree by tree.
https://lightgbm.readthedocs.io, `Booster.model_to_string`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from pipelines.schema import Doubles, Floats, Ints, Mask

MOST_BITS = 64
"""Leaves up to which the leaves still possible are the bits of one whole number."""
_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_ZERO_MISSING, _NAN_MISSING = 1, 2
"""What LightGBM takes for missing, in the bits of `decision_type` above those two."""


@dataclass(frozen=True)
class Trees:
    """The numeric splits of all trees, one after the other, m in all.

    A split sends a row left where its `feature` (m,) int32 is at most `threshold` (m,)
    float32, and where it is NaN and `nan_left` (m,). `left`, `right` (m,) int32 are places of
    splits, or `-1 - place` of a leaf in `leaves` float64; so are `roots` (trees,). A tree's
    leaves stand from left to right; `goes_right` (m,) marks those that are still possible
    where a split sends a row right, as bits.
    """

    feature: Ints
    threshold: Floats
    nan_left: Mask
    left: Ints
    right: Ints
    roots: Ints
    leaves: Doubles
    first_leaf: Ints
    goes_right: npt.NDArray[np.unsignedinteger[Any]]
    narrow: bool
    """Whether no tree has more than `MOST_BITS` leaves."""

    @staticmethod
    def of(text: str) -> Trees:
        """The trees of a model's text; `ValueError` where they are of a kind not read here."""
        splits: dict[str, list[Any]] = {name: [] for name in _SPLITS}
        roots, leaves, first_leaf, sizes = [], [], [], [0]
        n_splits = n_leaves = 0
        for tree in _blocks(text):
            values = np.array(tree["leaf_value"].split(), np.float64)
            size = len(values)
            roots.append(n_splits if size > 1 else -1 - n_leaves)
            first_leaf.append(n_leaves)
            leaves.append(values)
            if size > 1:
                limits = np.array(tree["threshold"].split(), np.float64)
                splits["feature"].append(np.array(tree["split_feature"].split(), np.int32))
                splits["threshold"].append(_rounded_down(limits))
                splits["nan_left"].append(_nan_left(tree, limits))
                for side in ("left", "right"):
                    child = np.array(tree[f"{side}_child"].split(), np.int32)
                    # LightGBM writes a leaf as -1 - its place, too.
                    splits[side].append(np.where(child >= 0, child + n_splits, child - n_leaves))
                n_splits += size - 1
            n_leaves += size
            sizes.append(size)
        found: dict[str, Any] = {
            name: np.concatenate([np.zeros(0, kind), *splits[name]]).astype(kind)
            for name, kind in _SPLITS.items()
        }
        place = np.zeros(n_leaves, np.int32)
        goes_right: npt.NDArray[Any] = np.zeros(
            n_splits, np.uint32 if max(sizes) <= 32 else np.uint64
        )
        tree_parts = (np.array(roots, np.int32), np.array(first_leaf, np.int32))
        _arrange(found["left"], found["right"], *tree_parts, place, goes_right)
        ordered = np.zeros(n_leaves)
        ordered[place] = np.concatenate([np.zeros(0), *leaves])
        return Trees(
            **found,
            roots=np.array([r if r >= 0 else -1 - place[-1 - r] for r in roots], np.int32),
            leaves=ordered,
            first_leaf=tree_parts[1],
            goes_right=goes_right,
            narrow=max(sizes) <= MOST_BITS,
        )

    def score(self, rows: Floats) -> Doubles:
        """The sum of all trees (n,) float64 for feature rows (n, f) float32."""
        out = np.zeros(len(rows))
        splits = (self.feature, self.threshold, self.nan_left)
        if self.narrow:
            columns = np.ascontiguousarray(rows.T)
            leaves = (self.first_leaf, self.leaves, self.goes_right)
            _strike_out(columns, *splits, self.roots, *leaves, _LOWEST_BIT, out)
        else:
            _walk(rows, *splits, self.left, self.right, self.roots, self.leaves, out)
        return out


_SPLITS = {
    "feature": np.int32,
    "threshold": np.float32,
    "nan_left": np.bool_,
    "left": np.int32,
    "right": np.int32,
}
_DE_BRUIJN = 0x03F79D71B4CB0A89
"""Times a power of two, its upper 6 bits differ for each of the 64."""
_LOWEST_BIT = np.zeros(64, np.int32)
for _bit in range(64):
    _LOWEST_BIT[((_DE_BRUIJN << _bit) % 2**64) >> 58] = _bit


def _blocks(text: str) -> list[dict[str, str]]:
    """Each tree's lines `name=values`."""
    found = []
    for block in text.split("\nTree=")[1:]:
        lines = block.split("\n\n")[0].splitlines()
        found.append(dict(line.split("=", 1) for line in lines if "=" in line))
    return found


def _rounded_down(limits: Doubles) -> Floats:
    """The largest float32 that is not above: a float32 is at most either, or above both."""
    near = limits.astype(np.float32)
    return np.where(near > limits, np.nextafter(near, np.float32(-np.inf)), near)


def _nan_left(tree: dict[str, str], limits: Doubles) -> Mask:
    """Which splits send NaN left, from LightGBM's `decision_type`."""
    kind = np.array(tree["decision_type"].split(), np.int32)
    missing = kind >> 2
    unread = (kind & _CATEGORICAL).any() or (missing == _ZERO_MISSING).any()
    if unread or tree.get("is_linear", "0") != "0":
        raise ValueError("these trees have splits or leaves that are not read here")
    # Where a feature was never missing in training, NaN counts as 0.
    return np.where(missing == _NAN_MISSING, (kind & _DEFAULT_LEFT) > 0, limits >= 0)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _arrange(left, right, roots, first_leaf, place, goes_right):  # type: ignore[no-untyped-def]
    """Number each tree's leaves from left to right; children stand behind their parents."""
    m = len(left)
    below = np.ones(m, np.int64)  # leaves below the left side
    total = np.ones(m, np.int64)
    for at in range(m - 1, -1, -1):
        below[at] = total[left[at]] if left[at] >= 0 else 1
        total[at] = below[at] + (total[right[at]] if right[at] >= 0 else 1)
    start = np.zeros(m, np.int64)
    for t in range(len(roots)):
        place[first_leaf[t]] = first_leaf[t]
        end = m
        for later in range(t + 1, len(roots)):
            if roots[later] >= 0:
                end = roots[later]
                break
        if roots[t] < 0:
            continue
        for at in range(roots[t], end):
            bits = np.uint64(0)
            if start[at] + below[at] <= 64:
                for leaf in range(start[at], start[at] + below[at]):
                    bits |= np.uint64(1) << np.uint64(leaf)
            goes_right[at] = ~bits
            for child, first in ((left[at], start[at]), (right[at], start[at] + below[at])):
                if child >= 0:
                    start[child] = first
                else:
                    place[-1 - child] = first_leaf[t] + first
    for at in range(m):
        if left[at] < 0:
            left[at] = -1 - place[-1 - left[at]]
        if right[at] < 0:
            right[at] = -1 - place[-1 - right[at]]


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _strike_out(  # type: ignore[no-untyped-def]
    columns,
    feature,
    threshold,
    nan_left,
    roots,
    first_leaf,
    leaves,
    goes_right,
    lowest_bit,
    out,
):
    """Rows side by side: each split strikes out the leaves that it rules out.

    The first leaf that remains is the row's (Lucchese et al. 2015, QuickScorer). No step
    depends on where a row went, so a processor does many rows at once.
    """
    n, width = columns.shape[1], 256
    remain = np.empty(width, goes_right.dtype)
    for begin in range(0, n, width):
        size = min(width, n - begin)
        at = 0
        for t in range(len(roots)):
            end = first_leaf[t + 1] if t + 1 < len(roots) else len(leaves)
            splits = end - first_leaf[t] - 1
            remain[:] = ~goes_right.dtype.type(0)
            for s in range(at, at + splits):
                column = columns[feature[s], begin : begin + size]
                limit, kept = threshold[s], goes_right[s]
                every = ~(kept & ~kept)
                if nan_left[s]:
                    for i in range(size):
                        remain[i] &= kept if column[i] > limit else every
                else:
                    for i in range(size):
                        remain[i] &= every if column[i] <= limit else kept
            at += splits
            for i in range(size):
                bits = np.uint64(remain[i])
                lowest = bits & (~bits + np.uint64(1))
                leaf = lowest_bit[(lowest * np.uint64(_DE_BRUIJN)) >> np.uint64(58)]
                out[begin + i] += leaves[first_leaf[t] + leaf]


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _walk(rows, feature, threshold, nan_left, left, right, roots, leaves, out):  # type: ignore[no-untyped-def]
    """From each root to a leaf: for trees with more leaves than a number has bits."""
    for t in range(len(roots)):
        for r in range(len(rows)):
            at = roots[t]
            while at >= 0:
                value = rows[r, feature[at]]
                if nan_left[at]:
                    at = right[at] if value > threshold[at] else left[at]
                else:
                    at = left[at] if value <= threshold[at] else right[at]
            out[r] += leaves[-1 - at]
