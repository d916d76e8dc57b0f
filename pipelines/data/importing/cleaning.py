"""From collected rows to clean events: sorted, repeats folded, outliers dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.dataset import Step
from pipelines.data.importing import event_columns, folding
from pipelines.data.importing.collecting import CollectedRows
from pipelines.data.importing.columns import NumberColumn, TextColumn
from pipelines.data.importing.engine import at_once
from pipelines.data.importing.names import OF_ITEMS
from pipelines.data.importing.table_values import categories
from pipelines.data.outliers import flagged
from pipelines.data.recipe import Recipe
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns as C
from pipelines.schema import Interactions, Ints, Longs, Mask, Vocabulary

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


OUTLIERS = "outliers dropped"


@dataclass
class CleanEvents:
    """Sorted events by code, the ids, other columns of the events, and item columns."""

    interactions: Interactions
    users: Vocabulary
    items: Vocabulary
    context: pa.Table
    item_frame: pd.DataFrame
    """A row per item code, from the columns of the events that describe the item."""
    steps: list[Step]


def clean(collected: CollectedRows, more_items: list[str]) -> CleanEvents:
    """Sort the collected rows, fold repeats, flag or drop outliers.

    Empties `collected`. `more_items` are ids of items without events.
    """
    recipe = collected.recipe
    (users, user), (items, item) = at_once(
        collected.user.vocabulary, lambda: collected.item.vocabulary(more_items)
    )
    weight, time = collected.weight.array(), collected.time.array()
    order = folding.by_user_and_time(user, time, len(users))
    user, item, weight, time = user[order], item[order], weight[order], time[order]
    more = {name: _column(column, order) for name, column in collected.more.items()}
    rows = len(user)
    stay = np.ones(rows, bool)
    if recipe.repeats != "keep":
        kinds = more[C.EVENT][1] if C.EVENT in more else None
        stay, weight = _fold(user, item, time, weight, kinds, recipe)
    if not stay.all():
        user, item, weight, time = user[stay], item[stay], weight[stay], time[stay]
        more = {name: (texts, values[stay]) for name, (texts, values) in more.items()}
    steps = []
    if len(user) < rows:
        steps.append(Step(name="repeats folded", rows_in=rows, rows_out=len(user)))
    interactions = Interactions(user, item, weight, time, len(users), len(items))
    stay = _of_unflagged_users(interactions)
    if not stay.all():
        rows, flagged_events = len(stay), int((~stay).sum())
        if recipe.outliers == "drop":
            interactions = interactions.select(stay)
            more = {name: (texts, values[stay]) for name, (texts, values) in more.items()}
            item = interactions.item
        bots = f"{number_of(flagged_events, 'event')} of suspected bots"
        note = "" if recipe.outliers == "drop" else bots
        name = OUTLIERS if recipe.outliers == "drop" else "outliers flagged"
        steps.append(Step(name=name, rows_in=rows, rows_out=len(interactions), note=note))
    if C.TIME in recipe.columns:
        kept, minutes = len(interactions), recipe.session_minutes
        note = (
            f"{number_of(_visits(interactions, 60 * minutes), 'visit')}, each ended by "
            f"{number_of(minutes, 'minute')} without an event"
        )
        steps.append(Step(name="visits counted", rows_in=kept, rows_out=kept, note=note))
    item_columns = {name: more.pop(name) for name in OF_ITEMS if name in more}
    frame = _item_frame(items, item, item_columns)
    return CleanEvents(interactions, users, items, _context(more), frame, steps)


def _of_unflagged_users(interactions: Interactions) -> Mask:
    """Marks the events (n,) of users who are not suspected bots."""
    unflagged = np.ones(interactions.n_users, bool)
    unflagged[flagged(interactions).users] = False
    return unflagged[interactions.user]


def _visits(interactions: Interactions, pause: int) -> int:
    """The number of visits; more than `pause` seconds without an event end a visit."""
    user, time = interactions.user, interactions.time
    begins = (user[1:] != user[:-1]) | (time[1:] - time[:-1] > pause)
    return int(np.count_nonzero(begins)) + (len(user) > 0)


def _column(column: TextColumn | NumberColumn, order: Longs) -> tuple[Any, Any]:
    if isinstance(column, NumberColumn):
        return None, column.array()[order]
    texts, codes = column.coded()
    return texts, codes[order]


def _fold(
    user: Ints, item: Ints, time: Longs, weight: Any, kinds: Ints | None, recipe: Recipe
) -> tuple[Mask, Any]:
    """Which rows stay, and the weights (n,) that include those of the folded rows."""
    if recipe.repeats == "once":
        _, first = folding.repeats(user.astype(np.int64), item.astype(np.int64))
        # The last row stays, with its time; the weights are summed.
        last = np.arange(len(user))
        last[first] = np.arange(len(user))
        total = np.bincount(first, weights=weight, minlength=len(user))
        return last[first] == np.arange(len(user)), total[first].astype(np.float32)
    kind = item.astype(np.int64)
    if kinds is not None:
        kind = kind * (int(kinds.max(initial=0)) + 1) + kinds
    moment = np.ones(len(user), bool)
    moment[1:] = (user[1:] != user[:-1]) | (time[1:] != time[:-1])
    stay, first = folding.repeats(np.cumsum(moment), kind)
    if C.WEIGHT not in recipe.columns and C.TIME not in recipe.columns:
        folded = np.bincount(first, weights=weight, minlength=len(user)).astype(np.float32)
    else:
        folded = weight.copy()
        again = ~stay
        folded[first[again]] = weight[again]  # in order, so the last weight remains
    return stay, folded


def _context(more: dict[str, tuple[Any, Any]]) -> pa.Table:
    import pyarrow as pa

    columns = {}
    for key, (texts, values) in more.items():
        name = key.removeprefix(event_columns.KEPT)
        if texts is None:
            columns[name] = pa.array(values)
        else:
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(values, mask=values < 0), texts)
    return pa.table(columns)


def _item_frame(items: Vocabulary, item: Ints, columns: dict[str, tuple[Any, Any]]) -> pd.DataFrame:
    """For each item its most frequent text (ties: the first met) and its median number."""
    import pandas as pd

    frame = pd.DataFrame({C.ITEM: pd.Series(items.ids, dtype="str")})
    for name, (texts, values) in columns.items():
        if texts is None:
            medians = pd.Series(values).groupby(item).median()
            frame[name] = medians.reindex(range(len(items))).round(4).to_numpy()
            continue
        codes = _most_frequent(item, values, len(texts), len(items))
        values_ = texts.to_numpy(zero_copy_only=False).astype(object)
        if name == C.CATEGORIES:
            values_ = np.array([categories(text) for text in values_], object)
        found = np.where(codes >= 0, values_[np.maximum(codes, 0)] if len(values_) else None, None)
        frame[name] = pd.Series(found, dtype="str")
    return frame


def _most_frequent(item: Ints, code: Ints, n_codes: int, n_items: int) -> Ints:
    """For each item (n_items,) its most frequent code; -1 if it has none."""
    there = code >= 0
    pairs, counts = np.unique(
        item[there].astype(np.int64) * n_codes + code[there], return_counts=True
    )
    of, what = pairs // max(n_codes, 1), pairs % max(n_codes, 1)
    order = np.lexsort((-what, counts, of))
    out = np.full(n_items, -1, np.int32)
    out[of[order]] = what[order]  # the last one of each item: most frequent, first met
    return out
