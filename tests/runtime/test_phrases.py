"""Phrases that depend on a number."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.runtime.phrases import noun_for, number_of


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 items"),
        (1, "1 item"),
        (2, "2 items"),
        (1_234, "1,234 items"),
        (np.int64(1), "1 item"),
    ],
)
def test_a_count_with_its_noun(count: int, text: str) -> None:
    assert number_of(count, "item") == text


def test_an_irregular_plural_is_given() -> None:
    assert [number_of(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]


def test_only_exactly_one_is_singular() -> None:
    assert [noun_for(n, "month") for n in (0.5, 1.0, 1.5)] == ["months", "month", "months"]
