"""The effective sample size of weighted values (Kish 1965)."""

from __future__ import annotations

from pipelines.schema import Doubles


def effective_sample_size(weights: Doubles) -> float:
    """How many values of equal weight are worth as much as these: (sum w)² / sum w².

    `weights` (n,) are above 0; 0 without any.
    """
    if len(weights) == 0:
        return 0.0
    shares = weights / weights.max()  # the square of 1 / 1e-160 is more than a float holds
    return float(shares.sum() ** 2 / (shares**2).sum())
