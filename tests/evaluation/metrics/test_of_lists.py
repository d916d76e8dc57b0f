"""Metrics of what lists are made of, their intervals, and the names of all metrics."""

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.metrics import evaluate, names
from pipelines.evaluation.metrics.evaluate import summarize
from pipelines.evaluation.metrics.novelty import (
    Novelty,
    PopularityLift,
    PopularityShare,
    popularity,
)
from pipelines.evaluation.metrics.variety import Coverage, Gini
from pipelines.reading.lists import GroundTruth, Lists
from pipelines.schema import Interactions, Ints, Ragged
from pipelines.statistics.bootstrap import bootstrap_interval
from pipelines.statistics.interval import Interval
from tests.evaluation.metrics.made import padded


def of_lists(items: Ints, known: np.ndarray, share: np.ndarray, ks: list[int]) -> dict:
    key = GroundTruth(Ragged.of([[0]] * len(items)), catalogue=known, popularity=share)
    return evaluate.evaluate(Lists(items, key), ks, [Coverage, Novelty, PopularityShare])


def coverage(items: Ints, known: np.ndarray, seed: int = 0) -> Interval:
    lists = Lists(items, GroundTruth(Ragged.of([[0]] * len(items)), catalogue=known))
    return evaluate.of_all(Coverage(), lists, items.shape[1], seed=seed)


def test_list_metrics_by_hand() -> None:
    known = np.ones(20, bool)
    known[19] = False
    share = np.full(20, 1 / 8)
    share[:2] = 1 / 2, 1 / 4
    items = padded([[0, 1], [0, 5], [19], []], width=2)
    found = of_lists(items, known, share, [1, 2])
    assert found["coverage@1"].value == pytest.approx(1 / 19)
    assert found["coverage@2"].value == pytest.approx(3 / 19)
    np.testing.assert_allclose(found["novelty@2"], [1.5, 2.0, 3.0, np.nan])
    # 19 known items: the most popular ceil(1.9) = 2 are items 0 and 1
    np.testing.assert_allclose(found["popularity_share@2"], [1.0, 0.5, 0.0, np.nan])
    np.testing.assert_allclose(found["novelty@1"], [1.0, 1.0, 3.0, np.nan])


def test_popularity_counts_users_not_events() -> None:
    train = Interactions.build([0, 0, 0, 2], [1, 1, 0, 1], n_users=4, n_items=3)
    np.testing.assert_allclose(popularity(train), [0.5, 1.0, 0.0])


def test_an_item_without_a_training_user_has_the_novelty_of_the_rarest() -> None:
    found = of_lists(padded([[2]]), np.ones(3, bool), np.array([0.5, 0.25, 0.0]), [1])
    assert found["novelty@1"][0] == 2.0


def test_coverage_interval_is_seeded_and_holds_what_other_users_would_give() -> None:
    rng = np.random.default_rng(5)
    shares = 1 / np.arange(1, 401)
    shares /= shares.sum()
    known = np.ones(400, bool)

    def drawn() -> np.ndarray:
        return rng.choice(400, (150, 5), p=shares).astype(np.int32)

    found = [coverage(drawn(), known, seed=n) for n in range(60)]
    expected = np.mean([c.value for c in (coverage(drawn(), known) for _ in range(60))])
    holds = np.mean([c.low <= expected <= c.high for c in found])
    assert holds >= 0.9
    spread = np.std([c.value for c in found])
    widths = np.array([c.high - c.low for c in found])
    assert (widths > 2 * spread).all() and (widths < 8 * spread).all()
    lists = drawn()
    assert coverage(lists, known, seed=1) == coverage(lists, known, seed=1)
    assert coverage(lists, known, seed=1) != coverage(lists, known, seed=2)


def test_coverage_of_nothing_is_nothing() -> None:
    assert coverage(padded([[], []], width=3), np.ones(4, bool)).value == 0.0
    assert coverage(padded([[1, 2]] * 6), np.zeros(4, bool)).high == 0.0


@pytest.mark.parametrize("users", [1, 5])
def test_a_few_users_who_are_all_alike_say_nothing_of_others(users: int) -> None:
    key = GroundTruth(
        Ragged.of([[0]] * users),
        catalogue=np.ones(4, bool),
        popularity=np.array([1, 0.5, 0.2, 0]),
        history=Ragged.of([[0]] * users),
    )
    found = evaluate.evaluate(Lists(padded([[1, 2]] * users), key), [2], [Gini, PopularityLift])
    gini = found["gini@2"]
    assert isinstance(gini, Interval)
    assert gini.value == 0.5 and (gini.low, gini.high) == (0.0, 1.0)
    assert "popularity_lift@2" not in summarize(found)


def test_an_interval_holds_its_own_value() -> None:
    """49 of 50 resamples are alike and one is lower: their mean is below all 49."""
    found = bootstrap_interval(0.5, np.repeat([0.5, 0.1], [49, 1]), (0.0, 1.0), confidence=0.9)
    assert found.low == found.value == 0.5 < found.high


def test_summarize_gives_an_interval_each_and_leaves_out_what_has_none() -> None:
    values = {
        "ndcg@5": np.array([0.0, 0.5, 1.0]),
        "hit_rate@5": np.array([1.0, 1.0]),
        "novelty@5": np.array([2.0, 2.0, np.nan]),
        "coverage@5": coverage(padded([[1, 2]]), np.ones(4, bool)),
    }
    found = summarize(values)
    assert found["ndcg@5"].value == 0.5 and 0.0 <= found["ndcg@5"].low < 0.5
    assert (found["hit_rate@5"].low, found["hit_rate@5"].high) == (0.0, 1.0)
    assert found["coverage@5"].value == 0.5
    assert "novelty@5" not in found


def test_names_are_read_and_spoken() -> None:
    assert names.parse("hit_rate@20") == ("hit_rate", 20)
    assert names.label("ndcg@10") == "NDCG@10"
    assert names.label("hit_rate@5") == "hit rate@5"
    assert names.bounds("map@5") == (0.0, 1.0)
    assert names.bounds("novelty@5") is None
    assert (names.better("ndcg@5"), names.better("calibration@5")) == ("higher", "lower")
    assert names.better("coverage@5") == "neither"
    for wrong in ("ndcg", "ndcg@0", "ndcg@x", "rmse@10", "ndcg@-1", "ndcg@²"):
        with pytest.raises(AssayError, match="use NAME@K"):
            names.parse(wrong)


def test_a_metric_of_a_package_that_is_gone_has_a_name_and_nothing_else() -> None:
    assert names.label("of_old@5") == "of old@5"
    assert names.bounds("of_old@5") is None and names.better("of_old@5") == "neither"
