"""From a third party's replies to lists of item codes; every problem is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pipelines.keys import distinct
from pipelines.runtime.redact import foreign
from pipelines.schema import NO_ITEM, Ints, Mask

if TYPE_CHECKING:
    from pipelines.adapters.contract import Reply
    from pipelines.evaluation.bakeoff.task import ContenderTask

SEEN = "items left out: already in the user's history"
REPEATED = "items left out: repeated in one list"
SECOND = "second lists for a user"
NEVER = int(np.iinfo(np.int64).max)


@dataclass
class Read:
    """Lists (n, length) int32 in the order of the users, and what was counted."""

    items: Ints
    answered: int
    milliseconds: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    first_error: str = ""
    problems: dict[str, int] = field(default_factory=dict)
    """What `notes` tell, counted."""
    oldest_seen: int | None = None
    """The earliest time at which a user had an item that is left out as seen, seconds UTC."""


def read_replies(replies: list[Reply], users: list[str], task: ContenderTask, length: int) -> Read:
    """Match replies to users, and item ids to codes.

    These are left out of a list and counted: unknown ids, items that may not be recommended,
    seen items under seen-policy "exclude", and repeated items. The first of two replies for a
    user counts. A reply with an error or without a usable item is not an answer, unless the
    user has already interacted with every item that may be recommended.
    """
    place = {user: row for row, user in enumerate(users)}
    items = np.full((len(users), length), NO_ITEM, np.int32)
    found: Counter[str] = Counter()
    answered = np.zeros(len(users), bool)
    asked_again = np.zeros(len(users), bool)
    milliseconds = []
    first_error = ""
    oldest_seen = NEVER
    known = task.catalogue.known
    for reply in replies:
        row = place.get(reply.user_id)
        if row is None:
            found["lists for users who were not asked about"] += 1
            continue
        if asked_again[row]:
            found[SECOND] += 1
            continue
        asked_again[row] = True
        if reply.milliseconds is not None:
            milliseconds.append(reply.milliseconds)
        if reply.error is not None:
            first_error = first_error or foreign(reply.error)
            continue
        barred = set(task.queries.exclude.row(row).tolist())
        kept: list[int] = []
        for code in task.catalogue.items.encode(reply.items).tolist():
            if code < 0 or not known[code]:
                found["items left out: unknown at the cut-off"] += 1
            elif code in barred:
                found[SEEN] += 1
                oldest_seen = min(oldest_seen, _first_had(task, row, code))
            elif code in kept:
                found[REPEATED] += 1
            else:
                kept.append(code)
        kept = kept[:length]
        items[row, : len(kept)] = kept
        answered[row] = bool(kept)
        found["lists that are too short"] += 0 < len(kept) < length
    answered |= nothing_left(task)
    notes = [f"{count:,} {what}" for what, count in found.items() if count]
    return Read(
        items,
        int(answered.sum()),
        milliseconds,
        notes,
        first_error,
        {what: count for what, count in found.items() if count},
        None if oldest_seen == NEVER else oldest_seen,
    )


def _first_had(task: ContenderTask, row: int, code: int) -> int:
    """When the user of a request first had an item of its history, seconds UTC."""
    asked = task.queries
    rows = slice(asked.history.indptr[row], asked.history.indptr[row + 1])
    times = asked.times[rows][asked.history.values[rows] == code]
    return int(times.min(initial=NEVER))


def nothing_left(task: ContenderTask) -> Mask:
    """Marks the requests (n,) for which no item is left to recommend."""
    exclude, n_items = task.queries.exclude, task.queries.n_items
    rows = np.repeat(np.arange(len(exclude), dtype=np.int64), exclude.lengths())
    there = task.catalogue.known[exclude.values]
    had = distinct(rows[there] * n_items + exclude.values[there]) // n_items
    return np.bincount(had, minlength=len(exclude)) >= task.catalogue.known.sum()
