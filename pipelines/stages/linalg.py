"""Small linear algebra, row by row, so that an answer does not depend on other rows."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def solve_in_place(a, b):  # type: ignore[no-untyped-def]
    """Overwrite b (m,) with the answer of `a x = b`; a (m, m) symmetric positive definite.

    Cholesky by rows: its inner loops add rows to rows, four at once, which keeps one order of
    sums and reads each number of `a` a quarter as often. Uses the upper triangle of `a` alone.
    """
    m = len(b)
    for i in range(m):
        row = a[i]
        c = 0
        while c + 4 <= i:
            p, q, s, t = a[c], a[c + 1], a[c + 2], a[c + 3]
            in_p, in_q, in_s, in_t = p[i], q[i], s[i], t[i]
            for j in range(i, m):
                row[j] = (((row[j] - in_p * p[j]) - in_q * q[j]) - in_s * s[j]) - in_t * t[j]
            c += 4
        while c < i:
            p, in_p = a[c], a[c, i]
            for j in range(i, m):
                row[j] -= in_p * p[j]
            c += 1
        root = np.sqrt(row[i])
        for j in range(i, m):
            row[j] /= root
    for c in range(m):
        b[c] /= a[c, c]
        for j in range(c + 1, m):
            b[j] -= a[c, j] * b[c]
    for c in range(m - 1, -1, -1):
        for j in range(c + 1, m):
            b[c] -= a[c, j] * b[j]
        b[c] /= a[c, c]
