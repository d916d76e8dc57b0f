"""Intervals over users and fits: how often they hold, and how often nothing is called better."""

from __future__ import annotations

from pathlib import Path

import numpy as np

USERS, REPEATS = 80, 10_000
RATIOS = (0.0, 0.5, 1.0, 2.0, 5.0, 20.0)
"""Variance of a fit ÷ variance of the mean over users."""
FITS = (2, 3, 5, 10)
REST = 0.3
"""Standard deviation of a user's value between fits; between users it is 1."""


def run(peer_python: Path) -> None:
    """Print coverage of a difference whose true value is 0, and the share called better."""
    from pipelines.statistics.intervals import t_interval

    print(f"{USERS} users, {REPEATS:,} repeats; in %: coverage, false better, one fit's coverage")
    for fits in FITS:
        for ratio in RATIOS:
            rng = np.random.default_rng([fits, int(10 * ratio)])
            found = [t_interval(drawn(rng, fits, ratio)) for _ in range(REPEATS)]
            held = np.mean([one.low <= 0 <= one.high for one in found])
            better = np.mean([one.low > 0 for one in found])
            rng = np.random.default_rng([fits, int(10 * ratio)])
            alone = [t_interval(drawn(rng, fits, ratio)[:, 0]) for _ in range(REPEATS)]
            single = np.mean([one.low <= 0 <= one.high for one in alone])
            print(
                f"{fits:2} fits, ratio {ratio:4.1f}: {100 * held:5.1f} {100 * better:5.1f} "
                f"{100 * single:5.1f}"
            )


def drawn(rng: np.random.Generator, fits: int, ratio: float) -> np.ndarray:
    """Differences (USERS, fits) around 0."""
    users = rng.normal(0, 1, (USERS, 1))
    models = rng.normal(0, np.sqrt(ratio / USERS), (1, fits))
    return users + models + rng.normal(0, REST, (USERS, fits))
