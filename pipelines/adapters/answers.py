"""Lists by user, as read from a vendor's files."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.adapters.contract import SHORT_LISTS, UNKNOWN_ITEMS, Reply, Task
from pipelines.runtime.redact import foreign


@dataclass
class Answers:
    """Lists and errors by user id; `problems` counts the problems met while reading."""

    lists: dict[str, tuple[tuple[str, ...], tuple[float, ...] | None]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problems: Counter[str] = field(default_factory=Counter)

    def add(self, user: str, items: Sequence[str], scores: Sequence[float] | None) -> None:
        """Add a user's list, best first; a second list of the same user is only counted."""
        if user in self.lists:
            self.problems["users listed twice"] += 1
            return
        self.lists[user] = without_repeats(items, scores, self.problems)

    def fail(self, user: str, error: str) -> None:
        """Record that the vendor has no list for this user."""
        self.errors.setdefault(user, foreign(error))

    def replies(self, task: Task, k: int, source: str) -> list[Reply]:
        """A reply for each of the task's users; lists end after the k-th item of the task.

        Items outside the task do not count: the bake-off drops them and later items move up, so
        that a list scores the same from an adapter and in `assay evaluate`.
        """
        known = set(task.item_ids)
        return [self._reply(user, k, known, source) for user in task.users]

    def _reply(self, user: str, k: int, known: set[str], source: str) -> Reply:
        if user in self.lists:
            items, scores = self.lists[user]
            if items:
                end = _end(items, k, known)
                return Reply(
                    user, items[:end], None if scores is None else scores[:end], None, None
                )
            return Reply.failed(user, f"{source} has an empty list for this user")
        return Reply.failed(user, self.errors.get(user, f"{source} has no line for this user"))

    def compare_with(self, task: Task) -> None:
        """Count users and items outside the task, and lists shorter than k."""
        requested, known = set(task.users), set(task.item_ids)
        self.problems["users that were not requested"] = len(self.lists.keys() - requested)
        for user in requested & self.lists.keys():
            items = self.lists[user][0]
            self.problems[UNKNOWN_ITEMS] += len(set(items) - known)
            self.problems[SHORT_LISTS] += 0 < len(items) < task.k

    def counted(self) -> dict[str, int]:
        """The problems that occurred."""
        return {name: count for name, count in sorted(self.problems.items()) if count}


def _end(items: Sequence[str], k: int, known: set[str]) -> int:
    """The length of the shortest prefix with k known items, or the whole length."""
    places = [place for place, item in enumerate(items, start=1) if item in known]
    return places[k - 1] if len(places) >= k else len(items)


def without_repeats(
    items: Sequence[str], scores: Sequence[float] | None, problems: Counter[str]
) -> tuple[tuple[str, ...], tuple[float, ...] | None]:
    """The first occurrence of each item, with its score; unusable scores are dropped."""
    if scores is not None and (
        len(scores) != len(items) or not all(math.isfinite(score) for score in scores)
    ):
        problems["lists with unusable scores"] += 1
        scores = None
    if len(set(items)) == len(items):
        return tuple(items), None if scores is None else tuple(scores)
    first = {item: place for place, item in reversed(list(enumerate(items)))}
    kept = sorted(first.values())
    problems["repeated items"] += len(items) - len(kept)
    return tuple(items[p] for p in kept), None if scores is None else tuple(scores[p] for p in kept)
