"""Which requests each of several fits learns from, and which it leaves out."""

from __future__ import annotations

import numpy as np

from pipelines.schema import Mask


def left_out(n: int, bags: int, share: float, rng: np.random.Generator) -> Mask:
    """The requests that each bag leaves out, (bags, n): about 1 - `share` of them, at least one.

    Folds of one order drawn by `rng` after another, rather than free draws: every request is
    left out about equally often, so less of the average hangs on the draw. Needs n >= 2.
    """
    folds = min(n, max(2, round(1 / (1 - share)) if share < 1 else n))
    out = np.zeros((bags, n), bool)
    order = np.arange(n)
    for bag in range(bags):
        if bag % folds == 0:
            order = rng.permutation(n)
        out[bag, order[bag % folds :: folds]] = True
    return out
