"""A small world whose behavior is known: people, items, and contenders planted among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipelines.evaluation.behavior.evidence import Answer, Background
from pipelines.evaluation.behavior.probes import Probes, ask_again
from pipelines.schema import Catalogue, Ints, Queries, Ragged, Vocabulary

NOBODY_ASKED = Probes("It was not asked again.")


def background(
    histories: Sequence[Sequence[int]],
    truths: Sequence[Sequence[int]] | None = None,
    n_items: int = 40,
    k: int = 5,
    *,
    exclude_seen: bool = False,
    events: Sequence[int] | None = None,
    **columns: Any,
) -> Background:
    """People with these histories and later items; items have `columns` and 9 events each."""
    history = Ragged.of(histories)
    items = Vocabulary(np.array([f"i{i:03d}" for i in range(n_items)], dtype=object))
    counts = np.full(n_items, 9) if events is None else np.array(events)
    frame = pd.DataFrame({"item_id": items.ids, **columns})
    return Background(
        users=np.array([f"u{u}" for u in range(len(history))], dtype=object),
        history=history,
        truth=Ragged.of(truths if truths is not None else [[0]] * len(history)),
        exclude=history if exclude_seen else Ragged.empty(len(history)),
        catalogue=Catalogue(items, frame, counts > 0),
        events=counts.astype(np.int64),
        k=k,
    )


def answer(
    world: Background, lists: Sequence[Sequence[int]] | Ints, probes: Probes = NOBODY_ASKED
) -> Answer:
    return Answer(world, np.asarray(lists, np.int32), probes)


def queries(world: Background) -> Queries:
    """The people's requests: their histories, an event a second."""
    rows = [world.history.row(r).tolist() for r in range(len(world))]
    asked = Queries.of_histories(rows, n_items=world.n_items, now=1_000)
    return Queries(
        np.arange(len(rows), dtype=np.int32),
        asked.history,
        asked.weights,
        asked.times,
        asked.now,
        world.exclude,
        world.n_items,
    )


def asked(world: Background, contender: Callable[[Queries], Ints], **options: Any) -> Answer:
    """What a planted contender answers, at first and when it is asked again."""
    requests = queries(world)
    return answer(world, contender(requests), ask_again(requests, contender, 0, **options))


def best(scores: np.ndarray, width: int) -> Ints:
    return np.argsort(-scores, axis=1, kind="stable")[:, :width].astype(np.int32)


def popular(requests: Queries) -> Ints:
    """Everyone's list is the same, but for what each may not get."""
    scores = np.tile(-np.arange(requests.n_items, dtype=float), (len(requests), 1))
    for row in range(len(requests)):
        scores[row, requests.exclude.row(row)] = -np.inf
    return best(scores, 8)


def counting(requests: Queries) -> Ints:
    """Items next to those of the history: an event less moves little."""
    near = np.zeros((len(requests), requests.n_items))
    for row in range(len(requests)):
        for item in requests.history.row(row):
            near[row] += 1.0 / (1.0 + np.abs(np.arange(requests.n_items) - item))
    return best(near, 8)


def jumping(requests: Queries) -> Ints:
    """Another draw for each history: an event less turns the list over."""
    draws = [
        np.random.default_rng([len(h), *h.tolist()]).random(requests.n_items)
        for h in (requests.history.row(row) for row in range(len(requests)))
    ]
    return best(np.array(draws).reshape(len(requests), -1), 8)


def by_position(requests: Queries) -> Ints:
    """A list that depends on the place of the request in its batch."""
    rows = np.arange(len(requests))[:, None]
    return ((rows + np.arange(8)) % requests.n_items).astype(np.int32)


def by_company(requests: Queries) -> Ints:
    """A list that depends on how many others are asked at the same time."""
    return np.roll(counting(requests), len(requests) % 2, axis=1)
