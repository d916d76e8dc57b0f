"""When items were promoted: in a display of the shops, or in the mailer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.errors import AssayError
from pipelines.schema.arrays import Ints, Longs, row_pointers

KINDS = ("display", "mailer")
_SHIFT = np.int64(2**33)
"""More than any time in seconds that is kept (to the year 2099), so item and time make one key."""


@dataclass(frozen=True)
class Spans:
    """Disjoint spans of each item, ascending: item i's are `indptr[i]:indptr[i + 1]`.

    `indptr` (n_items + 1,) int64; `start`, `end` (m,) int64 seconds UTC, the end not included.
    """

    indptr: Longs
    start: Longs
    end: Longs


@dataclass(frozen=True)
class Offers:
    """A row per item and span of time in which it was promoted, by (item, start); immutable.

    `item` (n,) int32 codes; `start`, `end` (n,) int64 seconds UTC, the end not included;
    `kind` (n,) int8, a place in `KINDS`. Whoever plans an offer knows it from its start.
    """

    item: Ints
    start: Longs
    end: Longs
    kind: npt.NDArray[np.int8]

    @staticmethod
    def build(
        item: npt.ArrayLike, start: npt.ArrayLike, end: npt.ArrayLike, kind: npt.ArrayLike
    ) -> Offers:
        """Sort columns given in any order; `kind` are places in `KINDS`."""
        items, kinds = np.asarray(item, np.int32), np.asarray(kind, np.int8)
        starts, ends = np.asarray(start, np.int64), np.asarray(end, np.int64)
        if (ends <= starts).any():
            raise AssayError("An offer ends before it starts; give each an end after its start.")
        order = np.lexsort((ends, kinds, starts, items))
        return Offers(items[order], starts[order], ends[order], kinds[order])

    def __len__(self) -> int:
        return len(self.item)

    def spans(self, n_items: int) -> Spans:
        """When each item was on offer, of any kind: spans that touch or overlap are one."""
        keyed = self.item * _SHIFT
        latest = np.maximum.accumulate(keyed + self.end)
        # An item's first offer begins after all ends before it, which are keys of other items.
        begins = np.ones(len(self), bool)
        begins[1:] = keyed[1:] + self.start[1:] > latest[:-1]
        last = np.append(np.flatnonzero(begins)[1:], len(self)) - 1
        item = self.item[begins]
        ends = latest[last] - item * _SHIFT if len(self) else self.end
        return Spans(row_pointers(item, n_items), self.start[begins], ends)

    def write(self, path: Path) -> None:
        """A Parquet file with the columns item, start, end, kind (its name)."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = pa.DictionaryArray.from_arrays(pa.array(self.kind), list(KINDS))
        columns = {"item": self.item, "start": self.start, "end": self.end, "kind": kinds}
        pq.write_table(pa.table(columns), path, compression="zstd")

    @staticmethod
    def read(path: Path) -> Offers:
        """What `write` wrote."""
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        place = {name: number for number, name in enumerate(KINDS)}
        kind = [place[name] for name in table["kind"].to_pylist()]
        item, start, end = (table[name].to_numpy() for name in ("item", "start", "end"))
        return Offers.build(item, start, end, kind)
