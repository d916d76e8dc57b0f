import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from pipelines.statistics.multiplicity import benjamini_hochberg, holm, holm_confidences

SOME = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_by_hand() -> None:
    """.01 × 4, .02 × 3 and .03 × 2 are .04, .06, .06; .04 × 1 is raised to .06."""
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.4]) == pytest.approx([0.8, 0.8])
    assert holm([0.9, 0.6]) == pytest.approx([1.0, 1.0])
    assert holm([0.04]) == [0.04] and len(holm([])) == 0


def test_levels_by_hand() -> None:
    """Steps of .05 / 3, / 2, / 1; what is not rejected has the level of the first such step."""
    none = holm_confidences([0.2, 0.03, 0.9], 0.05)
    assert none == pytest.approx([1 - 0.05 / 3] * 3)
    first = holm_confidences([0.2, 0.01, 0.9], 0.05)
    assert first == pytest.approx([0.975, 1 - 0.05 / 3, 0.975])
    every = holm_confidences([0.001, 0.01, 0.049], 0.05)
    assert every == pytest.approx([1 - 0.05 / 3, 0.975, 0.95])
    assert holm_confidences([0.9], 0.05) == pytest.approx([0.95])


@given(SOME)
def test_a_level_is_reached_just_where_holm_rejects(p: list[float]) -> None:
    rejected = holm(p) <= 0.05
    reached = np.array(p) <= 1 - holm_confidences(p, 0.05)
    near = np.isclose(holm(p), 0.05) | np.isclose(p, 1 - holm_confidences(p, 0.05))
    assert ((rejected == reached) | near).all()
    # An adjusted p is never below its own, nor in another order.
    assert (holm(p) >= np.array(p)).all()
    assert (np.diff(holm(p)[np.argsort(p)]) >= 0).all()


@given(SOME)
def test_benjamini_hochberg_is_scipys(p: list[float]) -> None:
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))


def test_benjamini_hochberg_of_none_is_none() -> None:
    assert len(benjamini_hochberg([])) == 0
