"""Intervals over several windows: how often they hold where people are in several of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

PEOPLE, REPEATS = 200, 10_000
WINDOWS = (0.10, 0.16, 0.22)
"""The mean difference in each window: it drifts."""
STAYS, GAINS_MORE = 0.5, 0.1
"""The share of people who are in every window, and how much higher their difference is; the others
are in one of them."""
RATIOS = (0.0, 0.5, 2.0, 10.0)
"""Variance of a window's fit ÷ variance of the mean over people."""
FITS = (1, 3, 5)
PERSON, REQUEST = 1.0, 0.3
"""Standard deviations of a person's difference, and of a request around it."""


def run(peer_python: Path) -> None:
    """Print the coverage of pooled means, of requests taken for people, and of the drift."""
    from pipelines.statistics.intervals import t_interval
    from pipelines.statistics.persons import change, contributions

    print(f"{PEOPLE} people, {REPEATS:,} repeats; coverage in %: pooled, requests alone, drift")
    for fits in FITS:
        for ratio in RATIOS if fits > 1 else RATIOS[:1]:
            held = np.zeros(3)
            for seed in range(REPEATS):
                values, persons, n = drawn(np.random.default_rng([fits, seed]), fits, ratio)
                ends = (values[:n], persons[:n]), (values[-n:], persons[-n:])
                given = (contributions(values, persons), values[:, 0], change(*ends))
                for at, (one, true) in enumerate(zip(given, truth(), strict=True)):
                    found = t_interval(one)
                    held[at] += found.low <= true <= found.high
            text = " ".join(f"{100 * share:5.1f}" for share in held / REPEATS)
            print(f"{fits:2} fits, ratio {ratio:4.1f}: {text}")


def truth() -> tuple[float, float, float]:
    """What the three intervals are of: the mean over requests, twice, and the change of means."""
    stay, guests = _sizes()
    middle = float(np.mean(WINDOWS)) + GAINS_MORE * stay / (stay + guests)
    return middle, middle, WINDOWS[-1] - WINDOWS[0]


def _sizes() -> tuple[int, int]:
    """How many people of each window stay, and how many are in it alone."""
    stay = int(STAYS * PEOPLE)
    return stay, (PEOPLE - stay) // len(WINDOWS)


def drawn(rng: np.random.Generator, fits: int, ratio: float) -> tuple[np.ndarray, np.ndarray, int]:
    """Differences (requests, fits) window by window, whose they are, and how many in a window.

    Each window has the same number of people: all who stay, and an equal share of the others.
    """
    stay, guests = _sizes()
    there = [
        np.r_[:stay, stay + at * guests : stay + (at + 1) * guests] for at in range(len(WINDOWS))
    ]
    person = rng.normal(0, PERSON, (PEOPLE, 1))
    person[:stay] += GAINS_MORE
    spread = PERSON * np.sqrt(ratio / PEOPLE)
    values = [
        mean + person[who] + rng.normal(0, spread, (1, fits))
        + rng.normal(0, REQUEST, (len(who), fits))
        for mean, who in zip(WINDOWS, there, strict=True)
    ]  # fmt: skip
    n = stay + guests
    return np.concatenate(values), np.concatenate(there), n
