"""Small synthetic lists and held-out items for the tests of metrics, with odd cases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from typing import Any, get_args

import numpy as np

from pipelines.reading.lists import GroundTruth, Lists, Need
from pipelines.schema import Ints, Ragged

N_USERS, N_ITEMS, WIDTH = 40, 50, 12


def make_lists(seed: int = 0) -> Lists:
    """Lists (40, 12) of 50 items, with everything that a metric may look at.

    Among them: empty lists, lists with gaps and with an item twice, held-out items that nobody
    knows (-1), users whose history is empty, items without category, unknown money and
    propensities.
    """
    import scipy.sparse as sp

    rng = np.random.default_rng(seed)
    items = np.stack([rng.permutation(N_ITEMS)[:WIDTH] for _ in range(N_USERS)]).astype(np.int32)
    items[::7] = -1
    items[1::7, 5:] = -1
    items[2::7, [0, 4]] = -1
    items[3::7, 6] = items[3::7, 2]
    known = [rng.permutation(N_ITEMS)[: rng.integers(1, 8)].tolist() for _ in range(N_USERS)]
    truth = Ragged.of([[-1, *row] if user % 5 == 0 else row for user, row in enumerate(known)])
    history = [rng.integers(0, N_ITEMS, rng.integers(0, 10)).tolist() for _ in range(N_USERS)]
    membership = rng.random((N_ITEMS, 6)) < 0.3
    membership[::9] = False
    popularity = np.sort(rng.random(N_ITEMS))[::-1].copy()
    popularity[-5:] = 0.0
    n = len(truth.values)
    ground_truth = GroundTruth(
        truth=truth,
        catalogue=popularity > 0,
        popularity=popularity,
        history=Ragged.of(history),
        categories=sp.csr_matrix(membership.astype(np.float32)),
        gains=rng.integers(1, 6, n).astype(np.float64),
        values=_some_unknown(rng.uniform(1, 90, n), rng),
        margins=_some_unknown(rng.uniform(-5, 30, n), rng),
        propensity=_some_unknown(rng.uniform(0.05, 1, n), rng),
    )
    return Lists(items, ground_truth)


def with_items(lists: Lists, items: Ints) -> Lists:
    """Other lists for the same users."""
    return Lists(items, lists.ground_truth)


def of_users(lists: Lists, rows: Sequence[int]) -> Lists:
    """The lists and held-out items of some users alone, in that order."""
    key, at = lists.ground_truth, np.asarray(rows, np.int64)
    beside = key.truth.positions(at)
    parts = {
        name: None if (part := getattr(key, name)) is None else part[beside]
        for name in ("gains", "values", "margins", "propensity")
    }
    history = None if key.history is None else key.history.take(at)
    ground_truth = replace(key, truth=key.truth.take(at), history=history, **parts)
    return Lists(lists.items[at], ground_truth)


def with_only(lists: Lists, needs: Collection[Need]) -> Lists:
    """The same lists where nothing but the held-out items and `needs` is known."""
    absent: dict[str, Any] = {
        field.name: None
        for field in fields(GroundTruth)
        if field.name in get_args(Need) and field.name not in needs
    }
    return Lists(lists.items, replace(lists.ground_truth, **absent))


def _some_unknown(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    values[rng.random(len(values)) < 0.2] = np.nan
    return values
