"""Texts by number: against a plain dictionary, on texts of any kind and in any batches."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.data.importing.columns import TextColumn
from pipelines.data.importing.numbering import Numbering
from pipelines.data.importing.text_table import placed
from pipelines.schema import Vocabulary

Batches = list[list[str | None]]
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.text("ab", min_size=14, max_size=40),
    st.sampled_from(["a", "b", "ab", "é", ""]),
)


@given(st.lists(st.lists(TEXTS, max_size=40), max_size=5))
def test_it_numbers_as_a_dictionary_does(batches: Batches) -> None:
    numbering = Numbering()
    found = [numbering.numbers(pa.array(batch, pa.string())) for batch in batches]
    expected: dict[str, int] = {}
    for batch, codes in zip(batches, found, strict=True):
        wanted = [-1 if v is None else expected.setdefault(v, len(expected)) for v in batch]
        assert codes.tolist() == wanted
    assert numbering.texts().to_pylist() == list(expected)


def test_it_grows_and_takes_slices() -> None:
    values = [f"user {n * 7919 % 60_000}" for n in range(100_000)]
    numbering = Numbering()
    whole = pa.array(values)
    found = np.concatenate(
        [numbering.numbers(whole.slice(at, 1_001)) for at in range(0, 100_000, 1_001)]
    )
    texts = numbering.texts().to_pylist()
    assert len(texts) == len(set(texts)) == 60_000
    assert [texts[n] for n in found] == values


def test_texts_that_share_a_slot_are_told_apart() -> None:
    """With as many slots as texts, all look-ups but the luckiest walk, and walk round the end."""
    values = pa.array([f"{n}-{'x' * (n % 40)}" for n in range(64)], pa.large_string())
    numbering = Numbering()
    numbering.numbers(values)
    slots = placed(numbering._texts[:64], numbering._rest, 64)
    assert sorted(int(slot & np.uint64(0xFFFFFFFF)) for slot in slots) == list(range(64))
    numbering._slots = slots
    numbering._make_room = lambda rows, words: None  # a full table finds what it has
    assert numbering.numbers(values).tolist() == list(range(64))


def test_texts_alike_in_their_first_sixteen_bytes_are_told_apart() -> None:
    start = "0123456789abcdef"
    values = [start, start + "\0", start + "g", start + "gh", start[:15], start + "g", start]
    numbering = Numbering()
    assert numbering.numbers(pa.array(values)).tolist() == [0, 1, 2, 3, 4, 2, 0]
    assert numbering.texts().to_pylist() == values[:5]


def test_zeros_within_a_text_count() -> None:
    values = ["", "\0", "\0\0", "a", "a\0", "a" + "\0" * 8, ""]
    numbering = Numbering()
    assert numbering.numbers(pa.array(values)).tolist() == [0, 1, 2, 3, 4, 5, 0]
    assert numbering.texts().to_pylist() == values[:6]


def test_a_gap_is_no_text_whatever_stands_before_it() -> None:
    numbering = Numbering()
    found = numbering.numbers(pa.array(["a", None, None, "a", None, "", None]))
    assert found.tolist() == [0, -1, -1, 0, -1, 1, -1]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=40))
def test_python_strings_get_the_numbers_of_the_same_texts(values: list[str]) -> None:
    numbering = Numbering()
    expected = numbering.numbers(pa.array(values, pa.string()))
    found = numbering.numbers_of(values)
    if any("\0" in value for value in values):
        assert found is None
    else:
        assert found is not None and found.tolist() == expected.tolist()


@pytest.mark.parametrize("odd", [7, None, float("nan"), b"a", "a\0b", "\ud800"])
def test_what_is_no_plain_string_is_left_to_others(odd: object) -> None:
    numbering = Numbering()
    assert numbering.numbers_of(["a", odd]) is None  # type: ignore[list-item]
    assert len(numbering) == 0


@given(st.lists(st.text(max_size=5), max_size=30), st.lists(st.text(max_size=5), max_size=5))
def test_a_vocabulary_is_sorted_and_holds_more_ids(values: list[str], more: list[str]) -> None:
    column = TextColumn()
    column.add(pa.chunked_array([pa.array(values, pa.string())]))
    vocabulary, codes = column.vocabulary(more)
    assert vocabulary.ids.tolist() == Vocabulary.of([*values, *more]).ids.tolist()
    assert vocabulary.decode(codes).tolist() == values
