import numpy as np

from pipelines.schema import Interactions, Queries
from pipelines.stages.candidates.transitions import Transitions
from pipelines.testing import CandidateGeneratorTests
from pipelines.testing.stage_data import make_catalogue


class TestTransitions(CandidateGeneratorTests):
    stage = Transitions


class TestShortWindow(CandidateGeneratorTests):
    stage = Transitions
    settings = {"window": 1, "last": 1, "popularity": 1, "decay": 1}
    personal = False  # one step back is not enough for the checkerboard


def test_steps_are_weighted_by_distance_and_counts() -> None:
    """One person takes up 0, 1, 2; another 0, 2."""
    interactions = Interactions.build(
        [0, 0, 0, 1, 1], [0, 1, 2, 0, 2], None, [1, 2, 3, 1, 2], n_users=2, n_items=3
    )
    config = Transitions.Config(window=2, popularity=1)
    stage = Transitions(config).fit(interactions, make_catalogue(np.ones(3, bool)))
    root = np.sqrt(2)
    expected = [
        [0, 1 / root, 1.5 / root / 2],  # 0 → 2: at distance two, and at one; 0 and 2 count two
        [0, 0, 1 / 2],
        [0, 0, 0],
    ]
    np.testing.assert_allclose(stage.steps_.toarray(), expected, rtol=1e-6)


def test_only_the_newest_events_speak() -> None:
    interactions = Interactions.build(
        [0, 0, 1, 1], [0, 1, 2, 3], None, [1, 2, 1, 2], n_users=2, n_items=4
    )
    stage = Transitions(Transitions.Config(last=1))
    stage.fit(interactions, make_catalogue(np.ones(4, bool)))
    queries = Queries.of_histories([[0, 2], [2, 0]], n_items=4, now=9)
    assert stage.retrieve(queries, 2).items.tolist() == [[3, -1], [1, -1]]
