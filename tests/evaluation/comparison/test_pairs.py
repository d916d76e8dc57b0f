"""Person by person: shares, the twenty at either end, and the histogram."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipelines.evaluation.comparison.pairs import Pairs

VALUES = arrays(np.float64, st.integers(1, 60), elements=st.floats(-1, 1) | st.just(np.nan))


def test_shares_count_those_for_whom_both_have_a_value():
    pairs = Pairs.of([0.5, 0.2, 0.3, np.nan], [0.1, 0.2, 0.4, 0.3])
    assert pairs.defined == 3
    assert pairs.shares() == (1 / 3, 1 / 3, 1 / 3)
    assert Pairs.of([np.nan], [0.1]).shares() == (0.0, 0.0, 0.0)


def test_wins_and_losses_are_the_largest_first_equals_in_row_order():
    pairs = Pairs(np.array([0.1, -0.2, 0.3, 0.0, 0.3, np.nan, -0.5]))
    assert pairs.wins().tolist() == [2, 4, 0]
    assert pairs.wins(1).tolist() == [2]
    assert pairs.losses().tolist() == [6, 1]
    assert len(Pairs(np.zeros(3)).wins()) == 0


@given(VALUES)
def test_every_person_who_differs_is_in_one_bin_on_the_right_side_of_zero(difference):
    pairs = Pairs(difference)
    edges, counts = pairs.histogram()
    assert edges[len(edges) // 2] == 0 and np.array_equal(edges, -edges[::-1])
    half = len(counts) // 2
    assert counts[half:].sum() == (difference > 0).sum()
    assert counts[:half].sum() == (difference < 0).sum()
