"""Each kernel beside a plain implementation of what it computes, equal to the bit."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.schema import Candidates, Ragged, Slate, WeightedRows
from pipelines.stages.kernels import (
    FactorScan,
    Ranking,
    best_columns,
    drop_from_slate,
    order_within,
    top_k,
    top_k_of_dense_product,
    top_k_of_product,
    zeros,
)
from pipelines.stages.linalg import solve_in_place

SEEDS = st.integers(0, 10_000)


def some_excluded(rng, n, m):
    return Ragged.of([rng.choice(m, rng.integers(0, m), replace=False).tolist() for _ in range(n)])


def best(scores, k, exclude, known):
    """The k best of each row by (-score, item code), by sorting."""
    items = np.full((len(scores), k), -1, np.int32)
    values = np.full((len(scores), k), -np.inf, np.float32)
    for r, row in enumerate(scores):
        free = known & ~np.isnan(row) & (row > -np.inf)
        free[exclude.row(r)] = False
        codes = np.flatnonzero(free)
        codes = codes[np.lexsort((codes, -row[codes]))][:k]
        items[r, : len(codes)], values[r, : len(codes)] = codes, row[codes]
    return Candidates(items, values)


def assert_equal_bits(found, expected):
    assert found.items.tolist() == expected.items.tolist()
    assert found.scores.tobytes() == expected.scores.tobytes()
    for kind in (np.bool_, np.float32):
        assert not any(zeros(name, 0, kind).any() for name in ("excluded", "sums"))


@settings(deadline=None)
@given(SEEDS, st.integers(1, 12), st.integers(1, 30), st.integers(0, 35))
def test_top_k_is_the_sorted_order_with_ties_to_the_lower_code(seed, n, m, k):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (n, m)).astype(np.float32)
    scores[rng.random((n, m)) < 0.1] = -np.inf
    scores[rng.random((n, m)) < 0.1] = np.nan
    known, exclude = rng.random(m) > 0.2, some_excluded(rng, n, m)
    assert_equal_bits(top_k(scores, k, exclude, known), best(scores, k, exclude, known))


@settings(deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(1, 30), st.integers(0, 35))
def test_a_ranking_is_walked_as_if_sorted_for_each_request(seed, n, m, k):
    rng = np.random.default_rng(seed)
    scores, known = rng.integers(0, 4, m).astype(np.float32), rng.random(m) > 0.2
    exclude = some_excluded(rng, n, m)
    found = Ranking.of(scores, known).first(k, exclude)
    assert_equal_bits(found, best(np.tile(scores, (n, 1)), k, exclude, known))


def some_history(rng, n, m, wide):
    rows = sp.random(n, m, 0.3, "csr", np.float32, random_state=rng)
    if wide:  # weights from those of the newest events to those that are all but nothing
        rows.data = np.exp2(-rng.integers(0, 149, rows.nnz)).astype(np.float32)
        rows.data[rng.random(rows.nnz) < 0.2] = 1
    return WeightedRows(rows.indptr, rows.indices, rows.data, m)


def added_up(rows, weights):
    """float32 sums in the order of a row's item codes."""
    out = np.zeros((len(rows), weights.shape[1]), np.float32)
    for r in range(len(out)):
        for p in range(rows.indptr[r], rows.indptr[r + 1]):
            out[r] += rows.weights[p] * weights[rows.items[p]]
    return out


@settings(deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(2, 60), st.integers(0, 70), st.floats(0.01, 1))
def test_a_sparse_product_is_added_up_in_order(seed, n, m, k, density):
    rng = np.random.default_rng(seed)
    rows = some_history(rng, n, m, wide=False)
    weights = sp.random(m, m, density, "csr", np.float32, random_state=rng)
    weights.data = (np.round(weights.data * 8) / 4 - 1).astype(np.float32)  # ties, and sums of 0
    known, exclude = rng.random(m) > 0.2, some_excluded(rng, n, m)
    scores = added_up(rows, weights.toarray())
    scores[scores == 0] = -np.inf
    found = top_k_of_product(rows, weights, exclude, k, known)
    assert_equal_bits(found, best(scores, k, exclude, known))


@settings(deadline=None)
@given(SEEDS, st.integers(1, 5), st.sampled_from([1, 3, 40, 700]), st.booleans())
def test_a_dense_product_is_added_up_in_order(seed, n, m, wide):
    rng = np.random.default_rng(seed)
    rows, weights = some_history(rng, n, m, wide), rng.normal(size=(m, m)).astype(np.float32)
    known, exclude = rng.random(m) > 0.2, some_excluded(rng, n, m)
    found = top_k_of_dense_product(rows, weights, exclude, 30, known)
    assert_equal_bits(found, best(added_up(rows, weights), 30, exclude, known))


@settings(deadline=None)
@given(SEEDS, st.integers(1, 6), st.sampled_from([1, 50, 300, 900]), st.integers(1, 60))
def test_a_scan_that_stops_early_finds_what_looking_at_everything_finds(seed, f, m, k):
    rng = np.random.default_rng(seed)
    n = 4
    items = rng.integers(-2, 3, (m, f)).astype(np.float32)  # many ties
    items *= np.float32(0.1) * (rng.random((m, 1)) ** 4).round(1).astype(np.float32)
    users = rng.normal(size=(n, f)).astype(np.float32)
    users[0] = 0
    users[1, 0] = 0
    bias, base = (rng.integers(-3, 3, size).astype(np.float32) / 7 for size in (m, n))
    known, exclude = rng.random(m) > 0.2, some_excluded(rng, n, m)
    for offset, start in ((None, None), (bias, base)):
        scores = np.zeros((n, m), np.float32)
        if offset is not None:
            scores += start[:, None] + offset
        for c in range(f):
            scores += users[:, [c]] * items[:, c]
        found = FactorScan.of(items, known, offset).top_k(users, k, exclude, start)
        assert_equal_bits(found, best(scores, k, exclude, known))


@settings(deadline=None)
@given(SEEDS, st.integers(1, 4), st.integers(1, 30), st.integers(1, 35))
def test_the_order_of_columns_is_that_of_a_sort_by_several_keys(seed, n, k, keep):
    rng = np.random.default_rng(seed)
    scores = rng.choice([-np.inf, -2.5, -0.0, 0.0, 1e-40, 3.0], (n, k)).astype(np.float32)
    items = np.stack([rng.permutation(k) for _ in range(n)]).astype(np.int32)
    items[rng.random((n, k)) < 0.2] = -1
    by_item, as_given = order_within(scores, items, keep), best_columns(scores, items, keep)
    for r in range(n):
        there = np.flatnonzero(items[r] >= 0)
        first = there[np.lexsort((items[r, there], -scores[r, there]))][:keep]
        second = there[np.lexsort((there, -scores[r, there]))][:keep]
        for found, expected in ((by_item[r], first), (as_given[r], second)):
            assert found[: len(expected)].tolist() == expected.tolist()
            assert (found[len(expected) :] == -1).all()


@pytest.mark.parametrize("m", [1, 4, 7, 64])
def test_four_rows_at_once_solve_as_one_by_one(m):
    x = np.random.default_rng(m).normal(size=(2 * m, m))
    a, b = x.T @ x + np.eye(m), x[0].copy()
    plain, answer = a.copy(), b.copy()
    for c in range(m):
        plain[c, c:] /= np.sqrt(plain[c, c])
        for i in range(c + 1, m):
            plain[i, i:] -= plain[c, i] * plain[c, i:]
    for c in range(m):
        answer[c] /= plain[c, c]
        answer[c + 1 :] -= plain[c, c + 1 :] * answer[c]
    for c in range(m - 1, -1, -1):
        for j in range(c + 1, m):
            answer[c] -= plain[c, j] * answer[j]
        answer[c] /= plain[c, c]
    solve_in_place(a, b)
    assert b.tobytes() == answer.tobytes()


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
