import numpy as np

from pipelines.stages.rankers.bags import left_out
from pipelines.stages.rankers.stacking import Weights, arrival, last_useful, weigh


def requests(n: int, k: int = 20, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores that know the one labeled candidate, labels and which are there, (n, k)."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, k))
    labels = np.zeros((n, k), np.float32)
    labels[np.arange(n), (scores + rng.normal(size=(n, k))).argmax(axis=1)] = 1
    return scores, labels, np.ones((n, k), bool)


def test_every_request_is_left_out_equally_often() -> None:
    out = left_out(50, 10, 0.9, np.random.default_rng(0))
    assert out.shape == (10, 50)
    assert (out.sum(axis=0) == 1).all() and (out.sum(axis=1) == 5).all()
    other = left_out(50, 10, 0.9, np.random.default_rng(1))
    assert (out != other).any()


def test_at_least_one_request_is_left_out_and_one_stays() -> None:
    for n, share in ((2, 0.9), (3, 1.0), (7, 0.01), (5, 0.5)):
        out = left_out(n, 6, share, np.random.default_rng(0))
        assert out.any(axis=1).all() and not out.all(axis=1).any()


def test_few_labels_shrink_the_trees_weight_and_many_do_not() -> None:
    few, many = (weigh(*requests(n), doubt=3) for n in (4, 400))
    free = weigh(*requests(400), doubt=0)
    assert few.trees < 0.6 * many.trees
    assert many.trees > 0.95 * free.trees


def test_scores_of_chance_get_no_weight_beside_an_arrival_that_knows() -> None:
    rng = np.random.default_rng(2)
    odds = np.exp(arrival(20)) / np.exp(arrival(20)).sum()
    labels = np.zeros((300, 20), np.float32)
    labels[np.arange(300), rng.choice(20, 300, p=odds)] = 1
    found = weigh(rng.normal(size=(300, 20)), labels, np.ones((300, 20), bool), doubt=3)
    assert found.trees < 0.1 < 0.8 < found.arrival < 1.2


def test_scores_that_are_all_equal_get_no_weight() -> None:
    _, labels, there = requests(5)
    assert weigh(np.zeros(labels.shape), labels, there, doubt=3).trees == 0


def test_missing_candidates_do_not_count() -> None:
    scores, labels, there = requests(60)
    wide = [np.pad(part, ((0, 0), (0, 5))) for part in (scores, labels, there)]
    wide[0][:, 20:] = 99
    narrow, padded = weigh(scores, labels, there, 3), weigh(*wide, 3)
    np.testing.assert_allclose([padded.arrival, padded.trees], [narrow.arrival, narrow.trees])


def test_the_last_step_that_is_not_clearly_worse() -> None:
    rng = np.random.default_rng(0)
    base = rng.random(200)

    def step(more: float, noise: float = 0.05) -> Weights:
        return Weights(1, 1, base + more + rng.normal(0, noise, 200))

    assert last_useful([step(0.3), step(0), step(0.0001)]) == 2
    assert last_useful([step(0.3), step(0), step(0.2)]) == 1
    assert last_useful([step(0), step(0.2), step(0.3)]) == 0
