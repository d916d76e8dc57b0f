"""What is measured of a dataset before anything is judged; figures only, no thresholds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.schema import Columns as C
from pipelines.schema import Longs, Mask

DAY = 86_400
YEAR = 365.25 * DAY
VISIT_GAP = 30 * 60
"""Seconds without an event that end a visit."""


@dataclass(frozen=True)
class Facts:
    """Figures of one dataset; figures in time are None where events have no times."""

    events: int
    users: int
    items: int
    """Items with an event."""
    pairs: int
    """Distinct (user, item) pairs."""
    users_two: int
    users_five: int
    users_once: int
    """Users with one event, with two or more, with five or more."""
    median_events: float
    items_five: int
    """Items that five or more users took up."""
    ordered_five: int | None
    """Users with events at five or more different moments."""
    span_days: float | None
    visits_per_year: float | None
    """Visits in the last year per user who came in it (a shorter span is drawn out to a
    year); a visit ends after 30 minutes without an event."""
    described: int
    """Items with an event that have a category."""
    titled: int
    """Items with an event that have a title or a category."""
    quarantined_share: float

    @property
    def density(self) -> float:
        """The share of all (user, item) pairs that occur."""
        return self.pairs / max(self.users * self.items, 1)

    @property
    def repeat_share(self) -> float:
        """The share of events in which a user takes up an item again."""
        return 1 - self.pairs / max(self.events, 1)

    @property
    def once_share(self) -> float:
        return self.users_once / max(self.users, 1)


def measure(dataset: Dataset) -> Facts:
    """The facts of a dataset: 1.5 M events take well under a second."""
    it = dataset.interactions
    per_user = np.diff(it.indptr)
    per_user = per_user[per_user > 0]
    keys = np.sort(it.user.astype(np.int64) * it.n_items + it.item)
    first = np.ones(len(keys), bool)
    first[1:] = keys[1:] != keys[:-1]
    users_of_item = np.bincount(keys[first] % max(it.n_items, 1), minlength=it.n_items)
    taken = users_of_item > 0
    categories = _filled(dataset, C.CATEGORIES)
    timed = len(it) > 0 and int(it.time.min()) != int(it.time.max())
    span = int(it.time.max() - it.time.min()) if timed else 0
    about = dataset.about
    return Facts(
        events=len(it),
        users=len(per_user),
        items=int(taken.sum()),
        pairs=int(first.sum()),
        users_two=int((per_user >= 2).sum()),
        users_five=int((per_user >= 5).sum()),
        users_once=int((per_user == 1).sum()),
        median_events=float(np.median(per_user)) if len(per_user) else 0.0,
        items_five=int((users_of_item >= 5).sum()),
        ordered_five=int((_runs(dataset, 0) >= 5).sum()) if timed else None,
        span_days=span / DAY if timed else None,
        visits_per_year=_visits_per_year(dataset, span),
        described=int((taken & categories).sum()),
        titled=int((taken & (categories | _filled(dataset, C.TITLE))).sum()),
        quarantined_share=about.quarantined / about.rows_in if about.rows_in else 0.0,
    )


def _visits_per_year(dataset: Dataset, span: int) -> float | None:
    if span < 28 * DAY:
        return None  # a few days do not tell what a year brings
    it = dataset.interactions
    last = it.time > it.time.max() - YEAR
    begins = _begins(dataset, VISIT_GAP) & last
    visitors = len(np.unique(it.user[last]))
    return float(begins.sum()) / visitors * max(YEAR / span, 1.0)


def _begins(dataset: Dataset, gap: int) -> Mask:
    """Marks the events before which the user paused for longer than `gap` seconds."""
    it = dataset.interactions
    begins = np.ones(len(it), bool)
    begins[1:] = (it.user[1:] != it.user[:-1]) | (np.diff(it.time) > gap)
    return begins


def _runs(dataset: Dataset, gap: int) -> Longs:
    """For each user, the runs of events that no pause longer than `gap` seconds divides."""
    it = dataset.interactions
    begins = _begins(dataset, gap)
    return np.bincount(it.user[begins], minlength=it.n_users).astype(np.int64)


def _filled(dataset: Dataset, column: str) -> Mask:
    frame = dataset.catalogue.frame
    if column not in frame:
        return np.zeros(len(frame), bool)
    values = frame[column]
    return (values.notna() & (values.astype(str).str.strip() != "")).to_numpy(bool)
