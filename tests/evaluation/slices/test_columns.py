"""Any column becomes a few named slices, or says why not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluation.slices.columns import MOST, OTHER, UNKNOWN, sliced
from pipelines.evaluation.slices.stored import Labels


def of(values: object, name: str = "column", counts: list[int] | None = None) -> tuple[Labels, str]:
    series = pd.Series(values)
    ones = np.ones(len(series), np.int64) if counts is None else np.array(counts)
    labels, note = sliced(name, series, ones)
    assert labels is not None, note
    return labels, note


def why_not(values: object, name: str = "column") -> str:
    series = pd.Series(values)
    labels, note = sliced(name, series, np.ones(len(series), np.int64))
    assert labels is None
    return note


def test_numbers_with_many_values_are_cut_at_their_quartiles() -> None:
    numbers = [20.5, 1.25, 3, 4, 5, 6, 7, 8, 9, 10, 11, None]
    labels, note = of(numbers)
    assert list(labels.categories[:4]) == ["up to 4", "4 to 7", "7 to 10", "over 10"]
    assert labels[2] == "up to 4" and labels[3] == "up to 4"  # the upper end belongs to it
    assert labels[0] == "over 10" and labels[11] == UNKNOWN
    assert note == "Divided at the quartiles; a slice includes its upper bound."


def test_numbers_with_few_values_and_yes_or_no_are_named() -> None:
    labels, _ = of([1, 2.5, 1, 10, None])
    assert list(labels.categories[:3]) == ["1", "2.5", "10"]
    assert list(labels) == ["1", "2.5", "1", "10", UNKNOWN]
    assert list(of([True, False])[0]) == ["yes", "no"]


def test_half_of_all_at_the_least_value_is_a_slice_of_its_own() -> None:
    labels, _ = of([0.0] * 30 + list(np.linspace(0.5, 9.5, 20)))
    assert list(labels.categories[:2]) == ["0", "0 to 3.816"]


def test_three_quarters_at_one_value_are_told_from_the_rest() -> None:
    rest = [n / 4 for n in range(1, 21)]
    assert list(of([0.0] * 80 + rest)[0].categories[:2]) == ["0", "over 0"]
    assert list(of([9.0] * 80 + rest)[0].categories[:2]) == ["up to 5", "over 5"]


def test_edges_that_look_alike_are_told_apart() -> None:
    labels, _ = of(1_000_000 + np.linspace(0.1, 10, 41))
    assert len(set(labels.categories)) == len(labels.categories)


def test_texts_stand_in_the_order_of_their_numbers_then_of_their_letters() -> None:
    ages = ["65+", "19-24", "Under 19", "25-34", None, "19-24"]
    labels, _ = of(ages)
    assert list(labels.categories) == ["Under 19", "19-24", "25-34", "65+", OTHER, UNKNOWN]
    assert list(of(["b", "a", " b "])[0]) == ["b", "a", "b"]


def test_texts_with_more_values_keep_the_most_frequent_by_how_much_they_count() -> None:
    names = [f"brand {n:02d}" for n in range(20)] * 5
    counts = [1 if n >= 8 else 3 for n in range(20)] * 5
    labels, note = of(names, counts=counts)
    kept = [c for c in labels.categories if c not in (OTHER, UNKNOWN)]
    assert kept == [f"brand {n:02d}" for n in range(MOST)]
    assert labels[19] == OTHER
    assert note == "The slices are the 12 most frequent values; the rest is “other”."


def test_dates_are_cut_at_quartiles_by_day() -> None:
    days = pd.date_range("2026-01-01 08:00", periods=8, freq="D", tz="UTC")
    labels, _ = of(days)
    assert labels[0] == "up to 2026-01-02" and labels[7] == "over 2026-01-06"


def test_a_column_of_lists_is_one_of_texts_in_a_line() -> None:
    lists = [np.arange(30), ["a"], {"b": 1}, "two\n lines", None, " \n"]
    labels, _ = of(pd.Series(lists, dtype=object))
    assert labels[0].startswith("[ 0 1 2 3 4 ") and "\n" not in labels[0]
    assert list(labels[1:]) == ["['a']", "{'b': 1}", "two lines", UNKNOWN, UNKNOWN]


def test_long_texts_that_begin_alike_stay_apart() -> None:
    start = "https://shop.example.org/" + "a" * 40
    labels, _ = of([f"{start}/{n % 3}" for n in range(12)] + ["short"])
    assert list(labels[:3]) == [start[:59] + "…", start[:54] + "… (2)", start[:54] + "… (3)"]
    assert list(labels.value_counts()[:4]) == [1, 4, 4, 4] and max(map(len, labels)) == 60


def test_yes_and_no_may_be_missing() -> None:
    labels, _ = of(pd.array([True, None, False], dtype="boolean"))
    assert list(labels) == ["yes", UNKNOWN, "no"]
    assert why_not(pd.array([None, None], dtype="boolean")) == "it has no values"


@pytest.mark.parametrize(
    ("values", "name", "reason"),
    [
        (["x"] * 9 + [None], "empty", ""),
        (pd.Series([f"name {n}" for n in range(10_000)], dtype="category"), "names", "(10,000)"),
        (pd.Series([np.arange(n % 300) for n in range(10_000)]), "lists", "too many values"),
        (pd.to_datetime([None, None], utc=True), "days", "it has no values"),
        ([None, np.nan], "none", "it has no values"),
        ([f"name {n}" for n in range(300)], "names", "too many values"),
        ([f"name {n}" for n in range(50)], "names", "in almost every row"),
        (list(range(100)), "numbers", "a different whole number"),
        (list(range(50)) * 2, "customer_id", "suggests an id"),
    ],
)
def test_what_is_no_group_says_why(values: list[object], name: str, reason: str) -> None:
    if reason:
        assert reason in why_not(values, name)
    else:  # one value: left to the caller, who sees that it divides nobody
        assert set(of(values, name)[0]) == {"x", UNKNOWN}


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=70),
    st.lists(st.integers(), max_size=2),
)


@given(st.lists(ANY, min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_whatever_a_column_holds_each_row_has_one_slice(
    values: list[object], random: object
) -> None:
    counts = np.array([random.randint(0, 3) for _ in values])  # type: ignore[attr-defined]
    labels, note = sliced("column", pd.Series(values, dtype=object), counts)
    if labels is None:
        assert note
        return
    assert len(labels) == len(values)
    assert not pd.isna(labels).any()
    assert len(set(labels.categories)) == len(labels.categories) <= MOST + 2


@given(
    st.lists(st.one_of(st.floats(allow_subnormal=False), st.none()), min_size=1, max_size=60),
    st.randoms(use_true_random=False),
)
def test_quartiles_follow_the_order_of_the_numbers(
    values: list[float | None], random: object
) -> None:
    counts = np.array([random.randint(0, 3) for _ in values])  # type: ignore[attr-defined]
    numbers = pd.Series(values, dtype=np.float64)
    labels, _ = sliced("column", numbers, counts)
    if labels is None:
        return
    there = [(v, c) for v, c, n in zip(numbers, labels.codes, counts, strict=True)
             if np.isfinite(v) and n > 0]  # fmt: skip
    there.sort()
    assert [c for _, c in there] == sorted(c for _, c in there)
