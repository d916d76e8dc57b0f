"""Scores of LightGBM's trees from the model's text, without LightGBM.

Importing LightGBM takes seconds and its `predict` half a millisecond beside the trees' own
work; a service that has only to score needs neither. Sums are LightGBM's to the bit: float64,
tree after tree. https://lightgbm.readthedocs.io, `Booster.model_to_string`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from pipelines.schema import Doubles, Floats, Ints

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_NAN = 2
"""LightGBM's way with missing values (the bits above those two): 0 none, 1 zeros, 2 NaN."""


@dataclass(frozen=True)
class Trees:
    """Numeric splits of all trees, one after the other.

    Of each of the m splits: `feature` (m,) int32, `threshold` (m,) float64, `left` and `right`
    (m,) int32, a split's place here or `-1 - place` of a leaf in `leaves` (float64); `missing`
    (m,) int8: where NaN goes, 0 treated as the number 0, 1 left, 2 right. `roots` (trees,)
    int32 names splits or leaves in the same way.
    """

    feature: Ints
    threshold: Doubles
    left: Ints
    right: Ints
    missing: Ints
    roots: Ints
    leaves: Doubles

    @staticmethod
    def of(text: str) -> Trees:
        """The trees of a model's text; `ValueError` where they are of a kind not known here."""
        columns: dict[str, list[np.ndarray]] = {name: [] for name in _FIELDS}
        roots, leaves = [], []
        n_splits = n_leaves = 0
        for tree in _blocks(text):
            values = np.array(tree["leaf_value"].split(), np.float64)
            leaves.append(values)
            if int(tree["num_leaves"]) == 1:
                roots.append(-1 - n_leaves)
            else:
                roots.append(n_splits)
                kind = np.array(tree["decision_type"].split(), np.int32)
                columns["missing"].append(_missing(kind, tree))
                columns["feature"].append(np.array(tree["split_feature"].split(), np.int32))
                columns["threshold"].append(np.array(tree["threshold"].split(), np.float64))
                for side in ("left", "right"):
                    child = np.array(tree[f"{side}_child"].split(), np.int32)
                    # LightGBM writes leaf l as -1 - l, as here.
                    shifted = np.where(child >= 0, child + n_splits, child - n_leaves)
                    columns[side].append(shifted.astype(np.int32))
                n_splits += len(kind)
            n_leaves += len(values)
        whole = {
            name: np.concatenate([np.zeros(0, kind), *columns[name]])
            for name, kind in _FIELDS.items()
        }
        return Trees(
            **whole,
            roots=np.array(roots, np.int32),
            leaves=np.concatenate([np.zeros(0), *leaves]),
        )

    def score(self, rows: Floats) -> Doubles:
        """The sum of all trees (n,) float64 for feature rows (n, f) float32."""
        out = np.zeros(len(rows))
        parts = (self.feature, self.threshold, self.left, self.right, self.missing)
        _add_trees(rows, *parts, self.roots, self.leaves, out)
        return out


_FIELDS = {
    "feature": np.int32,
    "threshold": np.float64,
    "left": np.int32,
    "right": np.int32,
    "missing": np.int32,
}


def _blocks(text: str) -> list[dict[str, str]]:
    """Each tree's lines `name=values` of the model's text."""
    found = []
    for block in text.split("\nTree=")[1:]:
        lines = block.split("\n\n")[0].splitlines()
        found.append(dict(line.split("=", 1) for line in lines if "=" in line))
    return found


def _missing(kind: Ints, tree: dict[str, str]) -> Ints:
    """Where each split sends NaN, from LightGBM's `decision_type`."""
    ways = kind >> 2
    if (kind & _CATEGORICAL).any() or (ways == 1).any() or tree.get("is_linear", "0") != "0":
        raise ValueError("these trees have splits or leaves that are not read here")
    sides = np.where(kind & _DEFAULT_LEFT, 1, 2)
    return np.where(ways == _NAN, sides, 0).astype(np.int32)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _add_trees(rows, feature, threshold, left, right, missing, roots, leaves, out):  # type: ignore[no-untyped-def]
    for t in range(len(roots)):
        for r in range(len(rows)):
            at = roots[t]
            while at >= 0:
                value = np.float64(rows[r, feature[at]])
                if np.isnan(value):
                    goes_left = missing[at] == 1 or (missing[at] == 0 and threshold[at] >= 0.0)
                else:
                    goes_left = value <= threshold[at]
                at = left[at] if goes_left else right[at]
            out[r] += leaves[-1 - at]
