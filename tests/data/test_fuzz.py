"""Thousands of mutated files: each is a dataset whose rows add up, or one clear sentence.

A failure names its seed: `mutations.case(seed)` makes the same file again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.fuzzing import AT_ONCE, one_engine, tried  # noqa: F401

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("one_engine")]


@pytest.mark.parametrize("first", range(0, 1_100, AT_ONCE))
def test_a_mutated_file_is_a_dataset_or_one_sentence(first: int, tmp_path: Path) -> None:
    made = 0
    for seed in range(first, first + AT_ONCE):
        made += tried(seed, tmp_path, {}) is not None
    assert made > AT_ONCE // 8  # else the mutations only prove that nothing is read
