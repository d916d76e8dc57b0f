"""Rounds of the blind taste test: whose two lists are shown, and which stands on the left.

All of a round follows from its token, so that a page that is loaded again shows the same one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from pipelines.errors import AssayError
from pipelines.evaluation.kept import ANSWER, Kept
from pipelines.evaluation.results import BakeoffDocument
from pipelines.schema import Ints
from pipelines.workspace.records import VoteRecord

LENGTH = 10
"""The most places of a list that are shown."""
TRIES = 50
"""People and pairs that are drawn before two lists count as the same everywhere."""


@dataclass(frozen=True)
class Round:
    """Two lists for one person, equally long; the contenders are not told before the vote."""

    user_id: str
    left: str
    right: str
    """The contenders."""
    left_items: list[str]
    right_items: list[str]
    """Item ids, best first."""


@dataclass(frozen=True)
class Table:
    """What rounds are drawn from: the lists of a bake-off and the ids behind its codes."""

    kept: Kept
    names: Sequence[str]
    """The contenders that are shown."""
    users: npt.NDArray[np.object_]
    """The evaluated users' ids (n,), in the order of the lists' rows."""
    items: npt.NDArray[np.object_]
    """The items' ids by code."""

    def round(self, token: str, user_id: str | None = None) -> Round | None:
        """The round of a token, for one person or for anybody; None where all lists are alike."""
        if user_id is not None:
            self.row(user_id)
        draw = random.Random(f"{token} {user_id}")
        for person, left, right in self._draws(draw, user_id):
            found = self.shown(person, left, right)
            if found.left_items and found.left_items != found.right_items:
                return found
        return None

    def _draws(self, draw: random.Random, user_id: str | None) -> Iterator[tuple[str, str, str]]:
        pairs = list(permutations(self.names, 2))
        if user_id is not None:
            draw.shuffle(pairs)
            yield from ((user_id, left, right) for left, right in pairs)
            return
        told = self.kept.asked.history.lengths() > 0  # of the others nobody knows the taste
        people = self.users[told] if told.any() else self.users
        for _ in range(TRIES):
            left, right = draw.choice(pairs)
            yield str(draw.choice(people)), left, right

    def shown(self, user_id: str, left: str, right: str) -> Round:
        """Two contenders' lists for a user, cut to the shorter one."""
        row = self.row(user_id)
        one, other = (self._list(name, row) for name in (left, right))
        places = min(len(one), len(other), LENGTH)
        return Round(user_id, left, right, one[:places], other[:places])

    def of_vote(self, vote: VoteRecord) -> Round:
        """The round that a vote was about."""
        return self.shown(vote.person, vote.left, vote.right)

    def history(self, user_id: str, most: int = LENGTH) -> list[str]:
        """The ids of the items that a user took up last before the cut-off, newest first."""
        return self._ids(self.kept.asked.history.row(self.row(user_id))[::-1][:most])

    def row(self, user_id: str) -> int:
        """The row of a user; an `AssayError` where the bake-off did not ask about them."""
        found = np.flatnonzero(self.users == user_id)
        if len(found) == 0:
            some = ", ".join(map(str, self.users[:3]))
            raise AssayError(
                f"No contender was asked about the user {user_id!r} in this bake-off; choose one "
                f"of its {len(self.users):,} evaluated users, such as {some}."
            )
        return int(found[0])

    def _list(self, name: str, row: int) -> list[str]:
        return self._ids(self.kept.lists(name)[row])

    def _ids(self, codes: Ints) -> list[str]:
        return [str(self.items[code]) for code in codes.tolist() if code >= 0]


def contenders(document: BakeoffDocument, kept: Kept) -> tuple[list[str], dict[str, str]]:
    """Who is shown, and why others are not (by name).

    Baselines are left out, unless fewer than two others have lists.
    """
    able, silent = [], {}
    for c in document.contenders:
        if c.status != "scored":
            silent[c.name] = c.reason or f"It was {c.status}."
        elif not (kept.folder / "contenders" / c.name / ANSWER).exists():
            silent[c.name] = "Its lists are no longer stored; run the bake-off again."
        else:
            able.append(c)
    others = [c.name for c in able if c.kind != "baseline"]
    return (others if len(others) >= 2 else [c.name for c in able]), silent
