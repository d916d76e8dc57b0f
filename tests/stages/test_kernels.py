import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.schema import Ragged, Slate
from pipelines.stages.kernels import best_columns, drop_from_slate, order_within, top_k


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 30), st.integers(1, 35))
def test_top_k_is_the_sorted_order_with_ties_to_the_lower_code(seed, n, m, k):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (n, m)).astype(np.float32)
    scores[rng.random((n, m)) < 0.1] = -np.inf
    scores[rng.random((n, m)) < 0.1] = np.nan
    known = rng.random(m) > 0.2
    exclude = Ragged.of(
        [rng.choice(m, rng.integers(0, m), replace=False).tolist() for _ in range(n)]
    )
    found = top_k(scores, k, exclude, known)
    for r in range(n):
        free = known & np.isfinite(scores[r])
        free[exclude.row(r)] = False
        codes = np.flatnonzero(free)
        expected = codes[np.lexsort((codes, -scores[r, codes]))][:k]
        assert found.items[r, : len(expected)].tolist() == expected.tolist()
        assert (found.items[r, len(expected) :] == -1).all()
        assert (found.scores[r, len(expected) :] == -np.inf).all()


def test_order_within_breaks_ties_by_item_and_leaves_empty_places_last():
    items = np.array([[7, 3, -1, 5]], np.int32)
    scores = np.array([[1.0, 1.0, 9.0, 2.0]], np.float32)
    assert order_within(scores, items, 4).tolist() == [[3, 1, 0, -1]]


def test_dropping_moves_the_rest_up_and_says_what_went():
    slate = Slate(np.array([[4, 2, 9], [1, 3, -1]], np.int32), np.zeros((2, 3), np.float32))
    barred = np.zeros(10, bool)
    barred[[2, 3]] = True
    out = drop_from_slate(slate, barred, rule="available", reason="sold out")
    assert out.items.tolist() == [[4, 9, -1], [1, -1, -1]]
    (change,) = out.changes
    assert (change.action, change.rows.tolist(), change.items.tolist()) == (
        "removed",
        [0, 1],
        [2, 3],
    )


def test_the_best_columns_leave_equals_in_the_order_given():
    items = np.array([[7, 3, -1, 5, 1]], np.int32)
    scores = np.array([[1, 1, 9, 2, 1]], np.float32)
    assert best_columns(scores, items, 4).tolist() == [[3, 0, 1, 4]]
    assert best_columns(scores, items, 9).tolist() == [[3, 0, 1, 4, -1]]
    low = np.full((1, 5), -np.inf, np.float32)  # a candidate stays before an empty place
    assert best_columns(low, items, 5).tolist() == [[0, 1, 3, 4, -1]]
