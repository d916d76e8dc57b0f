"""From tables to lists and ground truth, with counts of the problems met."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.engine import at_once
from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError
from pipelines.reading.arranging import OrderedItems, arrange
from pipelines.reading.ids import Numbered, number
from pipelines.reading.lists import Lists
from pipelines.reading.problems import Problems
from pipelines.reading.rows import OrderedBy, Rows
from pipelines.reading.scored_users import (
    RECOMMENDATIONS,
    TRUTH,
    ScoredUsers,
    scored_users,
    with_a_row,
)
from pipelines.schema import Ints, Longs, Mask

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.reading.id_columns import IdColumn


@dataclass(frozen=True)
class Read:
    """Lists (n, width) with their ground truth, and the ids of the n users (int64 or text)."""

    lists: Lists
    users: pa.Array
    problems: Problems
    ordered_by: OrderedBy
    items: Numbered
    """The codes and ids of the items."""
    unread: list[str]
    """Columns of ranks or scores that were ignored because they hold no readable value."""
    others: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns of the recommendations and of the truth that are not read, by table."""
    truth_columns: tuple[str, ...] = ()
    """Those of the truth."""


def read(
    recommendations: Rows,
    truth: Rows,
    train: Rows | None = None,
    *,
    depth: int,
    seen: SeenPolicy = "keep",
    in_text_order: bool = False,
) -> Read:
    """The first `depth` usable items of the list of each user in the truth.

    Repeated items, items that are not in `train` and, under seen policy "exclude", items that
    the user has there are left out (the latter from the truth too); later items move up.
    `in_text_order` sorts users by id as text, like a bake-off. Raises `AssayError` if a table
    has no usable row, or the tables have no user or no item in common. Linear in rows; up to
    2 billion rows.
    """
    tables = [recommendations, truth, *([train] if train else [])]
    users, items = at_once(
        lambda: number(_user_columns(tables)),
        lambda: number([table.item for table in tables]),
    )
    if in_text_order:
        users = users.in_text_order()
    if train:
        items = items.in_text_order()  # equally popular items are ordered by code
    there = [with_a_row(users, items, place) for place in range(len(tables))]
    for table, anybody in zip(tables, there, strict=True):
        if not anybody.any():
            raise AssayError(f"No row of {table.name} has a user and an item; check the file.")
    if recommendations.listed is not None:
        listed_users = users.codes[len(tables)]
        there[RECOMMENDATIONS][listed_users[listed_users >= 0]] = True
    if not (there[RECOMMENDATIONS] & there[TRUTH]).any():
        raise _nothing_in_common("user", users, recommendations, truth)
    scored = scored_users(users, items, there[TRUTH], trained=train is not None, seen=seen)
    if not len(scored):
        raise AssayError(
            f"All held-out interactions in {truth.name} are already in {tables[-1].name}, and "
            "seen policy exclude leaves these out; use seen policy keep, or training data that "
            "ends before the truth."
        )
    codes, n = users.codes[RECOMMENDATIONS], len(scored)
    ordered = arrange(codes, items, RECOMMENDATIONS, recommendations.order, scored.row_of, n)
    listed = there[RECOMMENDATIONS][scored.users]
    if not listed.any():
        raise AssayError(
            f"For the users of {recommendations.name}, all held-out interactions in {truth.name} "
            f"are already in {tables[-1].name}, and seen policy exclude leaves these out; use "
            "seen policy keep, or training data that ends before the truth."
        )
    lists, counts = _filled_lists(ordered, listed, scored, depth, drop_seen=seen == "exclude")
    if not _shared(items):
        raise _nothing_in_common("item", items, recommendations, truth)
    issues = recommendations.issues
    problems = Problems(
        duplicates=int(counts[0]),
        unknown_items=int(counts[1]),
        seen_items=int(counts[2]),
        missing_users=int(counts[3]),
        short_lists=int(counts[4]),
        empty_lists=int(counts[5]),
        ties=ordered.ties,
        unranked=ordered.unranked,
        extra_users=int((there[RECOMMENDATIONS] & ~there[TRUTH]).sum()),
        second_lists=issues["second lists"],
        failed_lists=issues["failed lists"],
        unusable_rows=ordered.incomplete + issues["unreadable"],
        truth_duplicates=scored.copies,
        unknown_truths=int((~scored.known[scored.truth.values]).sum()),
        seen_truths=scored.seen,
        users_without_new_truths=scored.without_new,
        unusable_truth_rows=scored.incomplete + truth.issues["unreadable"],
        unusable_train_rows=scored.incomplete_train + (train.issues["unreadable"] if train else 0),
    )
    ids = users.values(scored.users)
    return Read(
        Lists(lists, scored.ground_truth), ids, problems, recommendations.ordered_by, items,
        recommendations.unread,
        {table.name: table.others for table in (recommendations, truth) if table.others},
        truth.others,
    )  # fmt: skip


def _user_columns(tables: list[Rows]) -> list[IdColumn]:
    """The user columns of the tables, then the users with a list, which may have no row."""
    listed = tables[RECOMMENDATIONS].listed
    return [*(table.user for table in tables), *([] if listed is None else [listed])]


def _filled_lists(
    ordered: OrderedItems, listed: Mask, scored: ScoredUsers, depth: int, *, drop_seen: bool
) -> tuple[Ints, Longs]:
    """The lists (n, at most `depth`), and the counts of `kernels.fill_lists`."""
    from pipelines.reading import kernels

    longest = int(np.diff(ordered.indptr).max(initial=0))
    lists = np.full((len(scored), max(1, min(depth, longest))), -1, np.int32)
    counts = np.zeros(6, np.int64)
    history = scored.history
    kernels.fill_lists(
        ordered.indptr, ordered.items, listed, scored.known, history.indptr, history.values,
        drop_seen, depth, lists, counts,
    )  # fmt: skip
    return lists, counts


def _shared(items: Numbered) -> bool:
    """Whether the recommendations have an item in common with another table."""
    from pipelines.reading import kernels

    recommended, *others = items.codes
    return any(kernels.shared(recommended, codes, items.size) for codes in others)


def _nothing_in_common(what: str, ids: Numbered, one: Rows, other: Rows) -> AssayError:
    def some(table: int) -> str:
        codes = ids.codes[table]
        first = np.unique(codes[codes >= 0][:1000])[:3].astype(np.int64)
        return ", ".join(repr(text[:40]) for text in ids.texts(first).to_pylist())

    return AssayError(
        f"No {what} of {one.name} (such as {some(RECOMMENDATIONS)}) is in {other.name} (such as "
        f"{some(TRUTH)}); check whether both use the same ids, or columns were swapped."
    )
