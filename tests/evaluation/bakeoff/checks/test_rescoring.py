"""The plain metrics: by hand, and equal to those that score a bake-off."""

import numpy as np
import pytest

from pipelines.evaluation.bakeoff.checks.rescoring import plain_value
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.evaluation.metrics.names import MAIN
from pipelines.schema import Ragged


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("ndcg", (1 / np.log2(3) + 1 / np.log2(6)) / (1 + 1 / np.log2(3))),
        ("recall", 1.0),
        ("precision", 2 / 5),
        ("map", (1 / 2 + 2 / 5) / 2),
        ("mrr", 1 / 2),
        ("hit_rate", 1.0),
    ],
)
def test_hits_at_ranks_two_and_five_of_two_held_out_items(metric, value):
    assert plain_value(metric, [9, 1, 8, 7, 2], {1, 2}, 5) == pytest.approx(value)


def test_copies_are_no_hits_and_an_empty_place_keeps_its_rank():
    assert plain_value("precision", [1, 1, -1, 2], {1, 2}, 4) == 0.5
    assert plain_value("mrr", [-1, 1], {1}, 2) == 0.5


@pytest.mark.parametrize("k", [1, 3, 10])
def test_they_equal_the_compiled_ones(k):
    rng = np.random.default_rng(0)
    items = rng.integers(-1, 30, (50, 8)).astype(np.int32)
    truth = [np.unique(rng.integers(0, 30, rng.integers(1, 15))).tolist() for _ in items]
    compiled = per_user(items, Ragged.of(truth), (k,))
    for metric in MAIN:
        plain = [
            plain_value(metric, i.tolist(), set(t), k) for i, t in zip(items, truth, strict=True)
        ]
        assert compiled[f"{metric}@{k}"] == pytest.approx(plain, abs=1e-12)
