"""What a contender may learn from, and what it is asked about.

Two protocols. `time:F` cuts at the one moment before which a share F of the events
lies: nothing of the future is seen. `last-n:N` holds out each user's last N events; it is
a benchmark protocol, since it admits other users' futures into the training data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipelines.errors import AssayError
from pipelines.keys import among, distinct
from pipelines.schema import Interactions, Longs, Mask, Queries, Ragged, row_pointers

SeenPolicy = Literal["exclude", "keep"]
DEFAULT_PROTOCOL = "time:0.9"


@dataclass(frozen=True)
class Protocol:
    """A parsed split: `kind` and its one number."""

    kind: Literal["time", "last-n"]
    value: float

    @staticmethod
    def parse(text: str) -> Protocol:
        """`time:0.9` or `last-n:10`; an `AssayError` says what else was meant."""
        kind, _, number = text.partition(":")
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if kind == "time" and 0 < value < 1:
            return Protocol("time", value)
        if kind == "last-n" and value >= 1 and value == int(value):
            return Protocol("last-n", value)
        raise AssayError(
            f"The split {text!r} is not known; use time:F with F between 0 and 1 "
            "(time:0.9), or last-n:N with N from 1 (last-n:10)."
        )

    def __str__(self) -> str:
        # In full: a manifest and the stored stages are told apart by this text.
        whole = self.value == int(self.value)
        return f"{self.kind}:{int(self.value) if whole else self.value}"

    @property
    def note(self) -> str:
        """What a reader of the numbers must know of the protocol, or nothing."""
        if self.kind == "time":
            return ""
        return "benchmark protocol: it admits other users' futures"


@dataclass(frozen=True)
class Split:
    """Training events, one query per evaluated user, and what each later took up.

    `known` (n_items,) marks items with a training event. `truth` holds distinct item codes
    per query, in the order taken up. `cold_truths` counts truths outside `known` (they
    stay in the denominator); `repeats` counts held-out events that the seen-policy took
    out of the truth; `cutoff` is the moment of a `time` split, seconds UTC.
    """

    protocol: Protocol
    train: Interactions
    known: Mask
    queries: Queries
    truth: Ragged
    cutoff: int | None
    cold_truths: int
    repeats: int

    @property
    def new_users(self) -> int:
        """Queries without any history."""
        return int((self.queries.lengths == 0).sum())


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
    held, cutoff = _held_out(interactions, protocol)
    train = interactions.select(~held)
    if len(train) == 0:
        raise AssayError(
            f"The split {protocol} leaves no events to learn from, since so many share the "
            "first moment; use last-n:N, or map another time column."
        )
    known = np.bincount(train.item, minlength=interactions.n_items) > 0

    rows = np.flatnonzero(held)
    user, item = interactions.user[rows], interactions.item[rows]
    first = _first_of_each(user, item, interactions.n_items)
    rows, user, item = rows[first], user[first], item[first]
    repeats = 0
    if seen == "exclude":
        pairs = train.user.astype(np.int64) * interactions.n_items + train.item
        again = among(user.astype(np.int64) * interactions.n_items + item, pairs)
        repeats = int(again.sum())
        rows, user, item = rows[~again], user[~again], item[~again]
    users = distinct(user)
    if eval_users is not None and eval_users < len(users):
        users = np.sort(np.random.default_rng(seed).choice(users, eval_users, replace=False))
    chosen = among(user, users)
    rows, user, item = rows[chosen], user[chosen], item[chosen]
    if len(users) == 0:
        raise AssayError(
            f"The split {protocol} leaves nobody to evaluate on; use more data or another split."
        )
    truth = Ragged(row_pointers(np.searchsorted(users, user), len(users)), item)
    first_event = interactions.time[rows[truth.indptr[:-1]]]
    now = first_event if cutoff is None else np.full(len(users), cutoff, np.int64)
    queries = queries_of_users(train, users, now, seen=seen)
    return Split(protocol, train, known, queries, truth, cutoff, int((~known[item]).sum()), repeats)


def _held_out(interactions: Interactions, protocol: Protocol) -> tuple[Mask, int | None]:
    if protocol.kind == "time":
        if len(interactions) == 0 or interactions.time.min() == interactions.time.max():
            raise AssayError(
                "A split in time needs events at different times; map a time column, "
                "or use the split last-n:N."
            )
        ordered = np.sort(interactions.time)
        cutoff = int(ordered[int(len(ordered) * protocol.value)])
        return interactions.time >= cutoff, cutoff
    n = int(protocol.value)
    ends = interactions.indptr[1:][interactions.user]
    lengths = np.diff(interactions.indptr)[interactions.user]
    return (ends - np.arange(len(interactions)) <= n) & (lengths > n), None


def _first_of_each(user: np.ndarray, item: np.ndarray, n_items: int) -> Mask:
    """Marks the first row of each (user, item) pair."""
    _, first = np.unique(user.astype(np.int64) * n_items + item, return_index=True)
    mask = np.zeros(len(user), bool)
    mask[first] = True
    return mask


def queries_of_users(
    train: Interactions, users: np.ndarray, now: Longs, *, seen: SeenPolicy
) -> Queries:
    """A query per user code, its history being the user's events in `train`."""
    whole = Ragged(train.indptr, train.item)
    at = whole.positions(users)
    history = whole.take(users)
    return Queries(
        users.astype(np.int32),
        history,
        train.weight[at],
        train.time[at],
        np.asarray(now, np.int64),
        history if seen == "exclude" else Ragged.empty(len(users)),
        train.n_items,
    )
