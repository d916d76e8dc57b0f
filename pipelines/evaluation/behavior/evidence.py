"""What behavioral tests look at: the people, the items, and one contender's lists."""

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
"""Places of a list that an example shows, at most."""


@dataclass(frozen=True)
class Background:
    """The evaluated people (n) and the items, the same for all contenders of a bake-off."""

    users: npt.NDArray[np.object_]
    """Their ids, (n,)."""
    history: Ragged
    truth: Ragged
    """What each took up later; -1 is an item that nobody knows."""
    exclude: Ragged
    """Items that may not be on a person's list: the seen-policy's."""
    catalogue: Catalogue
    """`known` marks the items that may be recommended."""
    events: Longs
    """Training events of each item, (n_items,)."""
    k: int
    """Places of a list that people see: the manifest's k."""
    seed: int = 0

    @staticmethod
    def of(cut: Split, dataset: Dataset, k: int, seed: int) -> Background:
        """What is known once the data is split."""
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
        """People whose histories are alike, and other partners for the same people."""
        return similar_pairs(self.history, self.n_items, self.seed)

    @cached_property
    def _titles(self) -> npt.NDArray[np.object_]:
        return self.catalogue.titles()

    def item(self, code: int) -> dict[str, str]:
        """An item as an example shows it."""
        return {"item_id": str(self.catalogue.items.ids[code]), "title": str(self._titles[code])}

    def items(self, codes: npt.ArrayLike) -> list[dict[str, str]]:
        """The first `SHOWN` items of a list, without its empty places."""
        row = np.asarray(codes)
        return [self.item(code) for code in row[row >= 0][:SHOWN].tolist()]

    def user(self, row: int) -> str:
        return str(self.users[row])

    def column(self, *names: str) -> Any:
        """The first of these columns that the items' table has, a Series; None without one."""
        frame = self.catalogue.frame
        found = next((name for name in names if name in frame), None)
        return None if found is None or not frame[found].notna().any() else frame[found]


@dataclass(frozen=True)
class Answer:
    """One contender's lists for the background's people, and what it said when asked again."""

    background: Background
    lists: Ints
    """(n, width) int32, best first, -1 where none."""
    probes: Probes

    @property
    def shown(self) -> Ints:
        """The places that people see, (n, min(k, width))."""
        return self.lists[:, : self.background.k]


def rows_and_values(lists: Ragged) -> tuple[Longs, Ints]:
    """The row of each value, and the values; unknown items (-1) are left out."""
    rows = np.repeat(np.arange(len(lists), dtype=np.int64), lists.lengths())
    there = lists.values >= 0
    return rows[there], lists.values[there]


def listed(shown: Ints, rows: Longs, lists: Ragged, n_items: int) -> Mask:
    """Marks the places of `shown` (m, k) whose item is in that row of `lists`.

    `rows` (m,) names the row of `lists` that stands beside each row of `shown`.
    """
    owner, values = rows_and_values(lists.take(rows))
    keys = owner * n_items + values
    mine = np.arange(len(shown), dtype=np.int64)[:, None] * n_items + shown
    return (shown >= 0) & among(mine, keys)
