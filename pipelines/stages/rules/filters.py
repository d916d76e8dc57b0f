"""Rules that remove items from every list."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd

from pipelines.schema import Catalogue, Columns, Interactions, Mask
from pipelines.stages.contract import Filter

NO_WORDS = frozenset({"", "0", "0.0", "f", "false", "n", "no"})


def flags(catalogue: Catalogue, column: str, *, missing: bool) -> Mask:
    """A yes-or-no column of the catalogue as (n_items,) bool; `missing` where it is empty.

    Text counts as no where it is one of `NO_WORDS` (in any case), numbers where they are 0.
    """
    if column not in catalogue.frame:
        return np.full(catalogue.n_items, missing)
    values = catalogue.frame[column]
    said = values.notna().to_numpy()
    words = values.map(lambda value: str(value).strip().lower() not in NO_WORDS, na_action="ignore")
    yes = words.where(pd.Series(said, index=values.index), missing)
    return yes.to_numpy(dtype=bool, copy=True)


class Available(Filter):
    """Removes items whose column `available` is no; items without a value stay."""

    name = "available"
    title = "Only available items"
    draws = False
    uses_moment = False
    reason = "not available"

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        self.allowed_ = flags(catalogue, Columns.AVAILABLE, missing=True)
        return self
