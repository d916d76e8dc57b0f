"""Quality of ids: mixed types, spaces, case variants, and shared accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.id_forms import IdForm, normalized
from pipelines.schema import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

SHARED_NAMES = (
    "guest", "unknown", "anonymous", "anon", "none", "null", "nan", "n/a", "na", "undefined",
    "test", "-1", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
"""Names of accounts that do not belong to one user, in lower case."""
DEFAULT_NUMBERS = ("0", "1", "9999", "99999", "999999")
"""Numbers that may be normal ids; suspicious with more than ten times the mean's events."""


@dataclass(frozen=True)
class Ids:
    """Quality of one column of ids; counts are of distinct ids."""

    ids: int
    numbers: int
    """Ids that are numbers."""
    words: int
    """Ids without digits."""
    mixed_examples: tuple[str, ...]
    """Up to three of the rarer type, if numbers and words are mixed."""
    spaced: int
    """Ids that contain a space."""
    by_case: int
    """Ids that equal another one except for case."""
    case_examples: tuple[str, ...]
    by_number: int = 0
    """Ids that are the same number as another one: 3 and 3.0, 007 and 7."""
    number_examples: tuple[str, ...] = ()
    by_unicode: int = 0
    """Ids that equal another one except for the Unicode form of their letters."""
    unicode_examples: tuple[str, ...] = ()

    @property
    def mixed(self) -> float:
        """The share of the rarer of numbers and words; 0 if most ids are neither (codes)."""
        if 2 * (self.numbers + self.words) < self.ids:
            return 0.0
        return min(self.numbers, self.words) / max(self.ids, 1)


@dataclass(frozen=True)
class SharedAccounts:
    """Accounts that stand for many people: their ids and their share of all events."""

    ids: tuple[str, ...]
    share: float


def ids(vocabulary: Vocabulary) -> Ids:
    """The quality of a vocabulary's ids; 2 M ids take about two seconds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array(vocabulary.ids, type=pa.string())
    numbers = pc.match_substring_regex(texts, r"^[+-]?[0-9]+(\.0*)?$")
    words = pc.invert(pc.match_substring_regex(texts, "[0-9]"))
    n_numbers, n_words = _count(numbers), _count(words)
    rare = numbers if n_numbers <= n_words else words
    mixed = n_numbers and n_words and 2 * (n_numbers + n_words) >= len(texts)
    by_case, case_examples = _twins(texts, ["case"])
    by_number, number_examples = _twins(texts, ["decimals", "zeros"])
    by_unicode, unicode_examples = _twins(texts, ["unicode"])
    return Ids(
        ids=len(texts),
        numbers=n_numbers,
        words=n_words,
        mixed_examples=tuple(texts.filter(rare)[:3].to_pylist()) if mixed else (),
        spaced=_count(pc.match_substring_regex(texts, r"\s")),
        by_case=by_case,
        case_examples=case_examples,
        by_number=by_number,
        number_examples=number_examples,
        by_unicode=by_unicode,
        unicode_examples=unicode_examples,
    )


def _twins(texts: pa.StringArray, forms: list[IdForm]) -> tuple[int, tuple[str, ...]]:
    """How many ids equal another one but for their form, and two that are equal."""
    import pyarrow.compute as pc

    found = normalized(texts, forms)
    counted = pc.value_counts(found)
    several = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    if not len(several):
        return 0, ()
    alike = texts.filter(pc.equal(found, several[0]))[:2].to_pylist()
    return _count(pc.is_in(found, value_set=several)), tuple(alike)


def _count(mask: pa.BooleanArray) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(mask).as_py() or 0)


def shared_accounts(dataset: Dataset, heavy: np.ndarray) -> SharedAccounts:
    """Accounts found by name, and the `heavy` users (codes) with over 1% of all events."""
    import pyarrow as pa
    import pyarrow.compute as pc

    it = dataset.interactions
    per_user = np.diff(it.indptr)
    lower = pc.utf8_trim_whitespace(pc.utf8_lower(pa.array(dataset.users.ids, type=pa.string())))
    named = _codes(lower, SHARED_NAMES)
    plain = _codes(lower, DEFAULT_NUMBERS)
    mean = len(it) / max(int((per_user > 0).sum()), 1)
    plain = plain[per_user[plain] > max(10 * mean, 0.01 * len(it))]
    codes = np.unique(np.concatenate([named, plain, np.asarray(heavy, np.int64)]))
    share = float(per_user[codes].sum()) / max(len(it), 1)
    return SharedAccounts(tuple(str(i) for i in dataset.users.ids[codes]), share)


def _codes(lower: pa.Array, names: tuple[str, ...]) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = pc.is_in(lower, value_set=pa.array(names))
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))
