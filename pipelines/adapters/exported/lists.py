"""Reads the lists of a file by user, as `assay evaluate` does; ids are text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from pipelines.adapters.answers import Answers
from pipelines.reading import files
from pipelines.reading.arranging import in_order
from pipelines.reading.ids import number
from pipelines.reading.rows import Rows


def read(path: Path, into: Answers) -> int:
    """Add the lists of the file; returns the number of rows or lines read.

    Lists are ordered by rank if there is one, else by score (higher is better), else as in the
    file; ties are ordered by item id as text. Raises `AssayError` if the file is unusable.
    """
    if path.is_file() and path.stat().st_size == 0:
        return 0
    if files.is_lists(path):
        return _add_lines(path, into)
    return _add_rows(files.read_file(path, "recommendations"), into)


def _add_lines(path: Path, into: Answers) -> int:
    used = 0
    for line in files.lists(path, into.problems):
        used += 1
        if line.error:
            into.fail(line.user, line.error)
        else:
            into.add(line.user, line.items, line.scores)
    return used


def _add_rows(rows: Rows, into: Answers) -> int:
    users, items = number([rows.user]), number([rows.item])
    each = np.arange(users.size, dtype=np.int32)
    found = in_order(users.codes[0], items, 0, rows.order, each, users.size)
    by = rows.ordered_by
    into.problems["rows that cannot be read"] += rows.issues[files.UNREADABLE]
    into.problems["rows without a user or an item"] += found.incomplete
    into.problems[f"positions without a {by}"] += found.unranked
    for column in rows.unread:
        into.problems[f"positions without a {column}"] += len(found.positions)
    into.problems[f"positions with the same {by} as the position before"] += found.ties
    user_ids = users.texts(each.astype(np.int64)).to_pylist()
    texts = np.array(items.texts(np.arange(items.size)).to_pylist(), dtype=object)
    item_ids = texts[items.codes[0][found.positions]]
    scores = None if rows.score is None else rows.score[found.positions]
    for user, (start, end) in zip(user_ids, pairwise(found.indptr.tolist()), strict=True):
        if start == end:
            continue
        of_user = None if scores is None else scores[start:end]
        if by == "rank" and of_user is not None:
            contradicted = bool((np.diff(of_user) > 0).any())
            into.problems["users whose scores contradict the ranks"] += contradicted
        given = None if of_user is None else of_user.tolist()
        into.add(user, item_ids[start:end].tolist(), given)
    return len(found.positions)
