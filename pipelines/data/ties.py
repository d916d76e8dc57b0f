"""Events of one user at one time, as in data by the day or in batches: their order is unknown.

A split by counting, such as last-n, may hold out any of them, and a history may end with any of
them. Other orders than that of the input show how much depends on it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.data.split import SeenPolicy, Split, split
from pipelines.keys import among
from pipelines.schema import Interactions, Longs, Mask


def tied(interactions: Interactions) -> Mask:
    """Marks the events (n,) that share user and time with an event of another item."""
    same = (np.diff(interactions.user) == 0) & (np.diff(interactions.time) == 0)
    starts = np.flatnonzero(np.r_[True, ~same][: len(interactions)])
    if len(starts) == len(interactions):
        return np.zeros(len(interactions), bool)
    least = np.minimum.reduceat(interactions.item, starts)
    most = np.maximum.reduceat(interactions.item, starts)
    lengths = np.diff(np.r_[starts, len(interactions)])
    return np.repeat(least != most, lengths)


def order_of(interactions: Interactions, number: int) -> Longs:
    """The rows (n,) in another order of what ties: number 1 is reversed, further ones are drawn."""
    n = len(interactions)
    key = -np.arange(n) if number == 1 else np.random.default_rng(number).permutation(n)
    return np.lexsort((key, interactions.time, interactions.user)).astype(np.int64)


def split_in_order(
    interactions: Interactions, cut: Split, number: int, *, seen: SeenPolicy
) -> Split:
    """The split `cut` had the events that tie come in another order, for the same users.

    A user whose held-out events are all repeats in that order is left out.
    """
    rows = order_of(interactions, number)
    turned = Interactions(
        interactions.user[rows],
        interactions.item[rows],
        interactions.weight[rows],
        interactions.time[rows],
        interactions.n_users,
        interactions.n_items,
    )
    found = split(turned, cut.protocol, seen=seen)
    kept = np.flatnonzero(among(found.queries.user, cut.queries.user))
    return replace(
        found,
        queries=found.queries.take(kept),
        truth=found.truth.take(kept),
        truth_rows=rows[found.truth_rows[found.truth.positions(kept)]],
    )


def changed(cut: Split, other: Split) -> float:
    """The share of the held-out items of `cut` that are not held out in `other`."""
    return float((~among(_pairs(cut), _pairs(other))).mean())


def _pairs(cut: Split) -> Longs:
    users = np.repeat(cut.queries.user.astype(np.int64), cut.truth.lengths())
    return users * cut.queries.n_items + cut.truth.values
