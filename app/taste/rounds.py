"""Rounds of the blind taste test: the user, the two contenders, and which is on the left.

A round follows from its token, so a reloaded page shows the same round.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.schema import Ints

LENGTH = 10
"""The maximum length of a list that is shown."""
TRIES = 50
"""How many users and pairs are drawn before all lists count as equal."""


@dataclass(frozen=True)
class Round:
    """Two lists of equal length for one user; the contenders are hidden until the vote."""

    person: str
    """A user's id, or the items of a made-up history."""
    left: str
    right: str
    """The contenders' names."""
    left_items: list[str]
    right_items: list[str]
    """Item ids, best first."""

    @property
    def differ(self) -> bool:
        """Whether the two lists differ."""
        return bool(self.left_items) and self.left_items != self.right_items


class Answers(Protocol):
    """The source of rounds."""

    def round(self, token: str) -> Round | None:
        """The round of a token; None if all lists are equal."""

    def shown(self, person: str, left: str, right: str) -> Round:
        """Two contenders' lists for a user, cut to the shorter one."""

    def history(self, person: str) -> list[str]:
        """The ids of the last items in a user's history, newest first."""


@dataclass(frozen=True)
class Stored:
    """The lists that a bake-off stored for its users."""

    folder: BakeoffFolder
    names: Sequence[str]
    """The contenders that can be shown."""
    users: npt.NDArray[np.object_]
    """The evaluated users' ids (n,), in the order of the lists' rows."""
    items: npt.NDArray[np.object_]
    """The items' ids by code."""
    user_id: str | None = None
    """Whose lists; None for a random user with a history."""

    def round(self, token: str) -> Round | None:
        draw = random.Random(token)
        shown = (self.shown(*given) for given in self._draws(draw))
        return next((one for one in shown if one.differ), None)

    def _draws(self, draw: random.Random) -> Iterator[tuple[str, str, str]]:
        pairs = list(permutations(self.names, 2))
        if self.user_id is not None:
            draw.shuffle(pairs)
            yield from ((self.user_id, left, right) for left, right in pairs)
            return
        known = self.folder.requests.history.lengths() > 0  # without a history there is no taste
        users = self.users[known] if known.any() else self.users
        for _ in range(TRIES):
            left, right = draw.choice(pairs)
            yield str(draw.choice(users)), left, right

    def shown(self, person: str, left: str, right: str) -> Round:
        row = self._row(person)
        one, other = (self._ids(self.folder.lists(name)[row]) for name in (left, right))
        return _cut(person, left, right, one, other)

    def history(self, person: str) -> list[str]:
        return self._ids(self.folder.requests.history.row(self._row(person))[::-1][:LENGTH])

    def _row(self, user_id: str) -> int:
        found = np.flatnonzero(self.users == user_id)
        if len(found) == 0:
            some = ", ".join(map(str, self.users[:3]))
            raise AssayError(
                f"The user {user_id!r} is not in this bake-off. Choose one of its "
                f"{len(self.users):,} evaluated users, such as {some}."
            )
        return int(found[0])

    def _ids(self, codes: Ints) -> list[str]:
        return [str(self.items[code]) for code in codes.tolist() if code >= 0]


@dataclass(frozen=True)
class Live:
    """The contenders' lists for a made-up history, computed now."""

    names: Sequence[str]
    items: Sequence[str]
    """The history's item ids, newest last."""
    answer: Callable[[str], list[str]]
    """A contender's list for that history."""

    @property
    def person(self) -> str:
        """The history, as it is stored with a vote."""
        return f"made-up history: {', '.join(self.items)}"

    def round(self, token: str) -> Round | None:
        pairs = list(permutations(self.names, 2))
        random.Random(token).shuffle(pairs)
        shown = (self.shown(self.person, left, right) for left, right in pairs)
        return next((one for one in shown if one.differ), None)

    def shown(self, person: str, left: str, right: str) -> Round:
        return _cut(person, left, right, self.answer(left), self.answer(right))

    def history(self, person: str) -> list[str]:
        return list(self.items)[::-1][:LENGTH]


def _cut(person: str, left: str, right: str, one: list[str], other: list[str]) -> Round:
    places = min(len(one), len(other), LENGTH)
    return Round(person, left, right, one[:places], other[:places])


def contenders(
    document: BakeoffDocument, why_not: Callable[[ContenderResult], str]
) -> tuple[list[str], dict[str, str]]:
    """The contenders that can be shown, and why the others cannot (by name).

    `why_not` returns why a scored contender has no list, or an empty string. Baselines are left
    out unless fewer than two others have lists.
    """
    able: list[ContenderResult] = []
    missing = {}
    for c in document.contenders:
        why = why_not(c) if c.status == "scored" else c.reason or f"Its status is “{c.status}”."
        if why:
            missing[c.name] = why
        else:
            able.append(c)
    others = [c.name for c in able if c.kind != "baseline"]
    return (others if len(others) >= 2 else [c.name for c in able]), missing
