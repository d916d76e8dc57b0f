"""Monte Carlo tests: how rare a statistic is among draws of what chance would give."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np

from pipelines.schema import Doubles

Draw = Callable[[np.random.Generator, int], Doubles]

ENOUGH = 20
"""Draws at least as large, after which more would not make p small."""
FIRST, BLOCK = 100, 2_000
"""Draws at once: at first, and at most."""
PER_LEVEL = 2
"""Draws per 1 / level: the smallest p is then half of it."""


def rarity(draw: Draw, observed: float, level: float, seed: int = 0) -> float:
    """The one-sided p of a statistic as large as `observed`, small enough to be below `level`.

    `draw(rng, n)` gives n draws. The observed one counts among them (Phipson & Smyth 2010,
    doi:10.2202/1544-6115.1585); it stops early where p is not small: after `ENOUGH` draws as
    large (Besag & Clifford 1991, doi:10.1093/biomet/78.2.301).
    """
    rng = np.random.default_rng([seed, 17])
    most, drawn, as_large, block = ceil(PER_LEVEL / level), 0, 0, FIRST
    slack = 1e-9 * max(1.0, abs(observed))
    while drawn < most and as_large < ENOUGH:
        block = min(block, most - drawn)
        as_large += int((draw(rng, block) >= observed - slack).sum())
        drawn, block = drawn + block, min(2 * block, BLOCK)
    return (1 + as_large) / (1 + drawn)
