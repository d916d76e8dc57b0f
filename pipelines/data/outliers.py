"""Suspected bots, and accounts that stand for many people.

Three rules; the thresholds are ours:

- *machine pace*: within a day (UTC), events at more than 500 different seconds, with over half
  of the pauses between them shorter than two seconds;
- *far beyond all others*: at least 1,000 events, and more than ten times as many events per
  active day as the user at the 99.9th percentile;
- *catch-all account*: more than 1% of all events, and more than 10,000.

Events of a user in the same second (the lines of an order) count as one, so that large orders
are not flagged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.schema import Interactions, Ints, Longs, Ragged

MACHINE_PACE = "machine pace"
FAR_BEYOND = "far beyond all others"
CATCH_ALL = "catch-all account"

_DAY = 86_400
MOMENTS, PAUSE = 500, 2
EVENTS, TIMES_BEYOND, PERCENTILE = 1_000, 10, 99.9
SHARE, HEAVY = 0.01, 10_000


@dataclass(frozen=True)
class Flags:
    """`users` (m,) int32 codes in ascending order, and the rule that flagged each."""

    users: Ints
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.users)


def flagged(interactions: Interactions) -> Flags:
    """The users flagged by the rules above; if several apply, the last one counts.

    Without times, only the catch-all rule is applied. 20 M events take under a second.
    """
    per_user = np.diff(interactions.indptr)
    reasons: dict[int, str] = {}
    if len(interactions) and interactions.time.min() != interactions.time.max():
        reasons |= dict.fromkeys(_machine_pace(interactions, per_user).tolist(), MACHINE_PACE)
        reasons |= dict.fromkeys(_far_beyond(interactions, per_user).tolist(), FAR_BEYOND)
    heavy = np.flatnonzero((per_user > SHARE * len(interactions)) & (per_user > HEAVY))
    reasons |= dict.fromkeys(heavy.tolist(), CATCH_ALL)
    users = sorted(reasons)
    return Flags(np.array(users, np.int32), tuple(reasons[u] for u in users))


def _machine_pace(interactions: Interactions, per_user: Longs) -> Longs:
    rows = Ragged(interactions.indptr, interactions.item).positions(
        np.flatnonzero(per_user > MOMENTS)
    )
    user, time = interactions.user[rows], interactions.time[rows]
    moment = np.ones(len(rows), bool)
    moment[1:] = (user[1:] != user[:-1]) | (time[1:] != time[:-1])
    user, time = user[moment], time[moment]
    day = time // _DAY
    new = np.ones(len(user), bool)
    new[1:] = (user[1:] != user[:-1]) | (day[1:] != day[:-1])
    starts = np.flatnonzero(new)
    if len(starts) == 0:
        return np.zeros(0, np.int64)
    moments = np.diff(np.append(starts, len(user)))
    quick = ~new
    quick[1:] &= np.diff(time) < PAUSE
    quickly = np.add.reduceat(quick.astype(np.int64), starts)
    return np.unique(user[starts[(moments > MOMENTS) & (2 * quickly > moments - 1)]])


def _far_beyond(interactions: Interactions, per_user: Longs) -> Longs:
    if not (per_user >= EVENTS).any():
        return np.zeros(0, np.int64)
    user, day = interactions.user, interactions.time // _DAY
    new = np.ones(len(user), bool)
    new[1:] = (user[1:] != user[:-1]) | (day[1:] != day[:-1])
    days = np.bincount(user[new], minlength=len(per_user))
    a_day = per_user / np.maximum(days, 1)
    # Never the highest user: with fewer than 1,000 users it is the second highest.
    others = np.sort(a_day[per_user > 0])[: max(1, int(np.ceil((per_user > 0).sum() * 0.999)) - 1)]
    limit = TIMES_BEYOND * others[-1]
    return np.flatnonzero((per_user >= EVENTS) & (a_day > limit))
