"""Compiled passes over the sorted events, which avoid sorting them again."""

from __future__ import annotations

import numba
import numpy as np

from pipelines.schema import Ints, Longs, Mask


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def counts_until(
    indptr: Longs, item: Ints, time: Longs, until: int, visit: int, n_items: int
) -> tuple[Longs, Longs, Longs, Longs, int, int]:
    """Counts of the events up to `until`, in one pass over events sorted by (user, time).

    Returns, per user (n_users,), events and different times; per item (n_items,), events and
    users; the number of visits (separated by pauses over `visit` seconds), and of those with
    two or more times.
    """
    n_users = len(indptr) - 1
    events, moments = np.zeros(n_users, np.int64), np.zeros(n_users, np.int64)
    per_item, users = np.zeros(n_items, np.int64), np.zeros(n_items, np.int64)
    last = np.full(n_items, -1, np.int64)
    visits, visits_two = 0, 0
    for u in range(n_users):
        in_visit = 0
        for row in range(indptr[u], indptr[u + 1]):
            if time[row] > until:
                break
            i = item[row]
            events[u] += 1
            per_item[i] += 1
            if last[i] != u:
                last[i] = u
                users[i] += 1
            pause = time[row] - time[row - 1] if events[u] > 1 else visit + 1
            if pause > visit:
                visits += 1
                in_visit = 1
            elif pause > 0:
                in_visit += 1
                if in_visit == 2:
                    visits_two += 1
            if pause > 0:
                moments[u] += 1
    return events, moments, per_item, users, visits, visits_two


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def clock_counts(time: Longs, first_day: int, n_days: int) -> tuple[Longs, Longs]:
    """Events on each of `n_days` days from `first_day` on (days since 1970), and at each second
    of the day (86,400,)."""
    days, seconds = np.zeros(n_days, np.int64), np.zeros(86_400, np.int64)
    for row in range(len(time)):
        day = time[row] // 86_400
        days[day - first_day] += 1
        seconds[time[row] - day * 86_400] += 1
    return days, seconds


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def cold_counts(
    indptr: Longs, item: Ints, time: Longs, cutoff: int, known: Mask, keep_seen: bool
) -> tuple[int, int, int, int]:
    """Test users, those without a history, held-out interactions, those with unknown items.

    `known` (n_items,) marks items with a training event. The counts are those of
    `pipelines.data.split.split` under `time:F` with this `cutoff`.
    """
    trained = np.full(len(known), -1, np.int64)
    held = np.full(len(known), -1, np.int64)
    users, without, truths, cold = 0, 0, 0, 0
    for u in range(len(indptr) - 1):
        first, end = indptr[u], indptr[u + 1]
        row = first
        while row < end and time[row] < cutoff:
            trained[item[row]] = u
            row += 1
        new = row == first
        found = 0
        for later in range(row, end):
            i = item[later]
            if held[i] == u or (not keep_seen and trained[i] == u):
                continue
            held[i] = u
            found += 1
            if not known[i]:
                cold += 1
        if found > 0:
            users += 1
            truths += found
            if new:
                without += 1
    return users, without, truths, cold
