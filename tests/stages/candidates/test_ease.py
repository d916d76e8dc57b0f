import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.schema import Interactions, Queries
from pipelines.stages.candidates.ease import Ease
from pipelines.stages.candidates.ease_weights import dense_weights, sparse_weights
from pipelines.stages.contract import DataShape
from pipelines.testing import CandidateGeneratorTests
from pipelines.testing.stage_data import known_items, make_catalogue, make_interactions


class TestEase(CandidateGeneratorTests):
    stage = Ease
    settings = {"l2": 5}


class TestSparseEase(CandidateGeneratorTests):
    stage = Ease
    settings = {"l2": 5, "dense_up_to": 0, "neighbours": 12}


class TestEaseWithoutRecency(CandidateGeneratorTests):
    stage = Ease
    settings = {"l2": 5, "half_life": None}


def test_dense_weights_are_the_closed_form() -> None:
    matrix = make_interactions().matrix()
    matrix.data[:] = 1
    x = matrix.toarray().astype(float)
    inverse = np.linalg.inv(x.T @ x + 7 * np.eye(x.shape[1]))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(dense_weights(matrix, 7.0), expected, atol=1e-5)


def test_tiles_cover_more_items_than_one_tile() -> None:
    rng = np.random.default_rng(0)
    x = (rng.random((300, 150)) < 0.1).astype(float)
    user, item = np.nonzero(x)
    matrix = Interactions.build(user, item, n_users=300, n_items=150).matrix()
    inverse = np.linalg.inv(x.T @ x + 3 * np.eye(150))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(dense_weights(matrix, 3.0), expected, atol=1e-5)


def test_the_sparse_form_over_all_items_is_the_dense_one() -> None:
    rng = np.random.default_rng(1)
    user, item = np.nonzero(rng.random((200, 12)) < 0.5)  # every two items occur together
    matrix = Interactions.build(user, item, n_users=200, n_items=12).matrix()
    sparse = sparse_weights(matrix, 4.0, neighbours=11).toarray()
    np.testing.assert_allclose(sparse, dense_weights(matrix, 4.0), atol=1e-5)


def test_the_sparse_form_keeps_so_many_neighbours() -> None:
    matrix = make_interactions().matrix()
    matrix.data[:] = 1
    per_column = np.diff(sparse_weights(matrix, 4.0, neighbours=3).tocsc().indptr)
    assert per_column.max() == 3


def test_the_newest_event_weighs_most() -> None:
    """Items 0 and 1 go together, so do 2 and 3; what is proposed follows the newest."""
    user = np.repeat(np.arange(20), 2)
    item = np.tile([0, 1, 2, 3], 10)
    interactions = Interactions.build(user, item, n_users=20, n_items=4)
    stage = Ease(Ease.Config(l2=1, half_life=1))
    stage.fit(interactions, make_catalogue(np.ones(4, bool)))
    queries = Queries.of_histories([[0, 2], [2, 0]], n_items=4, now=9)
    assert stage.retrieve(queries, 2).items.tolist() == [[3, 1], [1, 3]]


def test_rare_items_are_not_modeled() -> None:
    interactions = make_interactions()
    counts = np.bincount(interactions.item, minlength=interactions.n_items)
    stage = Ease(Ease.Config(l2=5, min_events=15))
    stage.fit(interactions, make_catalogue(known_items()))
    found = stage.retrieve(Queries.of_histories([[0]], n_items=30, now=9), 30).items[0]
    assert (found >= 0).any()
    assert (counts[found[found >= 0]] >= 15).all()


def test_what_would_not_fit_is_refused_with_an_alternative() -> None:
    shape = DataShape(1_000_000, 60_000, 10_000_000)
    refusal = Ease(Ease.Config(dense_up_to=100_000)).estimate(shape).refusal
    assert refusal is not None
    assert "60,000 items needs 14.4 GB" in refusal
    assert "dense_up_to" in refusal
    sparse = Ease().estimate(shape)
    assert sparse.refusal is None
    assert sparse.megabytes < 1000


def test_a_matrix_that_cannot_be_solved_says_so() -> None:
    user, item = np.divmod(np.arange(4000), 2)
    matrix = Interactions.build(user, item, n_users=2000, n_items=2).matrix()
    with pytest.raises(AssayError, match="larger l2"):
        dense_weights(matrix, 1e-9)
