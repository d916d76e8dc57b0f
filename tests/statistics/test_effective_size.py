"""The effective sample size of weighted values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.statistics.effective_size import effective_sample_size


@given(st.lists(st.floats(1e-3, 1), min_size=1, max_size=50), st.floats(1e-3, 1e3))
def test_it_is_between_one_and_n_whatever_the_unit(values: list[float], unit: float) -> None:
    weights = 1 / np.array(values)
    found = effective_sample_size(weights)
    assert 1 - 1e-9 <= found <= len(weights) + 1e-9
    assert effective_sample_size(unit * weights) == pytest.approx(found)


def test_by_hand() -> None:
    assert effective_sample_size(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)
    assert effective_sample_size(np.array([1e160, 1e160])) == 2.0
    assert effective_sample_size(np.array([])) == 0.0
