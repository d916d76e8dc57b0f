"""What the first rows propose for users and items: other columns, spellings, lists, texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.data.importing.column_errors import map_option
from pipelines.data.importing.more_names import LISTS
from pipelines.data.importing.names import FALLBACKS, VISITORS
from pipelines.data.importing.plain_names import plain
from pipelines.data.importing.proposal import Head, Proposal
from pipelines.data.recipe import Recipe
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns as C

_WHOLE = r"^[+-]?[0-9]+(\.0+)?$"
_POINT_ZERO = r"^[+-]?[0-9]+\.0+$"
_MANY_TITLES = 0.5
"""The share of an item's rows that must agree for a text to describe the item."""
_MOSTLY = 0.9
_MANY_UNNAMED = 0.5
"""The share of rows without an item id at which items are known by their names."""
_LEAST_REPEATS = 10
_LISTED = 5_000
_MANY_LISTS = 0.2


def names_as_ids(done: Proposal, head: Head, given: Recipe) -> None:
    """The names of items as their ids, where the file has no others."""
    item, title = (done.recipe.columns.get(name) for name in (C.ITEM, C.TITLE))
    if C.ITEM in given.columns or C.TITLE in given.columns or title not in head.columns:
        return
    names = head.columns[title]
    if item is None:
        lost, rows = len(names), len(names)
        why = f"No column of item ids was found: items are known by {title}"
    elif item in head.columns:
        lost, rows = head.columns[item].null_count, len(names)
        why = f"{item} is empty in {lost:,} of the first {number_of(rows, 'row')}: items are known "
        why += f"by {title}"
    else:
        return
    named = len(names) - names.null_count
    if not lost or named < _MOSTLY * rows:
        return
    if lost < _MANY_UNNAMED * rows:
        done.notes.append(
            f"{item} is empty in {lost:,} of the first {number_of(rows, 'row')}, which go to "
            f"quarantine; {map_option(C.ITEM, title)} knows items by {title}."
        )
        return
    done.by_content.append(C.ITEM)
    done.set(
        f"{why}; --map item_id=COLUMN names another column.",
        columns=done.columns(**{C.ITEM: title, C.TITLE: None}),
    )


def lists(done: Proposal, head: Head) -> None:
    """Several items in one cell, which would be an item of its own."""
    column = done.recipe.columns.get(C.ITEM, "")
    if column not in head.columns:
        return
    values = head.texts(column).to_pylist()[:_LISTED]
    parts = [re.split(r"\s*[,;|]\s*", value) for value in values]
    several = [value for value, split in zip(values, parts, strict=True) if len(split) > 1]
    every = [part for split in parts if len(split) > 1 for part in split]
    if not several:
        return
    # Names of single items repeat as a whole; lists repeat in their parts only.
    said = plain(column.rpartition(".")[2]) in LISTS
    many = len(several) >= max(_LEAST_REPEATS, _MANY_LISTS * len(values))
    whole, apart = len(set(several)) / len(several), len(set(every)) / len(every)
    if said or (many and whole >= 0.5 and apart <= 0.5):
        done.notes.append(
            f"{column} holds several items in one value, as {several[0][:60]!r}, and each such "
            "value is read as one item; export a row per item."
        )


def visitors(done: Proposal, head: Head, given: Recipe) -> None:
    """A visitor's id for rows without a user."""
    import pyarrow.compute as pc

    column = done.recipe.columns.get(C.USER)
    if column is None or "user_fallback" in given.model_fields_set or column not in head.columns:
        return
    users = head.columns[column]
    lost = users.is_null()
    if not users.null_count or plain(column.rpartition(".")[2]) in VISITORS:
        return
    taken = done.recipe.columns.values()
    for name in FALLBACKS:
        for other, values in head.columns.items():
            if other in taken or plain(other.rpartition(".")[2]) != name:
                continue
            saved = int(pc.sum(pc.and_(lost, values.is_valid())).as_py() or 0)
            if saved >= 0.5 * users.null_count:
                note = f"Rows without {column} get the user from {other}"
                done.set(f"{note}; --user-fallback '' leaves them out.", user_fallback=other)
                return


def descriptions(done: Proposal, head: Head, given: Recipe) -> None:
    """Texts that differ from row to row of one item, such as titles of reviews."""
    item = done.recipe.columns.get(C.ITEM)
    for name in (C.TITLE, C.CATEGORIES):
        column = done.recipe.columns.get(name)
        if column is None or item is None or name in given.columns:
            continue
        import pandas as pd

        frame = pd.DataFrame({"item": head.columns[item], "text": head.columns[column]}).dropna()
        sizes = frame.groupby("item")["text"].transform("size")
        frame = frame[sizes > 1]
        if len(frame) < _LEAST_REPEATS:
            continue
        most = frame.groupby("item")["text"].agg(lambda texts: texts.value_counts().iloc[0])
        if most.sum() / len(frame) < _MANY_TITLES:
            examples = ", ".join(repr(t[:40]) for t in frame["text"].unique()[:2])
            done.set(
                f"{column} is not the {name} of an item: it differs from row to row of one item "
                f"({examples}); {map_option(name, column)} takes it.",
                columns=done.columns(**{name: None}),
            )


def float_ids(done: Proposal, heads: Sequence[Head], given: Recipe) -> None:
    """Whole numbers that were written as floats: 3.0 is 3."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "normalize_ids" in given.model_fields_set:
        return
    for name in (C.USER, C.ITEM):
        column = done.recipe.columns.get(name)
        texts = pa.chunked_array([head.texts(column) for head in heads], pa.string())
        if not len(texts) or not pc.all(pc.match_substring_regex(texts, _WHOLE)).as_py():
            continue
        floats = texts.filter(pc.match_substring_regex(texts, _POINT_ZERO))
        if len(floats):
            example = floats[0].as_py()
            done.set(
                f"Ids are whole numbers: {example[:40]} in {column} is read as "
                f"{example.partition('.')[0][:40]}.",
                normalize_ids=("decimals",),
            )
            return
