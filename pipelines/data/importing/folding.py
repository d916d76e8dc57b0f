"""The order of events, and which of them repeat another one."""

from __future__ import annotations

import numba
import numpy as np

from pipelines.schema import Ints, Longs, Mask


def by_user_and_time(user: Ints, time: Longs, n_users: int) -> Longs:
    """The order (n,) int64 of rows by (user, time); ties keep their order."""
    if len(time) and bool(np.all(time[1:] >= time[:-1])):
        return _by_key(user, np.arange(len(user)), n_users)
    return _by_key(user, np.argsort(time, kind="stable"), n_users)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _by_key(key, order, n_keys):  # type: ignore[no-untyped-def]
    """A stable counting sort of `order` by the small numbers `key`."""
    ends = np.zeros(n_keys + 1, np.int64)
    for k in key:
        ends[k + 1] += 1
    for k in range(n_keys):
        ends[k + 1] += ends[k]
    out = np.empty(len(key), np.int64)
    for row in order:
        k = key[row]
        out[ends[k]] = row
        ends[k] += 1
    return out


def repeats(group: Longs, kind: Longs) -> tuple[Mask, Longs]:
    """Which rows stay if rows of the same group and kind are folded into the first of them.

    `group` (n,) int64 is ascending, `kind` (n,) int64 is in any order. The second array
    holds, for each row, the row that it is folded into (itself if it stays).
    """
    first = _first_of_each(group, kind)
    return first == np.arange(len(first)), first


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _first_of_each(group, kind):  # type: ignore[no-untyped-def]
    n = len(group)
    first = np.arange(n)
    start = 0
    while start < n:
        end = start + 1
        while end < n and group[end] == group[start]:
            end += 1
        if end - start <= 32:  # most groups hold a row or two
            for row in range(start + 1, end):
                for other in range(start, row):
                    if kind[other] == kind[row]:
                        first[row] = first[other]
                        break
        else:
            order = np.argsort(kind[start:end], kind="mergesort")
            for at in range(1, end - start):
                row, before = start + order[at], start + order[at - 1]
                if kind[row] == kind[before]:
                    first[row] = first[before]
        start = end
    return first
