"""How small an effect an A/B test of two equal arms can show.

α is two-sided .05, power .8; difference of two proportions with their own variances
(Fleiss, Levin and Paik 2003, section 4.2, without the continuity correction).
"""

from __future__ import annotations

from statistics import NormalDist

ALPHA, POWER = 0.05, 0.8


def people_per_arm(base: float, lift: float) -> float:
    """People an arm needs to show that a share `base` became `base` × (1 + `lift`).

    .02 and a lift of .05 give 315,203. Raises `ValueError` where no such share exists.
    """
    after = base * (1 + lift)
    if not (0 < base < 1 and 0 < after < 1 and lift):
        raise ValueError(f"No test from {base} to {after}.")
    z = NormalDist().inv_cdf(1 - ALPHA / 2) + NormalDist().inv_cdf(POWER)
    return z * z * (base * (1 - base) + after * (1 - after)) / (after - base) ** 2


def smallest_lift(base: float, per_arm: float) -> float | None:
    """The smallest relative lift of a share that `per_arm` people show; None where none is.

    100,000 people and a share of .02 give .0896 (.001792 in absolute terms).
    """
    if not 0 < base < 1:
        return None
    low, high = 1e-9, (1 - base) / base * (1 - 1e-9)
    if people_per_arm(base, high) > per_arm:
        return None
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if people_per_arm(base, middle) > per_arm else (low, middle)
    return high
