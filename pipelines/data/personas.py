"""Personas: up to eight different users of the data, as examples for looking at lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.runtime.phrases import number_of


@dataclass(frozen=True)
class Persona:
    """A name for what is typical of a user, the user's id, and the figure behind it."""

    name: str
    user_id: str
    why: str


def personas(dataset: Dataset, cut: Split) -> list[Persona]:
    """Up to eight evaluated users, each the most typical of one persona.

    Computed from the histories before the cut-off. There are fewer if the data has too few
    users, no categories or no times.
    """
    queries = cut.queries
    lengths = queries.lengths
    if len(queries) == 0:
        return []
    popularity = np.bincount(cut.train.item, minlength=cut.train.n_items)
    share = popularity / max(1, popularity.max())
    found: list[Persona] = []
    chosen: set[int] = set()

    def add(name: str, value: np.ndarray, among: np.ndarray, why: Callable[[int], str]) -> None:
        """Add the row of `among` with the largest value that is not chosen yet."""
        order = np.flatnonzero(among)
        order = order[np.argsort(-value[order], kind="stable")]
        row = next((int(r) for r in order if int(r) not in chosen), None)
        if row is not None:
            chosen.add(row)
            user = str(dataset.users.ids[queries.user[row]])
            found.append(Persona(name, user, why(row)))

    def events(row: int) -> str:
        return f"{number_of(lengths[row], 'event')} before the cut-off"

    there = lengths > 0
    some = lengths >= min(10, int(np.median(lengths[there]))) if there.any() else there
    mean_share = _mean_of_history(queries.history.values, queries.history.indptr, share)
    main_category, category_share, variety = _categories(dataset, cut)
    span = _spans(cut)

    add("The newcomer", -lengths.astype(float), lengths >= 0, events)
    add(
        "The regular",
        -np.abs(lengths - np.median(lengths[there])) if there.any() else share[:0],
        there,
        events,
    )
    add("The enthusiast", lengths.astype(float), there, events)
    add("The mainstream taste", mean_share, some, lambda r: _popularity_label(mean_share[r]))
    add("The explorer of rarities", -mean_share, some, lambda r: _popularity_label(mean_share[r]))
    if variety.any():
        add(
            "The specialist",
            category_share,
            some & (variety > 0),
            lambda r: f"{category_share[r]:.0%} of the history is {main_category(r)}",
        )
        add(
            "The omnivore",
            variety,
            some & (variety > 0),
            lambda r: number_of(round(variety[r]), "category", "different categories"),
        )
    if span.any():  # otherwise there are no times
        add(
            "The long-standing user",
            span,
            some & (span >= 1),
            lambda r: f"{_days(span[r])} from first to last event",
        )
        add(
            "The one-day visitor",
            lengths.astype(float),
            some & (lengths >= 2) & (span <= 1),
            lambda r: f"{lengths[r]:,} events within one day",
        )
    return found[:8]


def _popularity_label(value: float) -> str:
    return f"on average, the items have {value:.0%} of the events of the most popular item"


def _mean_of_history(values: np.ndarray, indptr: np.ndarray, of: np.ndarray) -> np.ndarray:
    sums = np.concatenate([[0.0], np.cumsum(of[values])])
    return (sums[indptr[1:]] - sums[indptr[:-1]]) / np.maximum(1, np.diff(indptr))


def _days(value: float) -> str:
    return number_of(round(value), "day")


def _spans(cut: Split) -> np.ndarray:
    """Days from the first event of each history to its last, (n,) float64; 0 without events."""
    times, indptr = np.append(cut.queries.times, 0), cut.queries.history.indptr
    newest = times[np.maximum(indptr[1:] - 1, 0)]
    days = (newest - times[indptr[:-1]]) / 86_400
    return np.where(np.diff(indptr) > 0, days, 0.0)


def _categories(
    dataset: Dataset, cut: Split
) -> tuple[Callable[[int], str], np.ndarray, np.ndarray]:
    """For each history: its main category (a lookup), that category's share, and how many
    categories it has."""
    counts = cut.queries.matrix(np.ones(len(cut.queries.history.values), np.float32))
    per = (counts @ dataset.catalogue.categories).tocsr()
    n = len(cut.queries)
    if per.shape[1] == 0:
        return (lambda row: ""), np.zeros(n), np.zeros(n)
    best = np.asarray(per.argmax(axis=1)).ravel()
    top = np.asarray(per.max(axis=1).todense()).ravel()
    share = top / np.maximum(1, cut.queries.lengths)
    names = dataset.catalogue.category_names
    return (lambda row: names[best[row]]), share, np.diff(per.indptr).astype(float)
