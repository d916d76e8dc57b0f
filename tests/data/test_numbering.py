"""Texts by number: against a plain dictionary, on texts of any kind and in any batches."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipelines.data.importing.columns import TextColumn
from pipelines.data.importing.numbering import Numbering, _placed
from pipelines.schema import Vocabulary

Batches = list[list[str | None]]
TEXTS = st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["a", "b", "ab", "é", ""]))


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
    # All hashes fall on one slot of a small table, so each look-up walks.
    slots = _placed(np.arange(4, dtype=np.uint64) << np.uint64(40), 8)
    assert sorted(int(s & 0xFFFFFFFF) for s in slots[:4]) == [0, 1, 2, 3]


@given(st.lists(st.text(max_size=5), max_size=30), st.lists(st.text(max_size=5), max_size=5))
def test_a_vocabulary_is_sorted_and_holds_more_ids(values: list[str], more: list[str]) -> None:
    column = TextColumn()
    column.add(pa.chunked_array([pa.array(values, pa.string())]))
    vocabulary, codes = column.vocabulary(more)
    assert vocabulary.ids.tolist() == Vocabulary.of([*values, *more]).ids.tolist()
    assert vocabulary.decode(codes).tolist() == values
