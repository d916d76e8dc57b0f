"""Overlap of the lists that two contenders give the same users; formulas in docs/metrics.md."""

from __future__ import annotations

import numpy as np

from pipelines.schema import Doubles, Ints, Longs


def rbo(a: Ints, b: Ints, p: float = 0.9, k: int | None = None) -> Doubles:
    """Rank-biased overlap of each user's two lists, (n,) float64 in 0 to 1; 1 is the same list.

    `a` and `b` (n, width) hold item codes and may differ in width; -1 and repeated copies of
    an item are skipped, and with `k` only the first k places count. Extrapolated (RBO_ext,
    equation 32 of Webber, Moffat & Zobel 2010, doi:10.1145/1852102.1852106), also for lists of
    uneven length. The nearer `p` is to 0, the more weight the first ranks have: with .9 the
    first ten have 86%. An empty list against a filled one gives 0, two empty lists NaN.
    Raises `ValueError` for p outside (0, 1) or a different number of users. 100,000 users × 20
    places take about 40 ms.
    """
    from pipelines.evaluation.metrics.kernels import overlap

    if not 0 < p < 1:
        raise ValueError(f"p must lie between 0 and 1: {p}")
    first, second, in_first, in_second = _prepared(a, b, k)
    out = np.empty(len(first))
    overlap.rbo(first, second, p, in_first, in_second, out)
    return out


def jaccard(a: Ints, b: Ints, k: int | None = None) -> Doubles:
    """Items on both of a user's lists ÷ items on either, (n,) float64 in 0 to 1.

    Lists as in `rbo`; their order does not matter. Two empty lists give NaN.
    """
    from pipelines.evaluation.metrics.kernels import overlap

    first, second, in_first, in_second = _prepared(a, b, k)
    out = np.empty(len(first))
    overlap.jaccard(first, second, in_first, in_second, out)
    return out


def _prepared(a: Ints, b: Ints, k: int | None) -> tuple[Ints, Ints, Longs, Longs]:
    """The first k places of both, and an array of stamps per item for each."""
    if a.ndim != 2 or b.ndim != 2 or len(a) != len(b):
        raise ValueError(f"lists of shape {a.shape} and {b.shape} are not of the same users")
    if k is not None and k < 1:
        raise ValueError(f"k must be a whole number from 1: {k}")
    first, second = (np.ascontiguousarray(x[:, :k], np.int32) for x in (a, b))
    size = max(first.max(initial=-1), second.max(initial=-1)) + 1
    return first, second, np.zeros(size, np.int64), np.zeros(size, np.int64)
