"""The input of behavioral tests: users, items, and one contender's lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipelines.evaluation.behavior.pairs import Pairs, similar_pairs
from pipelines.evaluation.behavior.probes import Probes
from pipelines.keys import among
from pipelines.schema import Catalogue, Ints, Longs, Mask, Ragged

if TYPE_CHECKING:
    from pipelines.data.dataset import Dataset
    from pipelines.data.split import Split

SHOWN = 10
"""The most items of a list in an example."""


@dataclass(frozen=True)
class Background:
    """The evaluated users (n) and the items, the same for all contenders of a bake-off."""

    users: npt.NDArray[np.object_]
    """Their ids, (n,)."""
    history: Ragged
    truth: Ragged
    """Each user's held-out items; -1 is an unknown item."""
    exclude: Ragged
    """Items that the seen-policy excludes from each user's list."""
    catalogue: Catalogue
    """`known` marks the items that may be recommended."""
    events: Longs
    """Training events of each item, (n_items,)."""
    k: int
    """Length of the lists that users see: the manifest's k."""
    seed: int = 0

    @staticmethod
    def of(cut: Split, dataset: Dataset, k: int, seed: int) -> Background:
        """The background of a split dataset."""
        q = cut.queries
        return Background(
            users=dataset.users.decode(q.user),
            history=q.history,
            truth=cut.truth,
            exclude=q.exclude,
            catalogue=dataset.catalogue.at(cut.known),
            events=np.bincount(cut.train.item, minlength=cut.train.n_items).astype(np.int64),
            k=k,
            seed=seed,
        )

    def __len__(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.events)

    @cached_property
    def pairs(self) -> Pairs:
        """Pairs of users with similar histories, and other partners for the same users."""
        return similar_pairs(self.history, self.n_items, self.seed)

    @cached_property
    def _titles(self) -> npt.NDArray[np.object_]:
        return self.catalogue.titles()

    def item(self, code: int) -> dict[str, str]:
        """An item as shown in examples."""
        return {"item_id": str(self.catalogue.items.ids[code]), "title": str(self._titles[code])}

    def items(self, codes: npt.ArrayLike) -> list[dict[str, str]]:
        """The first `SHOWN` items of a list, without its empty places."""
        row = np.asarray(codes)
        return [self.item(code) for code in row[row >= 0][:SHOWN].tolist()]

    def user(self, row: int) -> str:
        return str(self.users[row])

    def column(self, *names: str) -> Any:
        """The first of these columns in the items table, a Series; None if missing or empty."""
        frame = self.catalogue.frame
        found = next((name for name in names if name in frame), None)
        return None if found is None or not frame[found].notna().any() else frame[found]


@dataclass(frozen=True)
class Answer:
    """One contender's lists for the background's users, and its answers to repeated requests."""

    background: Background
    lists: Ints
    """(n, width) int32, best first, -1 in empty places."""
    probes: Probes

    @property
    def shown(self) -> Ints:
        """The places that users see, (n, min(k, width))."""
        return self.lists[:, : self.background.k]


def rows_and_values(lists: Ragged) -> tuple[Longs, Ints]:
    """The row of each value, and the values; unknown items (-1) are left out."""
    rows = np.repeat(np.arange(len(lists), dtype=np.int64), lists.lengths())
    there = lists.values >= 0
    return rows[there], lists.values[there]


def listed(shown: Ints, rows: Longs, lists: Ragged, n_items: int) -> Mask:
    """Marks the places of `shown` (m, k) whose item is in that row of `lists`.

    `rows` (m,) is the row of `lists` that belongs to each row of `shown`.
    """
    owner, values = rows_and_values(lists.take(rows))
    keys = owner * n_items + values
    mine = np.arange(len(shown), dtype=np.int64)[:, None] * n_items + shown
    return (shown >= 0) & among(mine, keys)
