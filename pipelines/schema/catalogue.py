"""The catalogue: the items and their properties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipelines.schema.arrays import Mask
from pipelines.schema.columns import Columns
from pipelines.schema.offers import Offers
from pipelines.schema.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse as sp


@dataclass(frozen=True)
class Catalogue:
    """The items and their properties at the cut-off.

    `frame` has a row per item code (columns of `Columns`: title, categories, price, available,
    sponsored, and others). `known` (n_items,) marks items that a contender may recommend;
    held-out interactions with other items stay in the denominator. `offers` holds when items
    were promoted, if that is known.
    """

    items: Vocabulary
    frame: pd.DataFrame
    known: Mask
    offers: Offers | None = None

    @property
    def n_items(self) -> int:
        return len(self.items)

    def at(self, known: Mask) -> Catalogue:
        """The same items with another mask of known items."""
        return replace(self, known=known)

    def titles(self) -> npt.NDArray[np.object_]:
        """The title of each item (n_items,), or its id if it has none."""
        if Columns.TITLE not in self.frame:
            return self.items.ids
        given = self.frame[Columns.TITLE]
        return np.where(given.notna(), given.astype(object), self.items.ids)

    @cached_property
    def category_names(self) -> tuple[str, ...]:
        return self._categories[1]

    @property
    def categories(self) -> sp.csr_matrix:
        """Item × category membership, (n_items, n_categories) float32 CSR of ones."""
        return self._categories[0]

    @cached_property
    def _categories(self) -> tuple[sp.csr_matrix, tuple[str, ...]]:
        import scipy.sparse as sp

        rows: list[int] = []
        parts: list[str] = []
        if Columns.CATEGORIES in self.frame:
            for row, text in enumerate(self.frame[Columns.CATEGORIES].tolist()):
                if isinstance(text, str):
                    split = {p.strip() for p in text.split("|")} - {""}
                    rows += [row] * len(split)
                    parts += sorted(split)
        names = tuple(sorted(set(parts)))
        code = {name: j for j, name in enumerate(names)}
        cols = [code[p] for p in parts]
        ones = np.ones(len(rows), np.float32)
        return sp.csr_matrix((ones, (rows, cols)), shape=(self.n_items, len(names))), names
