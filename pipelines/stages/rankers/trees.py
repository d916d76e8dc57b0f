"""Scores of LightGBM's trees from the model's text, without LightGBM.

Importing LightGBM takes seconds, and its `predict` half a millisecond beside the trees' own
work; what only scores needs neither. Sums are LightGBM's to the bit: float64, tree by tree.
https://lightgbm.readthedocs.io, `Booster.model_to_string`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.schema import Doubles, Floats, Ints, Mask
from pipelines.stages.rankers.tree_kernels import LOWEST_BIT, MOST_BITS, arrange, strike_out, walk

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_ZERO_MISSING, _NAN_MISSING = 1, 2
"""What LightGBM takes for missing, in the bits of `decision_type` above those two."""


@dataclass(frozen=True)
class Trees:
    """The numeric splits of all trees, one after the other, m in all.

    A split sends a row left where its `feature` (m,) int32 is at most `threshold` (m,)
    float32, and where it is NaN and `nan_left` (m,). `left`, `right` (m,) int32 are places of
    splits, or `-1 - place` of a leaf in `leaves` float64; so are `roots` (trees,). A tree's
    leaves stand from left to right, from `first_leaf` (trees,); the bits of `goes_right` (m,)
    are those still possible for a row that a split sends right.
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
        columns: dict[str, list[Any]] = {name: [] for name in _KINDS}
        n_splits = n_leaves = most = 0
        for tree in _blocks(text):
            values = np.array(tree["leaf_value"].split(), np.float64)
            size = len(values)
            splits = _splits(tree)
            _check(splits, size)
            place, goes_right = arrange(splits["left"], splits["right"])
            for side in ("left", "right"):
                child = splits[side]
                leaf = -1 - n_leaves - place[np.maximum(-1 - child, 0)]
                splits[side] = np.where(child >= 0, child + n_splits, leaf)
            columns["roots"].append([n_splits if size > 1 else -1 - n_leaves])
            columns["first_leaf"].append([n_leaves])
            columns["leaves"].append(values[np.argsort(place)])
            for name, column in {**splits, "goes_right": goes_right}.items():
                columns[name].append(column)
            n_splits, n_leaves, most = n_splits + size - 1, n_leaves + size, max(most, size)
        bits = np.uint32 if most <= 32 else np.uint64
        whole = {
            name: np.concatenate([np.zeros(0, kind), *columns[name]]).astype(kind)
            for name, kind in {**_KINDS, "goes_right": bits}.items()
        }
        return Trees(**whole, narrow=most <= MOST_BITS)

    @cached_property
    def n_features(self) -> int:
        """Features that a row must have at least."""
        return int(self.feature.max(initial=-1)) + 1

    def score(self, rows: Floats) -> Doubles:
        """The sum of all trees (n,) float64 for feature rows (n, f) float32."""
        out = np.zeros(len(rows))
        splits = (self.feature, self.threshold, self.nan_left)
        if self.narrow:
            columns = np.ascontiguousarray(rows.T)
            leaves = (self.first_leaf, self.leaves, self.goes_right)
            strike_out(columns, *splits, self.roots, *leaves, LOWEST_BIT, out)
        else:
            walk(rows, *splits, self.left, self.right, self.roots, self.leaves, out)
        return out


_KINDS: dict[str, Any] = {
    "feature": np.int32,
    "threshold": np.float32,
    "nan_left": np.bool_,
    "left": np.int32,
    "right": np.int32,
    "goes_right": np.uint64,
    "roots": np.int32,
    "first_leaf": np.int32,
    "leaves": np.float64,
}
_SPLIT = ("feature", "threshold", "nan_left", "left", "right")


def _blocks(text: str) -> list[dict[str, str]]:
    """Each tree's lines `name=values`."""
    found = []
    for block in text.split("\nTree=")[1:]:
        lines = block.split("\n\n")[0].splitlines()
        found.append(dict(line.split("=", 1) for line in lines if "=" in line))
    return found


def _check(splits: dict[str, Any], leaves: int) -> None:
    """Raise `ValueError` where these are not the splits of one tree, each behind its parent."""
    m = leaves - 1
    if leaves < 1 or {len(column) for column in splits.values()} != {m}:
        raise ValueError("a tree lacks splits or leaves")
    if not m:
        return
    children = np.concatenate([splits["left"], splits["right"]])
    parents = np.tile(np.arange(m), 2)
    if not np.array_equal(np.sort(children), np.delete(np.arange(-leaves, m), leaves)):
        raise ValueError("a tree's splits do not lead to each of its parts once")
    if ((children >= 0) & (children <= parents)).any():
        raise ValueError("a tree's split leads back")
    if (splits["feature"] < 0).any():
        raise ValueError("a tree asks for a feature that there cannot be")


def _splits(tree: dict[str, str]) -> dict[str, Any]:
    """A tree's splits; children are places in the tree, a leaf is -1 - its place."""
    limits = np.array(tree["threshold"].split(), np.float64)
    found = (
        np.array(tree["split_feature"].split(), np.int32),
        _rounded_down(limits),
        _nan_left(tree, limits),
        np.array(tree["left_child"].split(), np.int32),
        np.array(tree["right_child"].split(), np.int32),
    )
    return dict(zip(_SPLIT, found, strict=True))


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
