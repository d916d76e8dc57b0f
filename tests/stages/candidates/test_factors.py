import numpy as np
import pytest

from pipelines.schema import Queries
from pipelines.stages.candidates.factors import AlternatingLeastSquares
from pipelines.stages.linalg import solve_in_place
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


def test_requests_are_folded_in_event_by_event() -> None:
    """The plain loop, to the bit: adding several events at once may not round otherwise."""
    config = AlternatingLeastSquares.Config(factors=7, alpha=3)
    stage = AlternatingLeastSquares(config).fit(make_interactions(), make_catalogue(known_items()))
    histories = [[], *(list(range(length)) for length in (1, 4, 5, 11))]
    queries = Queries.of_histories(histories, n_items=len(stage.items_), now=9)
    found = stage.retrieve(queries, 30)
    for r, history in enumerate(histories[1:], 1):
        a, b = stage.gram_.copy(), np.zeros(7)
        for item in history:
            factor = stage.items_[item].astype(np.float64)
            b += 3.0 * factor
            a += (2.0 * factor)[:, None] * factor
        solve_in_place(a, b)
        user = b.astype(np.float32)
        scores = np.zeros(len(stage.items_), np.float32)
        for c in range(7):
            scores += user[c] * stage.items_[:, c]
        items = found.items[r][found.items[r] >= 0]
        assert found.scores[r][: len(items)].tobytes() == scores[items].tobytes()
        rest = np.setdiff1d(np.flatnonzero(stage.known_), history)
        assert items.tolist() == rest[np.lexsort((rest, -scores[rest]))].tolist()
