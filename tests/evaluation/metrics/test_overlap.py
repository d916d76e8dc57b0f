"""How alike two lists are: published figures, the definition itself, and what must hold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evaluation.metrics.overlap import jaccard, rbo
from tests.evaluation.metrics.made import padded

A, B = list(range(7)), [25, 2, 0, 21, 22, 23, 24]
"""Figure 5 of Webber et al. 2010: ABCDEFG beside ZCAVWXY."""


def first_copies(row: list[int]) -> list[int]:
    return list(dict.fromkeys(item for item in row if item >= 0))


def rbo_ext(a: list[int], b: list[int], p: float) -> float:
    """Equation 32 of Webber, Moffat & Zobel 2010, term by term."""
    short, long = sorted((first_copies(a), first_copies(b)), key=len)
    s, l = len(short), len(long)  # noqa: E741
    if s == 0:
        return math.nan if l == 0 else 0.0

    def shared(d: int) -> int:
        return len(set(short[:d]) & set(long[:d]))

    first = sum(shared(d) / d * p**d for d in range(1, l + 1))
    second = sum(shared(s) * (d - s) / (s * d) * p**d for d in range(s + 1, l + 1))
    rest = (shared(l) - shared(s)) / l + shared(s) / s
    return (1 - p) / p * (first + second) + rest * p**l


def test_the_average_overlap_of_the_papers_figure() -> None:
    """As p nears 1 … the plain mean over the seven depths is .312 (figure 5)."""
    agreements = [len(set(A[:d]) & set(B[:d])) / d for d in range(1, 8)]
    assert round(sum(agreements) / 7, 3) == 0.312
    p = 0.9
    expected = (1 - p) / p * sum(x * p**d for d, x in enumerate(agreements, 1)) + 2 / 7 * p**7
    assert rbo(padded([A]), padded([B]), p)[0] == pytest.approx(expected, abs=1e-12)


def test_a_published_example() -> None:
    """[1, 2, 3, 4, 5] beside [2, 3, 4, 1, 5] at p = .9 is .828 (b4ny4n/rankmeasures)."""
    assert round(rbo(padded([[1, 2, 3, 4, 5]]), padded([[2, 3, 4, 1, 5]]), 0.9)[0], 3) == 0.828


ROW = st.lists(st.integers(-1, 9), max_size=8)


@settings(max_examples=1000)
@given(
    st.lists(st.tuples(ROW, ROW), min_size=1, max_size=5),
    st.integers(1, 99).map(lambda n: n / 100),
    st.one_of(st.none(), st.integers(1, 10)),
)
def test_agrees_with_the_definition(pairs, p, k) -> None:
    """Uneven lists, empty places, copies; the widths of the two arrays differ."""
    a, b = padded([x for x, _ in pairs]), padded([y for _, y in pairs])
    found, alike = rbo(a, b, p, k), jaccard(a, b, k)
    for row, (x, y) in enumerate(pairs):
        x, y = x[:k], y[:k]
        np.testing.assert_allclose(found[row], rbo_ext(x, y, p), rtol=0, atol=1e-9)
        one, other = set(first_copies(x)), set(first_copies(y))
        expected = len(one & other) / len(one | other) if one | other else math.nan
        np.testing.assert_allclose(alike[row], expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(rbo(b, a, p, k), found, rtol=0, atol=1e-12)


def test_the_ends_of_the_scale() -> None:
    same, other, none = padded([[3, 1, 2]]), padded([[4, 5, 6]]), padded([[]], width=3)
    assert rbo(same, same)[0] == pytest.approx(1.0) and jaccard(same, same)[0] == 1.0
    assert rbo(same, other)[0] == jaccard(same, other)[0] == 0.0
    assert rbo(same, none)[0] == jaccard(same, none)[0] == 0.0
    assert np.isnan(rbo(none, none)[0]) and np.isnan(jaccard(none, none)[0])
    longer = padded([[3, 1, 2, 9, 8]])
    assert rbo(same, longer)[0] == pytest.approx(1.0)
    assert jaccard(longer, same, k=3)[0] == 1.0


def test_the_first_ranks_weigh_more() -> None:
    lists = padded([[1, 2, 3, 4, 5]] * 2)
    swapped = padded([[2, 1, 3, 4, 5], [1, 2, 3, 5, 4]])
    at_the_top, at_the_end = rbo(lists, swapped)
    assert at_the_top < at_the_end


def test_what_cannot_be_compared_is_refused() -> None:
    lists = padded([[1, 2]])
    for p in (0.0, 1.0, -0.5):
        with pytest.raises(ValueError, match="between 0 and 1"):
            rbo(lists, lists, p)
    with pytest.raises(ValueError, match="same users"):
        jaccard(lists, padded([[1], [2]]))
    with pytest.raises(ValueError, match="from 1"):
        rbo(lists, lists, k=0)
