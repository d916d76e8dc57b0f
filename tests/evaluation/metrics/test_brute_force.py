"""Every metric beside its formula in plain Python, on thousands of random users."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import registry
from pipelines.evaluation.metrics.metric import MetricOfAllLists
from pipelines.reading.lists import Lists
from tests.evaluation.metrics import by_hand
from tests.evaluation.metrics.made import lists_and_key

pytestmark = pytest.mark.long

ELSEWHERE = {"ndcg", "recall", "precision", "map", "mrr", "hit_rate", "novelty", "popularity_share"}
"""Tested in test_accuracy.py and test_of_lists.py."""


def metric(name: str):
    return registry.lookup("metrics", name)()


def repeated(lists: Lists, times: list[int]) -> Lists:
    """The same users, each as often as `times` says."""
    rows = np.repeat(np.arange(len(lists)), times)
    key = lists.ground_truth
    at = key.truth.positions(rows)
    beside = {name: getattr(key, name)[at] for name in ("gains", "values", "margins", "propensity")}
    parts = {name: getattr(key, name) for name in ("catalogue", "popularity", "categories")}
    taken = type(key)(key.truth.take(rows), history=key.history.take(rows), **parts, **beside)
    return Lists(lists.items[rows], taken)


def test_every_metric_that_ships_has_a_formula_here():
    shipped = set(registry.BUILT_IN["metrics"])
    assert shipped == ELSEWHERE | set(by_hand.OF_ONE_USER) | set(by_hand.OF_ALL)


@settings(max_examples=1000)
@given(lists_and_key(), st.integers(1, 10))
def test_each_users_value(lists: Lists, k: int) -> None:
    users = by_hand.told(lists, k)
    for name, formula in by_hand.OF_ONE_USER.items():
        found = metric(name).per_user(lists, k)
        expected = [formula(user, k) for user in users]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9, err_msg=name)
        limits = metric(name).bounds
        if limits is not None:
            defined = found[~np.isnan(found)]
            assert ((defined >= limits[0]) & (defined <= limits[1] + 1e-9)).all(), name


@settings(max_examples=500)
@given(lists_and_key(), st.integers(1, 10), st.data())
def test_all_lists_together_and_a_drawn_user_counts_as_often_as_drawn(lists, k, data) -> None:
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(lists), max_size=len(lists)))
    weights = np.array([[1] * len(lists), times], np.uint8)
    for name, formula in by_hand.OF_ALL.items():
        assert isinstance(metric(name), MetricOfAllLists)
        found = metric(name).statistic(lists, k)(weights)
        drawn = by_hand.told(repeated(lists, times), k) if sum(times) else []
        of_drawn = formula(drawn) if drawn else (0.0 if name == "coverage" else np.nan)
        expected = [formula(by_hand.told(lists, k)), of_drawn]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9, err_msg=name)


@settings(max_examples=100)
@given(lists_and_key(), st.integers(1, 10))
def test_company_changes_nothing(lists: Lists, k: int) -> None:
    """A user's value is the same to the bit alone and among others."""
    for name in by_hand.OF_ONE_USER:
        together = metric(name).per_user(lists, k)
        for row in range(len(lists)):
            times = [int(row == other) for other in range(len(lists))]
            alone = metric(name).per_user(repeated(lists, times), k)
            assert alone.tobytes() == together[row : row + 1].tobytes(), name
