"""Rounds of the blind taste test: whose two lists are shown, and which stands on the left.

All of a round follows from its token, so that a page that is loaded again shows the same one.
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
"""The most places of a list that are shown."""
TRIES = 50
"""People and pairs that are drawn before two lists count as the same everywhere."""


@dataclass(frozen=True)
class Round:
    """Two lists for one person, equally long; the contenders are not told before the vote."""

    person: str
    """A user's id, or the items of a made-up history."""
    left: str
    right: str
    """The contenders."""
    left_items: list[str]
    right_items: list[str]
    """Item ids, best first."""

    @property
    def differ(self) -> bool:
        """Whether there is something to choose between."""
        return bool(self.left_items) and self.left_items != self.right_items


class Answers(Protocol):
    """What rounds are drawn from."""

    def round(self, token: str) -> Round | None:
        """The round of a token; None where all lists are alike."""

    def shown(self, person: str, left: str, right: str) -> Round:
        """Two contenders' lists for a person, cut to the shorter one."""

    def history(self, person: str) -> list[str]:
        """The ids of the items that a person took up last, newest first."""


@dataclass(frozen=True)
class Stored:
    """The lists that a bake-off kept of the people it asked about."""

    kept: BakeoffFolder
    names: Sequence[str]
    """The contenders that are shown."""
    users: npt.NDArray[np.object_]
    """The evaluated users' ids (n,), in the order of the lists' rows."""
    items: npt.NDArray[np.object_]
    """The items' ids by code."""
    user_id: str | None = None
    """Whose lists; None: of anybody who has a history."""

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
        told = self.kept.requests.history.lengths() > 0  # of the others nobody knows the taste
        people = self.users[told] if told.any() else self.users
        for _ in range(TRIES):
            left, right = draw.choice(pairs)
            yield str(draw.choice(people)), left, right

    def shown(self, person: str, left: str, right: str) -> Round:
        row = self._row(person)
        one, other = (self._ids(self.kept.lists(name)[row]) for name in (left, right))
        return _cut(person, left, right, one, other)

    def history(self, person: str) -> list[str]:
        return self._ids(self.kept.requests.history.row(self._row(person))[::-1][:LENGTH])

    def _row(self, user_id: str) -> int:
        found = np.flatnonzero(self.users == user_id)
        if len(found) == 0:
            some = ", ".join(map(str, self.users[:3]))
            raise AssayError(
                f"No contender was asked about the user {user_id!r} in this bake-off; choose one "
                f"of its {len(self.users):,} evaluated users, such as {some}."
            )
        return int(found[0])

    def _ids(self, codes: Ints) -> list[str]:
        return [str(self.items[code]) for code in codes.tolist() if code >= 0]


@dataclass(frozen=True)
class Live:
    """What contenders answer now to a history that somebody made up."""

    names: Sequence[str]
    items: Sequence[str]
    """The history's item ids, newest last."""
    answer: Callable[[str], list[str]]
    """A contender's list for that history."""

    @property
    def person(self) -> str:
        """The history, as a vote names it."""
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
    """Who is shown, and why others are not (by name).

    `why_not` says why a scored contender has no list, or nothing. Baselines are left out,
    unless fewer than two others have lists.
    """
    able, silent = [], {}
    for c in document.contenders:
        why = why_not(c) if c.status == "scored" else c.reason or f"It was {c.status}."
        if why:
            silent[c.name] = why
        else:
            able.append(c)
    others = [c.name for c in able if c.kind != "baseline"]
    return (others if len(others) >= 2 else [c.name for c in able]), silent
