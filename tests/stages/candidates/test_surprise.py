import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.schema import Interactions, Queries
from pipelines.stages.candidates.surprise import SurpriseSVD
from pipelines.stages.ratings import trainset_parts
from pipelines.testing import CandidateGeneratorTests
from pipelines.testing.stage_data import (
    N_ITEMS,
    NOW,
    all_queries,
    known_items,
    make_catalogue,
    make_interactions,
)


class TestSurpriseSVD(CandidateGeneratorTests):
    stage = SurpriseSVD
    settings = {"factors": 5, "epochs": 5}


def test_scores_are_the_ratings_that_surprise_predicts() -> None:
    from surprise import SVD, Trainset

    interactions = make_interactions()
    config = SurpriseSVD.Config(factors=5, epochs=5)
    stage = SurpriseSVD(config).fit(interactions, make_catalogue(known_items()))
    parts = trainset_parts(interactions.user, interactions.item, interactions.weight)
    model = SVD(n_factors=5, n_epochs=5, random_state=0).fit(Trainset(**parts))
    found = stage.retrieve(all_queries(interactions), 6)
    for user in (0, 11, 30):
        predicted = [model.predict(user, int(i), clip=False).est for i in found.items[user]]
        np.testing.assert_allclose(found.scores[user], predicted, rtol=1e-5)


def test_unknown_visitors_get_one_list() -> None:
    stage = SurpriseSVD().fit(make_interactions(), make_catalogue(known_items()))
    queries = Queries.of_histories([[1], [2, 3]], n_items=N_ITEMS, now=NOW, exclude_seen=False)
    found = stage.retrieve(queries, 5)
    np.testing.assert_array_equal(found.items[0], found.items[1])
    assert not SurpriseSVD.answers_new


def test_without_ratings_there_is_nothing_to_predict() -> None:
    interactions = Interactions.build([0, 1], [0, 1], n_users=2, n_items=2)
    with pytest.raises(AssayError, match="all weights are the same"):
        SurpriseSVD().fit(interactions, make_catalogue(np.ones(2, bool)))
