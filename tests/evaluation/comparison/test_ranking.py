"""Who is ahead by a metric of which more is better, less is, or neither."""

import pytest

from pipelines.evaluation.comparison.ranking import best_first, better_sign, why_not_ranked
from pipelines.evaluation.results.document import ContenderResult
from pipelines.statistics.interval import Interval


def contender(name: str, **values: float) -> ContenderResult:
    metrics = {f"{m}@10": Interval(value=v, low=v, high=v) for m, v in values.items()}
    return ContenderResult(name=name, title=name, kind="built", status="scored", metrics=metrics)


@pytest.mark.parametrize(
    ("metric", "sign"),
    [("ndcg@10", 1), ("calibration@5", -1), ("novelty@10", 0), ("lost@10", 0)],
)
def test_a_metric_has_a_way_or_none(metric: str, sign: int) -> None:
    assert better_sign(metric) == sign


def test_why_there_is_none_is_told() -> None:
    assert why_not_ranked("novelty@10") == "neither higher nor lower novelty@10 is better"
    assert why_not_ranked("lost@10") == "the metric lost@10 is not installed"


@pytest.mark.parametrize(
    ("metric", "order"),
    [
        ("ndcg", ["high", "low", "same", "none"]),
        ("calibration", ["low", "same", "high", "none"]),
        ("lost", ["low", "high", "same", "none"]),
    ],
)
def test_the_best_stands_first_and_who_has_no_value_last(metric: str, order: list[str]) -> None:
    given = [
        contender("none"),
        contender("low", **{metric: 0.1}),
        contender("high", **{metric: 0.3}),
        contender("same", **{metric: 0.1}),
    ]
    assert [c.name for c in best_first(given, f"{metric}@10")] == order
