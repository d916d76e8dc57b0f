"""Wilson's interval of a proportion (1927, doi:10.1080/01621459.1927.10502953)."""

from __future__ import annotations

from functools import cache
from math import sqrt
from statistics import NormalDist


def wilson(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The ends of the interval of `hits` / `n`, in 0 to 1; `n` is at least 1.

    42 of 10,000 give .003109 to .005672.
    """
    share = hits / n
    q = _z_quantile(confidence) ** 2 / n
    middle = (share + q / 2) / (1 + q)
    half = sqrt(q * share * (1 - share) + q * q / 4) / (1 + q)
    # Exactly 0 and 1 at the ends, whatever the rounding.
    return (0.0 if hits == 0 else middle - half, 1.0 if hits == n else middle + half)


@cache
def _z_quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
