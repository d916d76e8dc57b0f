import numpy as np

from pipelines.schema import Queries
from pipelines.stages.candidates.random import Random
from pipelines.testing import CandidateGeneratorTests
from pipelines.testing.stage_data import NOW, known_items, make_catalogue, make_interactions


class TestRandom(CandidateGeneratorTests):
    stage = Random

    def test_another_seed_draws_other_items(self) -> None:
        queries = Queries.of_histories([[1, 2]], n_items=30, now=NOW)
        fit = (make_interactions(), make_catalogue(known_items()))
        lists = [Random(Random.Config(seed=s)).fit(*fit).retrieve(queries, 10) for s in (0, 1)]
        assert not np.array_equal(lists[0].items, lists[1].items)

    def test_every_item_has_the_same_chance(self) -> None:
        n_items, asked = 50, 4000
        histories = [[a, b] for a in range(n_items) for b in range(asked // n_items)]
        histories = [[a, b % n_items, b // n_items] for a, b in histories]
        queries = Queries.of_histories(histories, n_items=n_items, now=NOW, exclude_seen=False)
        stage = Random().fit(make_interactions(), make_catalogue(np.ones(n_items, bool)))
        shown = np.bincount(stage.retrieve(queries, 5).items.ravel(), minlength=n_items)
        # 400 times each, give or take five standard deviations.
        assert np.abs(shown - 400).max() < 5 * np.sqrt(400 * 0.9)
