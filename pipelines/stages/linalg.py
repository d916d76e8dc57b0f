"""Small linear algebra, row by row, so that an answer does not depend on other rows."""

from __future__ import annotations

import numba
import numpy as np


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
