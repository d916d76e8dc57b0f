import sys

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from pipelines.schema import Ragged, WeightedRows

HISTORIES = st.lists(st.lists(st.integers(0, 30), max_size=40), max_size=5)


def of(histories, weights, n_items=31):
    return WeightedRows.of(Ragged.of(histories), np.asarray(weights, np.float32), n_items)


@given(HISTORIES, st.booleans(), st.integers(0, 1000))
def test_they_are_the_arrays_of_scipys_matrix_to_the_bit(histories, repeats, seed):
    if not repeats:
        histories = [list(dict.fromkeys(history)) for history in histories]
    rows = Ragged.of(histories)
    weights = np.random.default_rng(seed).random(len(rows.values)).astype(np.float32)
    expected = sp.csr_matrix((weights, rows.values, rows.indptr), shape=(len(rows), 31), copy=True)
    expected.sum_duplicates()
    found = WeightedRows.of(rows, weights, 31)
    for mine, theirs in (
        (found.indptr, expected.indptr),
        (found.items, expected.indices),
        (found.weights, expected.data),
    ):
        assert mine.dtype == theirs.dtype
        assert mine.tobytes() == theirs.tobytes()
    assert (found.matrix() != expected).nnz == 0


def test_weights_of_a_repeated_item_are_added():
    found = of([[4, 2, 4], [2]], [1, 2, 4, 8])
    assert found.items.tolist() == [2, 4, 2]
    assert found.weights.tolist() == [2, 5, 8]


def test_columns_in_other_codes_keep_their_order():
    rows = of([[0, 2, 3], [1]], [1, 2, 3, 4], n_items=4)
    found = rows.in_other_codes(np.array([0, -1, 1, 2], np.int32), 3)
    assert found.matrix().toarray().tolist() == [[1, 2, 3], [0, 0, 0]]


@pytest.mark.parametrize("history", [[], [3, 1, 2]])
def test_a_history_without_repeats_needs_no_scipy(history, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    assert of([history], np.ones(len(history))).items.tolist() == sorted(history)
