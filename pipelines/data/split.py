"""What a contender may learn from, and what it is asked about.

`time` cuts at one moment, of all events or of several windows one after the other: nothing
of the future is seen. The other protocols (`pipelines.data.protocol`) are benchmarks, since
they admit other users' futures into the training data; their `note` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    "windows",
]

SeenPolicy = Literal["exclude", "keep"]
WINDOW_SHARE = 0.1
"""The share of all events in one of several windows."""


@dataclass(frozen=True)
class Split:
    """Training events, one query per evaluated user, and what each later took up.

    `known` (n_items,) marks items with a training event. `truth` holds distinct item codes
    per query, in the order taken up. `past` is what the histories come from: the training
    events, and under a user hold-out the held-out users' older events too. `cutoff` is the
    moment of a split in time, seconds UTC.

    Every held-out event is accounted for: `held_out` = truths + `copies` (further events
    of one user with one item) + `repeats` (what the seen-policy took out, distinct) +
    `not_drawn` (of users who were not drawn for evaluation, distinct).
    """

    protocol: Protocol
    train: Interactions
    past: Interactions
    known: Mask
    queries: Queries
    truth: Ragged
    truth_rows: Longs
    """The row of each truth's event among all interactions, (truths,)."""
    cutoff: int | None
    cold_truths: int
    """Truths outside `known`; they stay in the denominator."""
    cold_items: int
    """Distinct items among them."""
    held_out: int
    copies: int
    repeats: int
    not_drawn: int
    only_repeats: int
    """Users with held-out events who are not asked, since all of those are repeats."""

    @property
    def new_users(self) -> int:
        """Queries without any history."""
        return int((self.queries.lengths == 0).sum())

    @property
    def cold_users(self) -> int:
        """Queries of users without a training event (a history they may have all the same)."""
        return int((np.diff(self.train.indptr)[self.queries.user] == 0).sum())


def split(
    interactions: Interactions,
    protocol: Protocol | str,
    *,
    seen: SeenPolicy = "exclude",
    eval_users: int | None = None,
    seed: int = 0,
) -> Split:
    """Cut `interactions`; at most `eval_users` users are evaluated (a seeded draw).

    Users whose held-out events are all repeats under seen-policy "exclude" are not asked.
    """
    if isinstance(protocol, str):
        protocol = Protocol.parse(protocol)
    out = hold_out(interactions, protocol)
    train = interactions.select(~(out.held | out.asking))
    if len(train) == 0:
        raise AssayError(
            f"The split {protocol} leaves no events to learn from, since so many share the "
            "first moment; use last-n:N, or map another time column."
        )
    past = interactions.select(~out.held) if out.asking.any() else train
    known = np.bincount(train.item, minlength=interactions.n_items) > 0

    rows = np.flatnonzero(out.held)
    user, item = interactions.user[rows], interactions.item[rows]
    first = _first_of_each(user, item, interactions.n_items)
    rows, user, item = rows[first], user[first], item[first]
    n_pairs, askable = len(rows), len(distinct(user))
    if seen == "exclude":
        pairs = past.user.astype(np.int64) * interactions.n_items + past.item
        again = among(user.astype(np.int64) * interactions.n_items + item, pairs)
        rows, user, item = rows[~again], user[~again], item[~again]
    n_new, users = len(rows), distinct(user)
    only_repeats = askable - len(users)
    if eval_users is not None and eval_users < len(users):
        users = np.sort(np.random.default_rng(seed).choice(users, eval_users, replace=False))
    chosen = among(user, users)
    rows, user, item = rows[chosen], user[chosen], item[chosen]
    if len(users) == 0:
        raise AssayError(
            f"The split {protocol} leaves nobody to evaluate on; use more data or another split."
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
    """`n` successive splits in time, oldest first; each is asked about the next `share` of events.

    Each is trained on all that lies before its window and sees nothing after it; the last
    one is `time:(1 - share)`. Users may be evaluated in several windows.
    """
    if n < 1 or n * share >= 1:
        raise AssayError(
            f"{n} windows of {share:.0%} of the events leave nothing to learn from; "
            f"use 1 to {int(np.ceil(1 / share)) - 1}."
        )
    begins = [quantile_moment(interactions, 1 - back * share) for back in range(n, 0, -1)]
    if len(set(begins)) < n:
        raise AssayError(
            f"So many events share a moment that {n} windows cannot be told apart; use fewer."
        )
    found = []
    for begin, end in zip(begins, [*begins[1:], None], strict=True):
        part = interactions if end is None else interactions.select(interactions.time < end)
        cut = Protocol("time", moment=begin)
        found.append(split(part, cut, seen=seen, eval_users=eval_users, seed=seed))
    return found


def _moments(
    interactions: Interactions,
    protocol: Protocol,
    cutoff: int | None,
    users: np.ndarray,
    first_rows: np.ndarray,
) -> Longs:
    """When each is asked: at the cut, else at the first truth; without order, after all events."""
    if cutoff is not None:
        return np.full(len(users), cutoff, np.int64)
    if protocol.kind == "random":  # the history may be newer than the truth
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
    """A query per user code, its history being the user's events in `past`."""
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
