"""Offers: when items were promoted, by a display in the stores or in the mailer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.errors import AssayError
from pipelines.schema.arrays import Ints, Longs, row_pointers

KINDS = ("display", "mailer")
_SHIFT = np.int64(2**33)
"""Larger than any time in seconds (to the year 2099), to combine item and time into one key."""


@dataclass(frozen=True)
class Spans:
    """Disjoint, ascending spans of each item: those of item i are `indptr[i]:indptr[i + 1]`.

    `indptr` (n_items + 1,) int64; `start`, `end` (m,) int64 seconds UTC, `end` is exclusive.
    """

    indptr: Longs
    start: Longs
    end: Longs


@dataclass(frozen=True)
class Offers:
    """A row per promotion of an item, sorted by (item, start); immutable.

    `item` (n,) int32 codes; `start`, `end` (n,) int64 seconds UTC, `end` is exclusive; `kind`
    (n,) int8, an index into `KINDS`. An offer counts as known from its start.
    """

    item: Ints
    start: Longs
    end: Longs
    kind: npt.NDArray[np.int8]

    @staticmethod
    def build(
        item: npt.ArrayLike, start: npt.ArrayLike, end: npt.ArrayLike, kind: npt.ArrayLike
    ) -> Offers:
        """Offers from columns in any order; `kind` holds indices into `KINDS`."""
        items, kinds = np.asarray(item, np.int32), np.asarray(kind, np.int8)
        starts, ends = np.asarray(start, np.int64), np.asarray(end, np.int64)
        if (ends <= starts).any():
            raise AssayError("An offer ends before it starts; correct its start or its end.")
        order = np.lexsort((ends, kinds, starts, items))
        return Offers(items[order], starts[order], ends[order], kinds[order])

    def __len__(self) -> int:
        return len(self.item)

    def spans(self, n_items: int) -> Spans:
        """When each item was on offer, of any kind; adjacent and overlapping spans are merged."""
        keyed = self.item * _SHIFT
        latest = np.maximum.accumulate(keyed + self.end)
        # An item's first offer begins after all previous ends, which belong to other items.
        begins = np.ones(len(self), bool)
        begins[1:] = keyed[1:] + self.start[1:] > latest[:-1]
        last = np.append(np.flatnonzero(begins)[1:], len(self)) - 1
        item = self.item[begins]
        ends = latest[last] - item * _SHIFT if len(self) else self.end
        return Spans(row_pointers(item, n_items), self.start[begins], ends)

    def write(self, path: Path) -> None:
        """Write a Parquet file with the columns item, start, end and kind (as a name)."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = pa.DictionaryArray.from_arrays(pa.array(self.kind), list(KINDS))
        columns = {"item": self.item, "start": self.start, "end": self.end, "kind": kinds}
        pq.write_table(pa.table(columns), path, compression="zstd")

    @staticmethod
    def read(path: Path) -> Offers:
        """Read a file of `write`."""
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        place = {name: number for number, name in enumerate(KINDS)}
        kind = [place[name] for name in table["kind"].to_pylist()]
        item, start, end = (table[name].to_numpy() for name in ("item", "start", "end"))
        return Offers.build(item, start, end, kind)
