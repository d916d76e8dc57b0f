"""Splits events into training data and held-out interactions.

`time` cuts all events at one point in time (or several, for windows), so that the training
data holds no future event. The other protocols (`pipelines.data.protocol`) are benchmarks:
their training data includes other users' future events; their `note` says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pipelines.data.holdout import hold_out, quantile_moment
from pipelines.data.protocol import DEFAULT_PROTOCOL, Protocol
from pipelines.errors import AssayError
from pipelines.keys import among, distinct
from pipelines.schema import Interactions, Longs, Mask, Queries, Ragged, row_pointers

__all__ = [
    "DEFAULT_PROTOCOL",
    "Protocol",
    "SeenPolicy",
    "Split",
    "queries_of_users",
    "split",
    "splits",
    "windows",
]

SeenPolicy = Literal["exclude", "keep"]
WINDOW_SHARE = 0.1
"""The share of all events in each of several windows."""


@dataclass(frozen=True)
class Split:
    """Training events, one query per evaluated user, and the held-out interactions.

    `known` (n_items,) marks items with a training event. `truth` holds the distinct item codes
    of each query's held-out interactions, in order of time. `past` holds the events of the
    histories: the training events, and under a user hold-out also the held-out users' older
    events. `cutoff` is the cut-off of a split in time, seconds UTC.

    Every held-out event is counted: `held_out` = held-out interactions + `copies` (further
    events of the same user and item) + `repeats` (removed by the seen policy, distinct) +
    `not_drawn` (of users not drawn for evaluation, distinct).
    """

    protocol: Protocol
    train: Interactions
    past: Interactions
    known: Mask
    queries: Queries
    truth: Ragged
    truth_rows: Longs
    """The row of each held-out interaction in all interactions, (truths,)."""
    cutoff: int | None
    cold_truths: int
    """Held-out interactions with items outside `known`; they stay in the denominator."""
    cold_items: int
    """Distinct items of these."""
    held_out: int
    copies: int
    repeats: int
    not_drawn: int
    only_repeats: int
    """Users who are not evaluated because all their held-out events are repeats."""

    @property
    def new_users(self) -> int:
        """Queries without a history."""
        return int((self.queries.lengths == 0).sum())

    @property
    def cold_users(self) -> int:
        """Queries of users without a training event (they may still have a history)."""
        return int((np.diff(self.train.indptr)[self.queries.user] == 0).sum())


def split(
    interactions: Interactions,
    protocol: Protocol | str,
    *,
    seen: SeenPolicy = "exclude",
    eval_users: int | None = None,
    seed: int = 0,
) -> Split:
    """Split `interactions`; evaluate a random sample of at most `eval_users` users (seeded).

    Users whose held-out events are all repeats under seen policy "exclude" are not evaluated.
    """
    if isinstance(protocol, str):
        protocol = Protocol.parse(protocol)
    out = hold_out(interactions, protocol)
    train = interactions.select(~(out.held | out.history_only))
    if len(train) == 0:
        raise AssayError(
            f"The split {protocol} leaves no training events, because too many events have the "
            "earliest time; use last-n:N, or map another time column."
        )
    past = interactions.select(~out.held) if out.history_only.any() else train
    known = np.bincount(train.item, minlength=interactions.n_items) > 0

    rows = np.flatnonzero(out.held)
    user, item = interactions.user[rows], interactions.item[rows]
    first = _first_of_each(user, item, interactions.n_items)
    rows, user, item = rows[first], user[first], item[first]
    n_pairs, n_held_users = len(rows), len(distinct(user))
    if seen == "exclude":
        pairs = past.user.astype(np.int64) * interactions.n_items + past.item
        again = among(user.astype(np.int64) * interactions.n_items + item, pairs)
        rows, user, item = rows[~again], user[~again], item[~again]
    n_new, users = len(rows), distinct(user)
    only_repeats = n_held_users - len(users)
    if eval_users is not None and eval_users < len(users):
        users = np.sort(np.random.default_rng(seed).choice(users, eval_users, replace=False))
    chosen = among(user, users)
    rows, user, item = rows[chosen], user[chosen], item[chosen]
    if len(users) == 0:
        if only_repeats and seen == "exclude":
            why = (
                "the dataset has one item"
                if interactions.n_items == 1
                else "everyone's held-out items are ones they already interacted with"
            )
            raise AssayError(
                f"The split {protocol} leaves no users to evaluate: {why}, and lists leave out "
                "such items; import the data with --seen keep, or use another split."
            )
        raise AssayError(
            f"The split {protocol} leaves no users to evaluate; use more data or another split."
        )
    truth = Ragged(row_pointers(np.searchsorted(users, user), len(users)), item)
    now = _moments(interactions, protocol, out.cutoff, users, rows[truth.indptr[:-1]])
    cold = ~known[item]
    return Split(
        protocol,
        train,
        past,
        known,
        queries_of_users(past, users, now, seen=seen),
        truth,
        rows,
        out.cutoff,
        cold_truths=int(cold.sum()),
        cold_items=len(distinct(item[cold])),
        held_out=int(out.held.sum()),
        copies=int(out.held.sum()) - n_pairs,
        repeats=n_pairs - n_new,
        not_drawn=n_new - len(rows),
        only_repeats=only_repeats,
    )


def windows(
    interactions: Interactions,
    n: int,
    *,
    share: float = WINDOW_SHARE,
    seen: SeenPolicy = "exclude",
    eval_users: int | None = None,
    seed: int = 0,
) -> list[Split]:
    """`n` successive splits in time, oldest first, each with `share` of the events held out.

    Each trains on all events before its window and ignores all events after it; the last one
    is `time:(1 - share)`. Users may be evaluated in several windows.
    """
    if n < 1 or n * share >= 1:
        raise AssayError(
            f"With windows:{n}, each of {share:.0%} of the events, there are no training events "
            f"left; use 1 to {int(np.ceil(1 / share)) - 1} windows."
        )
    begins = [quantile_moment(interactions, 1 - back * share) for back in range(n, 0, -1)]
    if len(set(begins)) < n:
        raise AssayError(
            f"Too many events have the same time for {n} different windows; use fewer windows."
        )
    found = []
    for begin, end in zip(begins, [*begins[1:], None], strict=True):
        rows = np.flatnonzero(interactions.time < (np.inf if end is None else end))
        cut = Protocol("time", moment=begin)
        part = split(interactions.select(rows), cut, seen=seen, eval_users=eval_users, seed=seed)
        found.append(replace(part, truth_rows=rows[part.truth_rows]))
    return found


def splits(
    interactions: Interactions,
    protocol: Protocol | str,
    *,
    seen: SeenPolicy = "exclude",
    eval_users: int | None = None,
    seed: int = 0,
) -> list[Split]:
    """The splits of a protocol: that of `split`, or of `windows` the oldest first."""
    if isinstance(protocol, str):
        protocol = Protocol.parse(protocol)
    if protocol.kind != "windows":
        return [split(interactions, protocol, seen=seen, eval_users=eval_users, seed=seed)]
    n = int(protocol.value)
    return windows(interactions, n, seen=seen, eval_users=eval_users, seed=seed)


def _moments(
    interactions: Interactions,
    protocol: Protocol,
    cutoff: int | None,
    users: np.ndarray,
    first_rows: np.ndarray,
) -> Longs:
    """The time of each query: the cut-off, or the first held-out interaction; random: the end."""
    if cutoff is not None:
        return np.full(len(users), cutoff, np.int64)
    if protocol.kind == "random":  # the history may be newer than the held-out events
        return interactions.time[interactions.indptr[users + 1] - 1]
    return interactions.time[first_rows]


def _first_of_each(user: np.ndarray, item: np.ndarray, n_items: int) -> Mask:
    """Marks the first row of each (user, item) pair."""
    _, first = np.unique(user.astype(np.int64) * n_items + item, return_index=True)
    mask = np.zeros(len(user), bool)
    mask[first] = True
    return mask


def queries_of_users(
    past: Interactions, users: np.ndarray, now: Longs, *, seen: SeenPolicy
) -> Queries:
    """A query per user code, with the user's events in `past` as its history."""
    whole = Ragged(past.indptr, past.item)
    at = whole.positions(users)
    history = whole.take(users)
    return Queries(
        users.astype(np.int32),
        history,
        past.weight[at],
        past.time[at],
        np.asarray(now, np.int64),
        history if seen == "exclude" else Ragged.empty(len(users)),
        past.n_items,
    )
