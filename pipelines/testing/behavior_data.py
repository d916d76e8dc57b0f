"""Small synthetic answers of contenders for the tests of behavioral tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.evaluation.behavior.evidence import Answer, Background
from pipelines.evaluation.behavior.probes import Probes, ask_again
from pipelines.schema import Catalogue, Columns, Ints, Queries, Ragged, Vocabulary

N_USERS, N_ITEMS, K, WIDTH = 60, 50, 5, 12


def make_background(n_users: int = N_USERS, *, bare: bool = False) -> Background:
    """Users with histories and later items, and a catalogue; items have 1 to 9 events.

    Every tenth user has no history. Unless `bare`, items have a price, a brand and categories,
    some of them unknown.
    """
    rng = np.random.default_rng(1)
    histories = [
        rng.permutation(N_ITEMS)[: 0 if user % 10 == 9 else rng.integers(3, 8)].tolist()
        for user in range(n_users)
    ]
    truths = [rng.permutation(N_ITEMS)[: rng.integers(1, 5)].tolist() for _ in range(n_users)]
    items = Vocabulary.of(f"i{item:02d}" for item in range(N_ITEMS))
    frame = pd.DataFrame({Columns.ITEM: items.ids})
    if not bare:
        price = np.round(rng.uniform(1, 60, N_ITEMS), 2)
        frame["price"] = np.where(np.arange(N_ITEMS) % 8 == 7, np.nan, price)
        frame["brand"] = [("A", "B", None, "C")[item % 4] for item in range(N_ITEMS)]
        frame[Columns.CATEGORIES] = [("x|y", "y", "z", None)[item % 4] for item in range(N_ITEMS)]
    history = Ragged.of(histories)
    return Background(
        users=np.array([f"u{user:02d}" for user in range(n_users)], dtype=object),
        history=history,
        truth=Ragged.of(truths),
        exclude=history,
        catalogue=Catalogue(items, frame, np.ones(N_ITEMS, bool)),
        events=rng.integers(1, 10, N_ITEMS).astype(np.int64),
        k=K,
    )


def answers() -> dict[str, Answer]:
    """Answers by what is special about them, among them odd ones that a test has to handle."""
    usual, bare = make_background(), make_background(bare=True)
    nobody, one = make_background(0), make_background(1)
    personal, everyone = personal_lists(usual), popular_lists(usual)
    short = personal.copy()
    short[::3, 2:] = -1
    again = ask_again(_requests(usual), lambda q: _near(q.history), 0)
    not_asked = Probes("It was not asked again.")
    return {
        "personal lists, asked again": Answer(usual, personal, again),
        "personal lists": Answer(usual, personal, not_asked),
        "one list for everyone": Answer(usual, everyone, not_asked),
        "short lists": Answer(usual, short, not_asked),
        "empty lists": Answer(usual, np.full_like(personal, -1), not_asked),
        "a catalogue of ids alone": Answer(bare, personal_lists(bare), not_asked),
        "one user": Answer(one, personal_lists(one), not_asked),
        "no users": Answer(nobody, np.zeros((0, WIDTH), np.int32), not_asked),
    }


def personal_lists(background: Background) -> Ints:
    """Items with codes next to those of the history, (n, WIDTH) int32."""
    return _near(background.history)


def popular_lists(background: Background) -> Ints:
    """The items with the most events for everyone, (n, WIDTH) int32."""
    best = np.argsort(-background.events, kind="stable")[:WIDTH]
    return np.tile(best, (len(background), 1)).astype(np.int32)


def _near(history: Ragged) -> Ints:
    distance = np.abs(np.arange(N_ITEMS)[:, None] - np.arange(N_ITEMS)[None])
    likeness = 1.0 / (1.0 + distance)
    scores = np.zeros((len(history), N_ITEMS))
    for row in range(len(history)):
        scores[row] = likeness[history.row(row)].sum(axis=0)
        scores[row, history.row(row)] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :WIDTH].astype(np.int32)


def _requests(background: Background) -> Queries:
    rows = [background.history.row(row).tolist() for row in range(len(background))]
    return Queries.of_histories(rows, n_items=N_ITEMS, now=1_000)
