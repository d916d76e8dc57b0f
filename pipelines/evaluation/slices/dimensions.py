"""Dimensions that divide the evaluated users: history, time of the request, users table.

Dimensions from events are known at the request, except the time of the first held-out event,
which is of kind "target". The users table has no dates, so its columns may not have been known
at the request; their notes say so. Dimensions of held-out items are in `items`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.data.dataset import Dataset
from pipelines.data.holdout import hold_out
from pipelines.data.split import Split
from pipelines.evaluation.slices import moments
from pipelines.evaluation.slices.columns import categorical, coded, sliced, top
from pipelines.evaluation.slices.stored import (
    OF_USERS,
    Dimension,
    DimensionBuilder,
    Kind,
    Labels,
    clause_of_column,
    note_of_users,
)
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns, Longs, Mask

EVENTS = (0, 2, 5, 20, 100)
"""The largest number of events in each slice."""
EVENT_LABELS = ("0", "1–2", "3–5", "6–20", "21–100", "over 100")
RECENT_SHARE = 0.1
"""Recent events are within this share of the training data's time span before the request."""
NEW, BY_HISTORY, RETURNING = "new", "unseen in training", "returning"


def user_slices(cut: Split, dataset: Dataset) -> pd.DataFrame:
    """The evaluated users' slices: a row per user (n), a categorical column per dimension.

    `attrs` holds the dimensions' descriptions and what was skipped (`stored.described`). A
    missing value means that the user is in no slice. Reads the events' values if there are any.
    """
    found = DimensionBuilder()
    held = hold_out(dataset.interactions, cut.protocol).held
    _history(cut, found)
    _time(cut, dataset, held, found)
    _favorite(cut, dataset, found)
    _value(cut, dataset, held, found)
    columns = [c for c in dataset.user_frame.columns if c != Columns.USER]
    rows = dataset.user_frame.iloc[cut.queries.user]
    for column in columns:
        name = str(column)
        labels, note = sliced(name, rows[column], np.ones(len(rows), np.int64))
        title = found.title_of(name)
        if labels is None:
            found.skipped[title] = note
            continue
        clause = clause_of_column(title)
        one = Dimension(f"{OF_USERS}{name}", title, "user", note_of_users(note), clause)
        found.add(one, labels)
    return found.frame(len(cut.queries))


def _history(cut: Split, found: DimensionBuilder) -> None:
    lengths = cut.queries.lengths
    found.add(
        Dimension(
            "history",
            "events in the history",
            "user",
            "Events before the request, of any type.",
            "with {} events in their history",
        ),
        counted(lengths),
    )
    trained = np.diff(cut.train.indptr)[cut.queries.user] > 0
    standing = np.where(trained, 2, np.where(lengths > 0, 1, 0))
    found.add(
        Dimension(
            "returning",
            "new or returning",
            "user",
            f"“{NEW}”: no event before the request. “{RETURNING}”: events in the training data. "
            f"“{BY_HISTORY}”: a history that the models were not trained on.",
            "who are {}",
        ),
        coded(standing, (NEW, BY_HISTORY, RETURNING)),
    )


def _time(cut: Split, dataset: Dataset, held: Mask, found: DimensionBuilder) -> None:
    queries, train = cut.queries, cut.train
    span = int(train.time.max() - train.time.min())
    if span == 0:
        found.skipped["time"] = "the events have no times"
        return
    ends = queries.history.indptr
    newest = np.append(queries.times, 0)[np.maximum(ends[1:] - 1, 0)]
    found.add(
        Dimension(
            "last_event",
            "time since the last event",
            "user",
            "Time from the newest event to the request; new users are in no slice.",
            "whose last event was {} before the request",
        ),
        moments.age(queries.now - newest, queries.lengths > 0),
    )
    reach = int(span * RECENT_SHARE)
    row = np.repeat(np.arange(len(queries)), queries.lengths)
    recent = queries.times > queries.now[row] - reach
    found.add(
        Dimension(
            "recent_events",
            "recent events",
            "user",
            f"Events in the {reach / moments.DAY:.3g} days before the request, a tenth of the "
            "training data's time span.",
            "with {} recent events",
        ),
        counted(np.bincount(row[recent], minlength=len(queries))),
    )
    _moment(cut, dataset, held, found)


def _moment(cut: Split, dataset: Dataset, held: Mask, found: DimensionBuilder) -> None:
    """The time of each request, or of the return where all requests are at one cut-off."""
    at_once = cut.cutoff is not None
    kind: Kind = "target" if at_once else "user"
    verb = "who came back" if at_once else "with a request"
    what = "first event after the cut-off" if at_once else "request"
    when = _first_held_out(cut, dataset, held) if at_once else cut.queries.now
    made = moments.period(when)
    if made is None:
        found.skipped[f"time of the {what}"] = "it spans too many years"
    else:
        labels, unit = made
        clause = f"{verb} {'on' if unit == 'day' else 'in'} {{}}"
        note = f"By {unit} (UTC), the finest unit with at most {moments.MOST} slices."
        found.add(Dimension("time", f"{unit} of the {what}", kind, note, clause), labels)
    days = moments.weekday(when)
    if days is not None:
        title = f"weekday of the {what}"
        found.add(Dimension("weekday", title, kind, "In UTC.", f"{verb} on a {{}}"), days)


def _first_held_out(cut: Split, dataset: Dataset, held: Mask) -> Longs:
    """The time of each evaluated user's first held-out event, (n,), seconds UTC.

    It may be earlier than the first truth: the seen-policy "exclude" removes truths that the
    user had interacted with before.
    """
    rows = np.flatnonzero(held)
    first = np.searchsorted(dataset.interactions.user[rows], cut.queries.user)
    return dataset.interactions.time[rows[first]]


def _favorite(cut: Split, dataset: Dataset, found: DimensionBuilder) -> None:
    title = "favorite category"
    membership, names = dataset.catalogue.categories, dataset.catalogue.category_names
    if not names:
        found.skipped[title] = "the items have no categories"
        return
    import scipy.sparse as sp

    ones = np.ones(len(cut.queries.history.values), np.float32)
    per_user = sp.csr_matrix(cut.queries.matrix(ones) @ membership)
    per_user.sort_indices()
    best = np.asarray(per_user.argmax(axis=1)).ravel()  # ties go to the first by name
    known = np.diff(per_user.indptr) > 0
    counts = np.bincount(best[known], minlength=len(names))
    kept = top(np.array(names, dtype=object), counts)
    chosen = np.array(names, dtype=object)[best]
    labels = np.where(np.isin(best, np.flatnonzero(np.isin(names, kept))), chosen, "other")
    labels[~known] = None
    note = (
        "The category with the most events in the history; an event counts for each category of "
        "its item, ties go to the first by name. The slices are the "
        f"{number_of(len(kept), 'most frequent category', 'most frequent categories')}; the rest "
        "is “other”. Users without a history are in no slice."
    )
    clause = "whose favorite category is “{}”"
    found.add(Dimension("favorite", title, "user", note, clause), categorical(labels, kept))


def _value(cut: Split, dataset: Dataset, held: Mask, found: DimensionBuilder) -> None:
    title = "value of the history"
    if Columns.VALUE not in dataset.context_columns:
        return
    past = ~held
    values = dataset.context([Columns.VALUE])[Columns.VALUE].to_numpy(np.float64, na_value=0.0)
    who = dataset.interactions.user[past]
    total = np.bincount(who, weights=values[past], minlength=len(dataset.users))
    mine = np.where(cut.queries.lengths > 0, total[cut.queries.user], np.nan)
    labels, note = sliced(title, pd.Series(mine), np.ones(len(mine), np.int64))
    if labels is None:
        found.skipped[title] = note
        return
    labels = labels.remove_categories([c for c in ("not known",) if c in labels.categories])
    note += " The value is the sum over the history's events; new users are in no slice."
    clause = "whose history is worth {}"
    found.add(Dimension("value", title, "user", note, clause), labels)


def counted(events: Longs) -> Labels:
    """Counts of events (n,) as `EVENT_LABELS`."""
    return coded(np.searchsorted(np.array(EVENTS), events, side="left"), EVENT_LABELS)
