import numpy as np

from pipelines.schema import Interactions, Queries
from pipelines.stages.candidates.neighbours import ItemNeighbours
from pipelines.testing import CandidateGeneratorTests
from pipelines.testing.stage_data import make_catalogue


class TestItemNeighbours(CandidateGeneratorTests):
    stage = ItemNeighbours


class TestBM25(CandidateGeneratorTests):
    stage = ItemNeighbours
    settings = {"measure": "bm25", "half_life": None}


class TestCosine(CandidateGeneratorTests):
    stage = ItemNeighbours
    settings = {"measure": "cosine", "neighbours": 12}


def test_an_item_that_all_but_one_took_up_has_no_likeness() -> None:
    interactions = Interactions.build([0, 0, 1, 1, 2], [0, 1, 0, 1, 2], n_users=3, n_items=3)
    stage = ItemNeighbours().fit(interactions, make_catalogue(np.ones(3, bool)))
    assert np.isfinite(stage.similarity_.data).all()


def test_scores_are_cosines_added_over_the_history() -> None:
    taken = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [1, 0, 0, 1]])
    user, item = np.nonzero(taken)
    interactions = Interactions.build(user, item, n_users=4, n_items=4)
    length = np.sqrt(taken.sum(axis=0))
    cosine = taken.T @ taken / np.outer(length, length)
    stage = ItemNeighbours(ItemNeighbours.Config(measure="cosine", half_life=1))
    stage.fit(interactions, make_catalogue(np.ones(4, bool)))
    queries = Queries.of_histories([[3, 0]], n_items=4, now=9)
    found = stage.retrieve(queries, 2)
    expected = cosine[0] + cosine[3] / 2
    order = sorted((1, 2), key=lambda j: -expected[j])
    assert found.items[0].tolist() == order
    np.testing.assert_allclose(found.scores[0], expected[order], rtol=1e-6)
