"""The paired sign-flip test of a mean difference, which assumes only that signs are random."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.schema import Doubles

EXACT_UP_TO = 20
"""The most differences for which all sign flips are enumerated (2^20)."""

BLOCK = 1 << 23
"""Signs drawn at once, 32 MB."""


def sign_flips(d: npt.ArrayLike, *, replicates: int = 9_999, seed: int = 0) -> Doubles:
    """The two-sided p of each column of differences `d` (n, contrasts), with shared flips.

    Exact up to `EXACT_UP_TO` differences that are not zero; above that, a seeded Monte Carlo
    test with `replicates` flips that counts the observed one among them (Phipson & Smyth
    2010, doi:10.2202/1544-6115.1585). NaN counts as no difference. Sums are in float32.
    """
    given = np.asarray(d, np.float64)
    d = np.where(np.isnan(given), 0.0, given)  # flipping a zero changes nothing
    differ = (d != 0).sum(axis=0)
    found = np.empty(d.shape[1])
    many = differ > EXACT_UP_TO
    for column in np.flatnonzero(~many):
        found[column] = _exact(d[d[:, column] != 0, column])
    if many.any():
        found[many] = _drawn(d[:, many], replicates, seed)
    return found


def _exact(d: Doubles) -> float:
    sums = np.zeros(1)
    for value in d:
        sums = np.concatenate([sums - value, sums + value])
    # Sums that differ only by the order of addition count as equal.
    return float((np.abs(sums) >= abs(d.sum()) - 1e-12 * np.abs(d).sum()).mean())


def _drawn(d: Doubles, replicates: int, seed: int) -> Doubles:
    n = len(d)
    # Sums that differ only by rounding count as equal.
    reached = np.abs(d.sum(axis=0)) - 1e-5 * np.sqrt((d * d).sum(axis=0))
    generator = np.random.SFC64(seed)
    block = max(1, BLOCK // replicates)
    sums = np.zeros((replicates, d.shape[1]))
    for start in range(0, n, block):
        here = d[start : start + block].astype(np.float32)
        raw = generator.random_raw(-(-replicates * len(here) // 64)).view(np.uint8)
        kept = np.unpackbits(raw, count=replicates * len(here)).reshape(replicates, -1)
        sums += kept.astype(np.float32) @ here
    extreme = (np.abs(2.0 * sums - d.sum(axis=0)) >= reached).sum(axis=0)
    p: Doubles = (extreme + 1) / (replicates + 1)
    return p
