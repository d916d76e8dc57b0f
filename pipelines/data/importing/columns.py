"""Columns collected batch by batch; text is stored as codes, so memory holds each value once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.numbering import Numbering
from pipelines.schema import Ints, Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa


class TextColumn:
    """A text column, appended to batch by batch."""

    def __init__(self) -> None:
        self._numbering = Numbering()
        self._parts: list[Ints] = []

    def add(self, values: pa.ChunkedArray) -> None:
        """Append a batch's values (string)."""
        self._parts += [self._numbering.numbers(chunk) for chunk in values.chunks]

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def coded(self) -> tuple[pa.Array, Ints]:
        """The distinct texts by first occurrence, and each row's code (n,) int32, -1 for null."""
        parts, self._parts = self._parts, []
        codes = np.concatenate(parts) if parts else np.zeros(0, np.int32)
        return self._numbering.texts(), codes

    def vocabulary(self, more: Iterable[str] = ()) -> tuple[Vocabulary, Ints]:
        """The ids, sorted by code point like `Vocabulary.of`, and each row's code.

        `more` are ids without rows.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        texts, codes = self.coded()
        others = pa.array(sorted(set(more)), pa.large_string())
        others = others.filter(pc.invert(pc.is_in(others, texts)))
        ids = pa.concat_arrays([texts, others])
        order = pc.sort_indices(ids)
        place = np.empty(len(ids), np.int32)
        place[order.to_numpy()] = np.arange(len(ids), dtype=np.int32)
        vocabulary = Vocabulary(ids.take(order).to_numpy(zero_copy_only=False).astype(np.object_))
        return vocabulary, place[codes]


class NumberColumn:
    """A column of numbers of one numpy type, appended to batch by batch."""

    def __init__(self, kind: type) -> None:
        self._kind = kind
        self._parts: list[np.ndarray] = []

    def add(self, values: pa.ChunkedArray) -> None:
        """Append a batch's values; null becomes NaN."""
        self._parts.append(values.to_numpy().astype(self._kind, copy=False))

    def scale(self, factor: float) -> None:
        """Multiply all values added so far."""
        self._parts = [(part * factor).astype(self._kind) for part in self._parts]

    def array(self) -> np.ndarray:
        """All values (n,)."""
        parts, self._parts = self._parts, []
        return np.concatenate(parts) if parts else np.zeros(0, self._kind)
