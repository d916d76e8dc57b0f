"""Which metric a bake-off may be declared on, and what becomes of it."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.comparison import declared
from pipelines.evaluation.results.document import ContenderResult
from pipelines.reading.lists import GroundTruth
from pipelines.schema import Ragged
from pipelines.statistics.interval import Interval
from pipelines.testing.datasets import dataset, with_prices_and_offers

DATA = dataset()


def request(metric: str) -> BakeoffRequest:
    return BakeoffRequest.of({"dataset": DATA.name, "split": "last-n:2", "k": 5, "metric": metric})


@pytest.mark.parametrize("metric", ["ndcg@5", "auc@20", "calibration@10", "revenue@5"])
def test_what_is_told_per_user_and_has_a_better_can_be_declared(metric):
    declared.check(metric, (5, 10, 20))


@pytest.mark.parametrize(
    ("metric", "says"),
    [
        ("ndcg@7", r"lists are scored at 5, 10, 20; declare ndcg@20, or set --k 7"),
        ("gini@5", "cannot be declared: contenders are compared user by user"),
        ("popularity_lift@5", "cannot be declared"),
        ("novelty@5", "cannot be declared.*use one of ndcg, recall"),
        ("speed@5", "is unknown; use NAME@K"),
        ("ndcg@010", "is unknown; use NAME@K"),  # its values would be named ndcg@10
        ("ndcg@１０", "is unknown; use NAME@K"),
        ("ndcg@0", "is unknown; use NAME@K"),
        (f"ndcg@{'1' * 5000}", "is unknown; use NAME@K"),
    ],
)
def test_what_cannot_be_declared_is_one_sentence(metric, says):
    with pytest.raises(AssayError, match=says):
        declared.check(metric, (5, 10, 20))


def test_data_that_lack_what_it_needs_are_told_before_anybody_is_asked(tmp_path):
    folder = tmp_path / "b"
    with pytest.raises(AssayError, match=r"revenue of hits@5 needs values of events or prices"):
        run_bakeoff(DATA, request("revenue@5"), folder, tmp_path / "stages", "b")
    assert not folder.exists()
    key = GroundTruth(Ragged.of([[0]]), history=Ragged.of([[]]))
    with pytest.raises(AssayError, match="calibration gap@5 needs categories of items, which"):
        declared.check_data("calibration@5", key)
    declared.check_data("ndcg@5", key)


def test_a_declared_metric_beyond_the_six_is_compared_first(tmp_path):
    shop = with_prices_and_offers(DATA)
    asked = request("revenue@5").model_copy(update={"dataset": shop.name})
    document = run_bakeoff(shop, asked, tmp_path / "b", tmp_path / "stages", "b")
    metrics = [c.metric for c in document.comparisons]
    assert metrics[0] == "revenue@5" and metrics.count("revenue@5") == 1
    assert {"ndcg@5", "hit_rate@20"} <= set(metrics) and "novelty@5" not in metrics
    assert not [note for note in document.notes if "declared" in note]
    random, popular = document.contenders
    for name in ("auc@5", "gini@5", "diversity@5", "calibration@5", "repeats@5", "serendipity@5"):
        assert name in random.metrics and name in popular.metrics, name
    assert not {"margin@5", "debiased_ndcg@5", "graded_ndcg@5"} & set(random.metrics)
    assert random.metrics["gini@5"].value < popular.metrics["gini@5"].value


def test_a_declared_metric_that_nobody_has_an_interval_of_is_noted(tmp_path):
    """One person alone bought a thing with a price: that tells nothing of the spread."""
    taken = np.bincount(split(DATA.interactions, "last-n:2").truth.values)
    price = np.full(DATA.catalogue.n_items, np.nan)
    price[np.flatnonzero(taken == 1)[0]] = 3.0
    frame = DATA.catalogue.frame.assign(price=price)
    priced = replace(DATA, catalogue=replace(DATA.catalogue, frame=frame))
    document = run_bakeoff(priced, request("revenue@5"), tmp_path / "b", tmp_path / "s", "b")
    assert "revenue@5" not in {c.metric for c in document.comparisons}
    assert document.comparisons[0].metric == "ndcg@5"
    expected = "The declared metric revenue of hits@5 has no value for Random, Popular."
    assert document.notes[0] == expected


def test_who_was_not_scored_is_no_part_of_the_note():
    interval = Interval(value=0.1, low=0.0, high=0.2)

    def one(name, status="scored", **metrics):
        made = ContenderResult(name=name, title=name.title(), kind="built", status=status)
        return made.model_copy(update={"metrics": metrics})

    results = [one("a", **{"ndcg@5": interval}), one("b"), one("c", "failed")]
    assert declared.note("ndcg@5", results) == ["The declared metric NDCG@5 has no value for B."]
    assert declared.note("ndcg@5", results[:1]) == []
