"""Array types, and lists of item codes of different lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.schema import sound

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

NO_ITEM = -1
NEW_USER = -1


def row_pointers(sorted_rows: npt.ArrayLike, n_rows: int) -> Longs:
    """CSR row pointers (n_rows + 1,) int64 for sorted row numbers."""
    counts = np.bincount(np.asarray(sorted_rows), minlength=n_rows)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


@dataclass(frozen=True)
class Ragged:
    """A list of item codes per row r: `values[indptr[r]:indptr[r + 1]]`.

    `indptr` (n + 1,) int64, `values` int32.
    """

    indptr: Longs
    values: Ints

    @staticmethod
    def empty(n: int) -> Ragged:
        return Ragged(np.zeros(n + 1, np.int64), np.zeros(0, np.int32))

    @staticmethod
    def of(rows: Sequence[Sequence[int]]) -> Ragged:
        flat = [v for row in rows for v in row]
        lengths = np.cumsum([0, *(len(row) for row in rows)])
        return Ragged(lengths.astype(np.int64), np.array(flat, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def check(self, what: str, n_codes: int, n: int | None = None, least: int = 0) -> None:
        """Raise `ValueError` where it is not `n` lists of codes from `least` below `n_codes`."""
        sound.codes(what, self.values, n_codes, least=least)
        sound.pointers(f"{what}'s rows", self.indptr, n, len(self.values))

    def row(self, r: int) -> Ints:
        return self.values[self.indptr[r] : self.indptr[r + 1]]

    def lengths(self) -> Longs:
        return np.diff(self.indptr)

    def sums(self, of_values: npt.NDArray[Any]) -> Doubles:
        """The sum over each row of `of_values`, which is parallel to `values`; (n,) float64."""
        rows = np.repeat(np.arange(len(self)), self.lengths())
        return np.bincount(rows, of_values, minlength=len(self)).astype(np.float64)

    def positions(self, rows: npt.NDArray[Any]) -> Longs:
        """Positions in `values` that belong to `rows` (row numbers), in that order."""
        starts, lengths = self.indptr[rows], self.lengths()[rows]
        offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        return np.arange(lengths.sum(), dtype=np.int64) + offsets

    def mapped(self, place: Ints) -> Ragged:
        """The lists with codes replaced by `place[code]`; codes mapped to -1 are left out."""
        values = place[self.values]
        kept = np.concatenate([[0], np.cumsum(values >= 0)]).astype(np.int64)
        return Ragged(kept[self.indptr], values[values >= 0])

    def take(self, rows: npt.NDArray[Any]) -> Ragged:
        """The lists of `rows` (row numbers), in that order."""
        indptr = np.concatenate([[0], np.cumsum(self.lengths()[rows])]).astype(np.int64)
        return Ragged(indptr, self.values[self.positions(rows)])
