"""From tables to what metrics take: lists, truths, and what was odd about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.engine import at_once
from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError
from pipelines.reading.arranging import Arranged, arrange
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
    """Lists (n, width) beside their answer key, and the n users' ids (int64 or text)."""

    lists: Lists
    users: pa.Array
    problems: Problems
    ordered_by: OrderedBy
    items: Numbered
    """The items' codes and ids."""
    unread: list[str]
    """Columns that would order the lists, had they a readable value."""


def read(
    recommendations: Rows,
    truth: Rows,
    train: Rows | None = None,
    *,
    depth: int,
    seen: SeenPolicy = "keep",
    in_text_order: bool = False,
) -> Read:
    """The first `depth` usable places of the list of each user with a truth.

    Left out, and what follows moves up: later copies of an item, items that are not in
    `train`, and under seen-policy "exclude" what the user has there (from the truth as well).
    `in_text_order` puts users in the order of their ids as text, as a bake-off does.
    `AssayError` where a table has no usable row, or the tables have no user or no item in
    common. Linear in rows; up to 2 billion of them.
    """
    tables = [recommendations, truth, *([train] if train else [])]
    users, items = at_once(
        lambda: number(_user_columns(tables)),
        lambda: number([table.item for table in tables]),
    )
    if in_text_order:
        users = users.in_text_order()
    if train:
        items = items.in_text_order()  # equally popular items are told apart by their codes
    there = [with_a_row(users, items, place) for place in range(len(tables))]
    for table, anybody in zip(tables, there, strict=True):
        if not anybody.any():
            raise AssayError(
                f"There is no row with a user and an item in {table.name}; check the file."
            )
    if recommendations.listed is not None:
        mine = users.codes[len(tables)]
        there[RECOMMENDATIONS][mine[mine >= 0]] = True
    if not (there[RECOMMENDATIONS] & there[TRUTH]).any():
        raise _nothing_in_common("user", users, recommendations, truth)
    who = scored_users(users, items, there[TRUTH], trained=train is not None, seen=seen)
    if not len(who):
        raise AssayError(
            f"All users have all of their truths in {tables[-1].name} already, and seen-policy "
            "exclude leaves such truths out; keep them, or let the training end before the truth."
        )
    codes = users.codes[RECOMMENDATIONS]
    arranged = arrange(codes, items, RECOMMENDATIONS, recommendations.order, who.row_of, len(who))
    listed = there[RECOMMENDATIONS][who.users]
    if not listed.any():
        raise AssayError(
            f"The users of {recommendations.name} that are in {truth.name} have all of their "
            f"truths in {tables[-1].name} already, and seen-policy exclude leaves such truths out; "
            "keep them, or let the training end before the truth."
        )
    lists, counts = _settled(arranged, listed, who, depth, drop_seen=seen == "exclude")
    if not _shared(items):
        raise _nothing_in_common("item", items, recommendations, truth)
    odd = recommendations.odd
    problems = Problems(
        duplicates=int(counts[0]),
        unknown_items=int(counts[1]),
        seen_items=int(counts[2]),
        missing_users=int(counts[3]),
        short_lists=int(counts[4]),
        empty_lists=int(counts[5]),
        ties=arranged.ties,
        unranked=arranged.unranked,
        extra_users=int((there[RECOMMENDATIONS] & ~there[TRUTH]).sum()),
        second_lists=odd["second lists"],
        failed_lists=odd["failed lists"],
        unusable_rows=arranged.incomplete + odd["unreadable"],
        truth_duplicates=who.copies,
        unknown_truths=int((~who.known[who.truth.values]).sum()),
        seen_truths=who.seen,
        users_without_new_truths=who.lost,
        unusable_truth_rows=who.incomplete + truth.odd["unreadable"],
        unusable_train_rows=who.incomplete_train + (train.odd["unreadable"] if train else 0),
    )
    ids = users.values(who.users)
    return Read(
        Lists(lists, who.ground_truth), ids, problems, recommendations.ordered_by, items,
        recommendations.unread,
    )  # fmt: skip


def _user_columns(tables: list[Rows]) -> list[IdColumn]:
    """The tables' users, and behind them those whose lists need not give a row."""
    listed = tables[RECOMMENDATIONS].listed
    return [*(table.user for table in tables), *([] if listed is None else [listed])]


def _settled(
    arranged: Arranged, listed: Mask, who: ScoredUsers, depth: int, *, drop_seen: bool
) -> tuple[Ints, Longs]:
    """The lists (n, at most `depth`), and the counts of `kernels.settle`."""
    from pipelines.reading import kernels

    longest = int(np.diff(arranged.indptr).max(initial=0))
    lists = np.full((len(who), max(1, min(depth, longest))), -1, np.int32)
    counts = np.zeros(6, np.int64)
    history = who.history
    kernels.settle(
        arranged.indptr, arranged.items, listed, who.known, history.indptr, history.values,
        drop_seen, depth, lists, counts,
    )  # fmt: skip
    return lists, counts


def _shared(items: Numbered) -> bool:
    """Whether the recommendations have an item in common with another table."""
    from pipelines.reading import kernels

    mine, *others = items.codes
    return any(kernels.shared(mine, codes, items.size) for codes in others)


def _nothing_in_common(what: str, ids: Numbered, one: Rows, other: Rows) -> AssayError:
    def some(table: int) -> str:
        codes = ids.codes[table]
        first = np.unique(codes[codes >= 0][:1000])[:3].astype(np.int64)
        return ", ".join(repr(text[:40]) for text in ids.texts(first).to_pylist())

    return AssayError(
        f"No {what} of {one.name} (such as {some(RECOMMENDATIONS)}) is in {other.name} (such as "
        f"{some(TRUTH)}); perhaps their ids are of another kind, or columns were swapped."
    )
