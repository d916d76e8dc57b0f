import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.schema import Candidates, Features, Queries
from pipelines.stages.rankers.rating import Rating
from pipelines.stages.ratings import trainset_parts
from pipelines.testing import RankerTests
from pipelines.testing.stage_data import NOW


class TestRating(RankerTests):
    stage = Rating
    settings = {"factors": 5, "epochs": 5}

    def test_scores_are_the_ratings_that_surprise_predicts(self) -> None:
        from surprise import SVD, Trainset

        queries, candidates, features, _ = self.inputs()
        scores = self.fitted().score(queries, candidates, features)
        user = np.repeat(queries.user, queries.lengths)
        parts = trainset_parts(user, queries.history.values, queries.weights)
        model = SVD(n_factors=5, n_epochs=5, random_state=0).fit(Trainset(**parts))
        for row in (1, 14, 28):
            items = candidates.items[row].tolist()
            predicted = [model.predict(int(queries.user[row]), i, clip=False).est for i in items]
            np.testing.assert_allclose(scores[row], predicted, rtol=1e-5)


def test_nobody_is_scored_by_the_items_alone() -> None:
    """Item 0 is rated high and item 1 low, by people without numbers."""
    queries = Queries.of_histories([[0, 1]] * 8, n_items=2, now=NOW)
    rated = Queries(
        queries.user,
        queries.history,
        np.tile(np.float32([5, 1]), 8),
        queries.times,
        queries.now,
        queries.exclude,
        2,
    )
    candidates = Candidates(np.tile(np.int32([1, 0]), (8, 1)), np.zeros((8, 2), np.float32))
    features = Features(np.zeros((8, 2, 0), np.float32), ())
    stage = Rating().fit(rated, candidates, features, np.zeros((8, 2), np.float32))
    scores = stage.score(queries, candidates, features)
    assert (scores[:, 1] > scores[:, 0]).all()
    assert len(np.unique(scores[:, 0])) == 1


def test_without_ratings_there_is_nothing_to_predict() -> None:
    queries = Queries.of_histories([[0, 1]], n_items=2, now=NOW)
    candidates = Candidates(np.int32([[0, 1]]), np.zeros((1, 2), np.float32))
    features = Features(np.zeros((1, 2, 0), np.float32), ())
    with pytest.raises(AssayError, match="all weights are the same"):
        Rating().fit(queries, candidates, features, np.zeros((1, 2), np.float32))
