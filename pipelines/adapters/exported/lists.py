"""A file's lists by user: read as `assay evaluate` reads them, ids as text."""

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
    """Add the file's lists; the number of rows or lines about a user. `AssayError` if it is none.

    The rank decides where there is one, else the score (higher is better), else the order of
    the rows or of the list; equals are ordered by the items' ids as text.
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
    into.problems["rows that cannot be read"] += rows.odd[files.UNREADABLE]
    into.problems["rows without a user or an item"] += found.incomplete
    into.problems[f"places without a {by}"] += found.unranked
    for column in rows.unread:
        into.problems[f"places without a {column}"] += len(found.positions)
    into.problems[f"places with the {by} of the place before them"] += found.ties
    names = users.texts(each.astype(np.int64)).to_pylist()
    texts = np.array(items.texts(np.arange(items.size)).to_pylist(), dtype=object)
    what = texts[items.codes[0][found.positions]]
    scores = None if rows.score is None else rows.score[found.positions]
    for user, (start, end) in zip(names, pairwise(found.indptr.tolist()), strict=True):
        if start == end:
            continue
        own = None if scores is None else scores[start:end]
        if by == "rank" and own is not None:
            contradicted = bool((np.diff(own) > 0).any())
            into.problems["users whose scores contradict the ranks"] += contradicted
        into.add(user, what[start:end].tolist(), None if own is None else own.tolist())
    return len(found.positions)
