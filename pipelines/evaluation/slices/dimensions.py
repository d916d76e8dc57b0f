"""What divides the evaluated users: their history, the moment, the table of users.

What comes from the events is known at the request; what a user later took up is in `items`.
The one exception says so: when the first held-out event came, of kind "target". The table of
users has no date, so nobody can tell whether its columns were known then: their notes say so.
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
    Gathered,
    Kind,
    Labels,
    clause_of_column,
    note_of_users,
)
from pipelines.schema import Columns, Longs, Mask

EVENTS = (0, 2, 5, 20, 100)
"""The most events in each slice of counts."""
EVENT_LABELS = ("0", "1–2", "3–5", "6–20", "21–100", "over 100")
RECENT_SHARE = 0.1
"""Of the time that the training data spans: recent events lie so shortly before the request."""
NEW, BY_HISTORY, RETURNING = "new", "known by their history alone", "returning"


def user_slices(cut: Split, dataset: Dataset) -> pd.DataFrame:
    """What divides the evaluated users: a row each (n), a categorical column per dimension.

    `attrs` has the words of each and what was skipped (`stored.described`). A missing value
    is a user in no slice. Reads the kept values of events where there are some.
    """
    found = Gathered()
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


def _history(cut: Split, found: Gathered) -> None:
    lengths = cut.queries.lengths
    found.add(
        Dimension(
            "history",
            "events in the history",
            "user",
            "Events before the request, whatever their type.",
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
            f"“{NEW}”: no event before the request. “{RETURNING}”: some in the training data. "
            f"“{BY_HISTORY}”: a history that no model was trained on.",
            "who are {}",
        ),
        coded(standing, (NEW, BY_HISTORY, RETURNING)),
    )


def _time(cut: Split, dataset: Dataset, held: Mask, found: Gathered) -> None:
    queries, train = cut.queries, cut.train
    span = int(train.time.max() - train.time.min())
    if span == 0:
        found.skipped["time"] = "the events carry no times"
        return
    ends = queries.history.indptr
    newest = np.append(queries.times, 0)[np.maximum(ends[1:] - 1, 0)]
    found.add(
        Dimension(
            "last_event",
            "time since the last event",
            "user",
            "From the newest event of the history to the request; new users are in no slice.",
            "whose last event was {} before",
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
            f"Events of the history in the {reach / moments.DAY:.3g} days before the request: a "
            "tenth of the time that the training data spans.",
            "with {} recent events",
        ),
        counted(np.bincount(row[recent], minlength=len(queries))),
    )
    _moment(cut, dataset, held, found)


def _moment(cut: Split, dataset: Dataset, held: Mask, found: Gathered) -> None:
    """When each request is; where all are at one cut-off, when the user came back after it."""
    at_once = cut.cutoff is not None
    kind: Kind = "target" if at_once else "user"
    verb = "who came back" if at_once else "asked"
    what = "first event after the cut-off" if at_once else "request"
    when = _first_held_out(cut, dataset, held) if at_once else cut.queries.now
    made = moments.period(when)
    if made is None:
        found.skipped[f"time of the {what}"] = "it spans too many years"
    else:
        labels, unit = made
        clause = f"{verb} {'on' if unit == 'day' else 'in'} {{}}"
        note = f"By {unit}, UTC: the finest unit that makes at most {moments.MOST} slices."
        found.add(Dimension("time", f"{unit} of the {what}", kind, note, clause), labels)
    days = moments.weekday(when)
    if days is not None:
        title = f"weekday of the {what}"
        found.add(Dimension("weekday", title, kind, "UTC.", f"{verb} on a {{}}"), days)


def _first_held_out(cut: Split, dataset: Dataset, held: Mask) -> Longs:
    """When each evaluated user's first held-out event was, (n,), seconds UTC.

    Not that of the first truth: under the seen-policy "exclude" whoever came back for an item
    taken up before has no truth of it.
    """
    rows = np.flatnonzero(held)
    first = np.searchsorted(dataset.interactions.user[rows], cut.queries.user)
    return dataset.interactions.time[rows[first]]


def _favorite(cut: Split, dataset: Dataset, found: Gathered) -> None:
    title = "favorite category"
    membership, names = dataset.catalogue.categories, dataset.catalogue.category_names
    if not names:
        found.skipped[title] = "the items have no categories"
        return
    import scipy.sparse as sp

    ones = np.ones(len(cut.queries.history.values), np.float32)
    per_user = sp.csr_matrix(cut.queries.matrix(ones) @ membership)
    per_user.sort_indices()
    best = np.asarray(per_user.argmax(axis=1)).ravel()  # of equals the first by name
    known = np.diff(per_user.indptr) > 0
    counts = np.bincount(best[known], minlength=len(names))
    kept = top(np.array(names, dtype=object), counts)
    chosen = np.array(names, dtype=object)[best]
    labels = np.where(np.isin(best, np.flatnonzero(np.isin(names, kept))), chosen, "other")
    labels[~known] = None
    note = (
        "The category with most events of the history, an event counting for each category of "
        f"its item; of equals the first by name. The {len(kept)} most frequent; the rest is "
        "“other”. Users without a history are in no slice."
    )
    clause = "whose favorite category is “{}”"
    found.add(Dimension("favorite", title, "user", note, clause), categorical(labels, kept))


def _value(cut: Split, dataset: Dataset, held: Mask, found: Gathered) -> None:
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
    note += " The sum of what the history's events were worth; new users are in no slice."
    clause = "whose history is worth {}"
    found.add(Dimension("value", title, "user", note, clause), labels)


def counted(events: Longs) -> Labels:
    """Counts of events (n,) as `EVENT_LABELS`."""
    return coded(np.searchsorted(np.array(EVENTS), events, side="left"), EVENT_LABELS)
