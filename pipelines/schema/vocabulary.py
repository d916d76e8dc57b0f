"""External ids and their codes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.schema.arrays import Ints


@dataclass(frozen=True)
class Vocabulary:
    """External ids (strings) and their int32 codes; `ids[code]` is the id of a code."""

    ids: npt.NDArray[np.object_]

    @staticmethod
    def of(values: Iterable[object]) -> Vocabulary:
        """The vocabulary of the distinct `values`, sorted by text."""
        return Vocabulary(np.array(sorted({str(v) for v in values}), dtype=object))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {v: i for i, v in enumerate(self.ids.tolist())}

    def encode(self, values: Iterable[object]) -> Ints:
        """Codes (n,) int32 of `values`; -1 for unknown ids."""
        get = self._index.get
        return np.fromiter((get(str(v), -1) for v in values), dtype=np.int32)

    def decode(self, codes: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """External ids of `codes`, in the same shape; None for negative codes."""
        codes = np.asarray(codes)
        if len(self.ids) == 0:
            return np.full(codes.shape, None, dtype=object)
        out = self.ids[np.maximum(codes, 0)]
        out[codes < 0] = None
        return out


def hash_of_ids(ids: Any) -> str:
    """SHA-256 (hex) of ids in their order; includes their lengths, to avoid collisions."""
    digest = hashlib.sha256()
    for value in ids:
        raw = str(value).encode()
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    return digest.hexdigest()
