"""Critical values of Student's t."""

from __future__ import annotations

from functools import cache


@cache
def t_quantile(degrees: int, confidence: float) -> float:
    """The two-sided critical value of Student's t at `confidence`."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + confidence) / 2))
