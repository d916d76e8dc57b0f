import numpy as np
import scipy.sparse as sp

from pipelines.stages.candidates.factors import AlternatingLeastSquares
from pipelines.stages.candidates.singular import leading_factors
from pipelines.testing.stage_data import all_queries, known_items, make_catalogue, make_interactions


def events(rows: int, columns: int, seed: int = 1) -> sp.csr_matrix:
    """Long-tailed 0 and 1."""
    share = 1 / np.arange(2, columns + 2)
    draws = np.random.default_rng(seed).random((rows, columns)) < 3 * share
    return sp.csr_matrix(draws.astype(np.float32))


def test_the_product_is_the_best_of_its_rank() -> None:
    matrix = events(300, 200)
    rows, columns = leading_factors(matrix, 10, np.random.default_rng(0))
    u, sizes, v = np.linalg.svd(matrix.toarray())
    best = (u[:, :10] * sizes[:10]) @ v[:10]
    assert rows.dtype == columns.dtype == np.float32
    np.testing.assert_allclose(rows @ columns.T, best, atol=2e-3)


def test_more_factors_than_the_matrix_has_are_zero() -> None:
    rows, columns = leading_factors(events(6, 9), 20, np.random.default_rng(0))
    assert rows.shape == (6, 20) and columns.shape == (9, 20)
    assert not rows[:, 6:].any() and not columns[:, 6:].any()
    np.testing.assert_allclose(rows @ columns.T, events(6, 9).toarray(), atol=1e-3)


def test_an_empty_matrix_has_no_factors() -> None:
    rows, columns = leading_factors(
        sp.csr_matrix((4, 5), dtype=np.float32), 3, np.random.default_rng(0)
    )
    assert not rows.any() and not columns.any()


def test_lists_of_als_hardly_depend_on_the_seed() -> None:
    interactions, catalogue = make_interactions(), make_catalogue(known_items())
    queries = all_queries(interactions)
    lists = []
    for seed in (0, 1):
        config = AlternatingLeastSquares.Config(factors=8, regularization=1, seed=seed)
        stage = AlternatingLeastSquares(config).fit(interactions, catalogue)
        lists.append(stage.retrieve(queries, 5).items)
    assert (lists[0] == lists[1]).mean() > 0.98
