"""Intervals over users and fits: how often they hold, and how often nothing is called better.

And how often as many other fits give the same outcome, beside the probability that is told.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

USERS, REPEATS = 80, 10_000
AGAIN_REPEATS = 4_000
RATIOS = (0.0, 0.5, 1.0, 2.0, 5.0, 20.0)
"""Variance of a fit ÷ variance of the mean over users."""
FITS = (2, 3, 5, 10)
REST = 0.3
"""Standard deviation of a user's value between fits; between users it is 1."""


def run(peer_python: Path) -> None:
    """Print coverage of a difference whose true value is 0, and the share called better."""
    from pipelines.evaluation.comparison.again import FIRM
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

    print(
        f"{AGAIN_REPEATS:,} repeats; in %: the same outcome again as told, as found; share told as "
        "firm, and of these the same outcome again"
    )
    for fits in FITS:
        for ratio in RATIOS[1:]:
            told, found = outcomes_again(fits, ratio)
            firm = told >= FIRM
            shares = 100 * np.array([told.mean(), found.mean(), firm.mean(), found[firm].mean()])
            print(f"{fits:2} fits, ratio {ratio:4.1f}:", *(f"{share:5.1f}" for share in shares))


def outcomes_again(fits: int, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities told (AGAIN_REPEATS,), and whether other fits gave the same outcome.

    True differences are evenly spread from 0 to 6 standard errors of the users.
    """
    from pipelines.evaluation.comparison.again import same_again
    from pipelines.evaluation.comparison.comparison import outcome
    from pipelines.statistics.intervals import CONFIDENCE, t_interval

    rng = np.random.default_rng([fits, int(10 * ratio)])
    told, found = [], []
    for true in np.linspace(0, 6, AGAIN_REPEATS) / np.sqrt(USERS):
        users = rng.normal(true, 1, (USERS, 1))
        first, second = (users + of_fits(rng, fits, ratio) for _ in range(2))
        told.append(same_again(first, 0.0, CONFIDENCE))
        found.append(outcome(t_interval(first), 0.0) == outcome(t_interval(second), 0.0))
    return np.array(told), np.array(found)


def of_fits(rng: np.random.Generator, fits: int, ratio: float) -> np.ndarray:
    """What fits add to differences, (USERS, fits)."""
    models = rng.normal(0, np.sqrt(ratio / USERS), (1, fits))
    return models + rng.normal(0, REST, (USERS, fits))


def drawn(rng: np.random.Generator, fits: int, ratio: float) -> np.ndarray:
    """Differences (USERS, fits) around 0."""
    return rng.normal(0, 1, (USERS, 1)) + of_fits(rng, fits, ratio)
