"""Whether ids can be trusted: mixed kinds, spaces, case twins, accounts that are nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.schema import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

NOBODY = (
    "guest", "unknown", "anonymous", "anon", "none", "null", "nan", "n/a", "na", "undefined",
    "test", "-1", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
"""Names of accounts that stand for nobody in particular, in lower case."""
DEFAULTS = ("0", "1", "9999", "99999", "999999")
"""Numbers that may be an ordinary id; suspicious with ten times the events of the mean."""


@dataclass(frozen=True)
class Ids:
    """Hygiene of one column of ids; counts of distinct ids."""

    ids: int
    numbers: int
    """Ids of digits alone."""
    words: int
    """Ids without any digit."""
    odd: tuple[str, ...]
    """Up to three of the rarer kind, where numbers and words are mixed."""
    spaced: int
    """Ids with a space within or around them."""
    twins: int
    """Ids that another one equals but for upper and lower case."""
    twin_examples: tuple[str, ...]

    @property
    def mixed(self) -> float:
        """The share of the rarer of numbers and words; 0 where most ids are neither (codes)."""
        if 2 * (self.numbers + self.words) < self.ids:
            return 0.0
        return min(self.numbers, self.words) / max(self.ids, 1)


@dataclass(frozen=True)
class Nobody:
    """Accounts that stand for many people: their ids and their share of all events."""

    ids: tuple[str, ...]
    share: float


def ids(vocabulary: Vocabulary) -> Ids:
    """The hygiene of a vocabulary; 2 M ids take about two seconds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array(vocabulary.ids, type=pa.string())
    numbers = pc.match_substring_regex(texts, r"^[+-]?[0-9]+(\.0*)?$")
    words = pc.invert(pc.match_substring_regex(texts, "[0-9]"))
    n_numbers, n_words = _count(numbers), _count(words)
    rare = numbers if n_numbers <= n_words else words
    mixed = n_numbers and n_words and 2 * (n_numbers + n_words) >= len(texts)
    odd = tuple(texts.filter(rare)[:3].to_pylist()) if mixed else ()
    lower = pc.utf8_lower(texts)
    counted = pc.value_counts(lower)
    several = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    twins, examples = 0, ()
    if len(several):
        twin = pc.is_in(lower, value_set=several)
        twins = _count(twin)
        examples = tuple(texts.filter(pc.equal(lower, several[0]))[:2].to_pylist())
    return Ids(
        ids=len(texts),
        numbers=n_numbers,
        words=n_words,
        odd=odd,
        spaced=_count(pc.match_substring_regex(texts, r"\s")),
        twins=twins,
        twin_examples=examples,
    )


def _count(mask: pa.BooleanArray) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(mask).as_py() or 0)


def nobody(dataset: Dataset, heavy: np.ndarray) -> Nobody:
    """Accounts by name, and the `heavy` users (codes) that hold over 1 % of all events."""
    import pyarrow as pa
    import pyarrow.compute as pc

    it = dataset.interactions
    per_user = np.diff(it.indptr)
    lower = pc.utf8_trim_whitespace(pc.utf8_lower(pa.array(dataset.users.ids, type=pa.string())))
    named = _codes(lower, NOBODY)
    plain = _codes(lower, DEFAULTS)
    mean = len(it) / max(int((per_user > 0).sum()), 1)
    plain = plain[per_user[plain] > max(10 * mean, 0.01 * len(it))]
    codes = np.unique(np.concatenate([named, plain, np.asarray(heavy, np.int64)]))
    share = float(per_user[codes].sum()) / max(len(it), 1)
    return Nobody(tuple(str(i) for i in dataset.users.ids[codes]), share)


def _codes(lower: pa.Array, names: tuple[str, ...]) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = pc.is_in(lower, value_set=pa.array(names))
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))
