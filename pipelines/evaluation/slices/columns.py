"""Turn any column of a users or items table into a few named slices.

Numbers with many values are divided at their quartiles; texts keep their most frequent values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.evaluation.slices.stored import Labels
from pipelines.schema import Longs

MOST = 12
"""The most values that get their own slice; the rest is `OTHER`."""
TOO_MANY = 200
"""A column with more distinct texts holds names, not groups."""
FEW_NUMBERS = 8
"""The most distinct numbers for which each is a slice; above, quartiles are used."""
LONGEST = 60
"""The most characters of a slice's name."""
OTHER, UNKNOWN = "other", "not known"
_ID = re.compile(r"(^|[_\W])(id|uid|uuid|guid|key|hash|code|number|no|email|phone)$", re.IGNORECASE)


def sliced(name: str, values: pd.Series, counts: Longs) -> tuple[Labels | None, str]:
    """The slices of a column (rows,) with a note; None and a reason where it cannot be sliced.

    `counts` (rows,) are the rows' weights in frequencies and quartiles. Missing values form
    the slice "not known".
    """
    counted = values[counts > 0]
    if _ID.search(name) and counted.astype(str).nunique() > MOST:
        return None, "its name suggests an id"
    if not counted.notna().any():
        return None, "it has no values"
    if pd.api.types.is_bool_dtype(values.dtype):
        return _named(values.map({True: "yes", False: "no"}), counts)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = pd.to_datetime(values, utc=True).dt.tz_localize(None).to_numpy("datetime64[D]")
        known = ~np.isnat(days)
        numbers = np.where(known, days.astype(np.int64), 0).astype(np.float64)
        return _quartiles(np.where(known, numbers, np.nan), counts, dates=True)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _of_numbers(values.to_numpy(np.float64, na_value=np.nan), counts)
    return _of_texts(values, counts)


def top(names: np.ndarray, counts: np.ndarray) -> list[str]:
    """The `MOST` most frequent of `names` (m,) by `counts` (m,), in the given order."""
    order = np.lexsort((np.arange(len(names)), -counts))[:MOST]
    return [str(names[at]) for at in np.sort(order) if counts[at] > 0]


def coded(places: npt.NDArray[Any], names: Sequence[str]) -> Labels:
    """The slice `names[place]` of each row (rows,); -1 is in none."""
    dtype = pd.CategoricalDtype(list(names), ordered=True)
    return pd.Categorical.from_codes(places.astype(np.int64), dtype=dtype)


def categorical(labels: np.ndarray, order: list[str]) -> Labels:
    """Labels (rows,) as categories, with `OTHER` and `UNKNOWN` last."""
    last = [v for v in (OTHER, UNKNOWN) if v not in order]
    return pd.Categorical(labels, categories=[*order, *last], ordered=True)


def _of_numbers(numbers: np.ndarray, counts: Longs) -> tuple[Labels | None, str]:
    numbers = np.where(np.isinf(numbers), np.nan, numbers)
    known = numbers[(counts > 0) & ~np.isnan(numbers)]
    distinct = np.unique(known)
    if len(distinct) == 0:
        return None, "it has no values"
    if len(distinct) <= FEW_NUMBERS:
        texts = np.array([_number(v) for v in distinct], dtype=object)
        at = np.searchsorted(distinct, numbers)
        hit = np.zeros(len(numbers), bool)
        inside = (at < len(distinct)) & ~np.isnan(numbers)
        hit[inside] = distinct[at[inside]] == numbers[inside]
        labels = np.where(hit, texts[np.minimum(at, len(distinct) - 1)], OTHER)
        return categorical(np.where(np.isnan(numbers), UNKNOWN, labels), texts.tolist()), ""
    if len(distinct) == len(known) and (known == np.round(known)).all():
        return None, "it has a different whole number in each row, like an id"
    return _quartiles(numbers, counts, dates=False)


def _quartiles(numbers: np.ndarray, counts: Longs, *, dates: bool) -> tuple[Labels | None, str]:
    there = (counts > 0) & ~np.isnan(numbers)
    values, weights = numbers[there], counts[there].astype(np.float64)
    found = np.quantile(values, [0.25, 0.5, 0.75], method="inverted_cdf", weights=weights)
    edges = np.unique(found)
    edges = edges[edges < values.max()]
    if len(edges) == 0:  # three quarters have the maximum: separate it from the rest
        below = values[values < values.max()]
        if len(below) == 0:
            return None, "it has the same value for all"
        edges = np.array([below.max()])
    texts = [str(np.datetime64(int(e), "D")) for e in edges] if dates else _numbers(edges)
    labels = [f"up to {texts[0]}" if values.min() < edges[0] else texts[0]]
    labels += [f"{low} to {high}" for low, high in pairwise(texts)]
    labels.append(f"over {texts[-1]}")
    at = np.searchsorted(edges, np.where(np.isnan(numbers), 0.0, numbers), side="left")
    named = np.where(np.isnan(numbers), UNKNOWN, np.array(labels, dtype=object)[at])
    return categorical(named, labels), "Divided at the quartiles; a slice includes its upper bound."


def _of_texts(values: pd.Series, counts: Longs) -> tuple[Labels | None, str]:
    texts = values.astype(object).where(values.notna(), None).map(_text, na_action="ignore")
    distinct = texts[counts > 0].nunique()
    if distinct > TOO_MANY:
        return None, f"it has too many values ({distinct:,})"
    if distinct > MOST and distinct > texts[counts > 0].notna().sum() / 2:
        return None, "it has a different value in almost every row, like an id"
    return _named(texts, counts)


def _named(texts: pd.Series, counts: Longs) -> tuple[Labels, str]:
    """Texts (rows,) by name; None is "not known"."""
    codes, names = pd.factorize(texts, use_na_sentinel=True)
    how_often = np.bincount(codes[codes >= 0], weights=counts[codes >= 0], minlength=len(names))
    order = np.array(sorted(range(len(names)), key=lambda j: _sorting(str(names[j]))), np.int64)
    ordered = np.array([str(names[j]) for j in order], dtype=object)
    kept = top(ordered, how_often[order])
    labels = texts.where(texts.isin(kept), OTHER).where(texts.notna(), UNKNOWN)
    short = _short(kept)
    labels = labels.map(lambda name: short.get(name, name))
    many = len(kept) < len(names)
    note = f"The slices are the {MOST} most frequent values; the rest is “{OTHER}”." if many else ""
    first = [short.get(v, v) for v in kept if v not in (OTHER, UNKNOWN)]
    return categorical(labels.to_numpy(dtype=object), first), note


def _text(value: object) -> str:
    return " ".join(str(value).split()) or UNKNOWN  # on one line


def _short(names: Sequence[str]) -> dict[str, str]:
    """A distinct shorter name for each name that is longer than `LONGEST`."""
    found: dict[str, str] = {}
    for name in names:
        if len(name) > LONGEST:
            short, n = name[: LONGEST - 1] + "…", 1
            while short in found.values():
                n += 1
                short = f"{name[: LONGEST - 6]}… ({n})"
            found[name] = short
    return found


def _sorting(text: str) -> tuple[float, bool, str]:
    """By the first number in it, "under 15" before "15-24"; texts without one alphabetically."""
    number = re.search(r"\d+(?:\.\d+)?", text)
    open_below = re.match(r"\s*(under|below|less|up to|<)", text, re.IGNORECASE) is not None
    return (float(number.group()) if number else -1.0, not open_below, text)


def _number(value: float) -> str:
    return _digits(value, None)


def _numbers(edges: np.ndarray) -> list[str]:
    """To four significant digits, or as many as make the edges distinct."""
    for precision in (4, 6, 9, 17):
        texts = [_digits(e, precision) for e in edges]
        if len(set(texts)) == len(texts):
            break
    return texts


def _digits(value: float, precision: int | None) -> str:
    if value != 0 and not 1e-6 <= abs(value) < 1e15:
        return f"{value:.{precision or 17}g}"
    return np.format_float_positional(
        value + 0.0, precision=precision, fractional=precision is None, trim="-"
    )
