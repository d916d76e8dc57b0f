"""Many comparisons at once: p values adjusted, and the level each interval needs to agree.

Holm's for what was declared (no more than α to claim anything that is not so), Benjamini
and Hochberg's for exploration (of what is found, no more than a share of α is expected not
to be so). Formulas in docs/metrics.md.
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
    """The level (m,) at which each interval leaves zero out just where Holm rejects at `alpha`.

    At step j of m it is 1 - `alpha` / (m - j + 1); from the first that is not rejected on,
    all have that one's.
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
