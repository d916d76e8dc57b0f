import numpy as np
import pytest

from pipelines.stages.candidates.factors import AlternatingLeastSquares
from pipelines.testing import CandidateGeneratorTests
from pipelines.testing.stage_data import all_queries, known_items, make_catalogue, make_interactions


class TestAlternatingLeastSquares(CandidateGeneratorTests):
    stage = AlternatingLeastSquares
    settings = {"factors": 12, "iterations": 30}


@pytest.mark.parametrize("use_weights", [False, True])
def test_a_history_is_folded_in_as_the_normal_equations_say(use_weights: bool) -> None:
    config = AlternatingLeastSquares.Config(factors=6, alpha=3, use_weights=use_weights)
    interactions = make_interactions()
    stage = AlternatingLeastSquares(config).fit(interactions, make_catalogue(known_items()))
    queries = all_queries(interactions)
    found = stage.retrieve(queries, 5)
    y = stage.items_.astype(float)
    matrix = interactions.matrix().toarray()
    for r in (0, 7, 20):
        confidence = 3 * matrix[r] if use_weights else 3.0 * (matrix[r] > 0)
        extra = np.where(matrix[r] > 0, confidence - 1, 0)
        a = y.T @ y + (y.T * extra) @ y + config.regularization * np.eye(6)
        x = np.linalg.solve(a, y.T @ confidence)
        np.testing.assert_allclose(found.scores[r], (y @ x)[found.items[r]], rtol=1e-4)
