import numpy as np

from pipelines.schema import Interactions, Queries
from pipelines.stages.candidates.popular import DAY, Popular
from pipelines.testing import CandidateGeneratorTests
from pipelines.testing.stage_data import make_catalogue


class TestPopular(CandidateGeneratorTests):
    stage = Popular


class TestRecentlyPopular(TestPopular):
    settings = {"window_days": 3}


def shown(window_days: float | None) -> list[int]:
    """Item 0 has three old events, item 1 two recent ones, item 2 one in between."""
    interactions = Interactions.build(
        np.arange(6),
        [0, 0, 0, 2, 1, 1],
        None,
        np.array([0, 0, 0, 50, 99, 100]) * DAY,
        n_users=6,
        n_items=4,
    )
    stage = Popular(Popular.Config(window_days=window_days))
    stage.fit(interactions, make_catalogue(np.ones(4, bool)))
    queries = Queries.of_histories([[]], n_items=4, now=101 * DAY)
    return stage.retrieve(queries, 4).items[0].tolist()


def test_all_time_counts_every_event() -> None:
    assert shown(None) == [0, 1, 2, 3]


def test_a_window_counts_recent_events_then_all() -> None:
    assert shown(7) == [1, 0, 2, 3]
    assert shown(60) == [1, 2, 0, 3]


def test_a_second_fit_forgets_the_order_of_the_first() -> None:
    catalogue = make_catalogue(np.ones(3, bool))
    stage, nobody = Popular(), Queries.of_histories([[]], n_items=3, now=9)
    for item in (1, 2):
        stage.fit(Interactions.build([0], [item], n_users=1, n_items=3), catalogue)
        stage.warm()
        assert stage.retrieve(nobody, 1).items.tolist() == [[item]]
    assert "ranking" in vars(stage) and "ranking" not in stage.state()
