"""Small linear algebra of one row at a time, so that no row feels its neighbors."""

from __future__ import annotations

import numba
import numpy as np

from pipelines.schema import Floats


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def solve_in_place(a, b):  # type: ignore[no-untyped-def]
    """Overwrite b (m,) with the answer of `a x = b`; a (m, m) symmetric positive definite.

    Cholesky by columns: its inner loops add rows to rows, which keeps one order of sums.
    Reads and overwrites the upper triangle of `a`.
    """
    m = len(b)
    for c in range(m):
        root = np.sqrt(a[c, c])
        for j in range(c, m):
            a[c, j] /= root
        for i in range(c + 1, m):
            factor = a[c, i]
            for j in range(i, m):
                a[i, j] -= factor * a[c, j]
    for c in range(m):
        b[c] /= a[c, c]
        for j in range(c + 1, m):
            b[j] -= a[c, j] * b[c]
    for c in range(m - 1, -1, -1):
        for j in range(c + 1, m):
            b[c] -= a[c, j] * b[j]
        b[c] /= a[c, c]


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _add_factors(rows, items, out):  # type: ignore[no-untyped-def]
    n, f = rows.shape
    for r in range(n):
        for c in range(f):
            x = rows[r, c]
            if x != 0:
                for j in range(items.shape[1]):
                    out[r, j] += x * items[c, j]


def factor_scores(rows: Floats, items: Floats, start: Floats | None = None) -> Floats:
    """Scores (n, n_items) float32 of `rows` (n, f) by `items` (f, n_items), plus `start`.

    Adds factor by factor; a batch product (BLAS) would round a row by its neighbors.
    """
    out = np.zeros((len(rows), items.shape[1]), np.float32)
    if start is not None:
        out += start
    _add_factors(rows, items, out)
    return out
