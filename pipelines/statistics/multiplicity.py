"""Multiple comparisons: adjusted p values, and the interval levels that agree with them.

Holm for declared comparisons (the family-wise error rate is at most α), Benjamini and
Hochberg for exploration (the expected share of false discoveries is at most α). Formulas in
docs/metrics.md.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.schema import Doubles


def holm(p: npt.ArrayLike) -> Doubles:
    """Adjusted p (m,) of Holm 1979 (Scand. J. Statist. 6:65-70), valid under any dependence."""
    p = np.asarray(p, np.float64)
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(len(p), 0, -1)
    return _back(np.minimum(np.maximum.accumulate(steps), 1.0), order)


def holm_confidences(p: npt.ArrayLike, alpha: float) -> Doubles:
    """The level (m,) at which each interval excludes zero exactly where Holm rejects at `alpha`.

    At step j of m it is 1 - `alpha` / (m - j + 1); from the first one that is not rejected
    on, all have that level.
    """
    p = np.asarray(p, np.float64)
    order = np.argsort(p, kind="stable")
    allowed = alpha / np.arange(len(p), 0, -1)
    failed = np.flatnonzero(p[order] > allowed)
    if len(failed):
        allowed[failed[0] :] = allowed[failed[0]]
    return _back(1 - allowed, order)


def benjamini_hochberg(p: npt.ArrayLike) -> Doubles:
    """Adjusted p (m,) of Benjamini & Hochberg 1995 (doi:10.1111/j.2517-6161.1995.tb02031.x)."""
    p = np.asarray(p, np.float64)
    order = np.argsort(p, kind="stable")
    m = len(p)
    steps = p[order] * m / np.arange(1, m + 1)
    return _back(np.minimum.accumulate(steps[::-1])[::-1], order)


def _back(ordered: Doubles, order: npt.NDArray[np.intp]) -> Doubles:
    found = np.empty_like(ordered)
    found[order] = ordered
    return found
