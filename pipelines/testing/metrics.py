"""The tests that every metric passes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from pipelines.evaluation.metrics.evaluate import of_all
from pipelines.evaluation.metrics.metric import FIELDS, Metric, MetricOfAllLists
from pipelines.evaluation.metrics.names import unsound
from pipelines.reading.lists import Lists
from pipelines.registry import check_class
from pipelines.schema import Doubles
from pipelines.testing.metric_data import (
    N_ITEMS,
    N_USERS,
    WIDTH,
    make_lists,
    of_users,
    with_items,
    with_only,
)

KS = (1, 5, 10, WIDTH + 8)


class MetricTests:
    """For a `Metric` or a `MetricOfAllLists`.

    class TestTailRecall(MetricTests):
        metric = TailRecall
    """

    metric: ClassVar[type[Metric]]
    """The class under test."""

    def values(self, lists: Lists, k: int) -> Doubles:
        """What it gives: (n,) per user, or the one value of all lists, (1,)."""
        made: Any = self.metric()
        if isinstance(made, MetricOfAllLists):
            return np.asarray(made.statistic(lists, k)(np.ones((1, len(lists)), np.uint8)))
        return np.asarray(made.per_user(lists, k))

    def test_it_says_what_it_is(self) -> None:
        check_class(self.metric, self.metric.name, Metric, FIELDS, "The metric")
        assert unsound(self.metric) == ""
        assert self.metric.name == self.metric.name.lower()

    @pytest.mark.parametrize("k", KS)
    def test_a_value_per_user_within_bounds(self, k: int) -> None:
        lists = make_lists()
        found = self.values(lists, k)
        alone = issubclass(self.metric, MetricOfAllLists)
        assert found.shape == ((1,) if alone else (len(lists),))
        assert found.dtype == np.float64
        self._check_bounds(found)

    def test_it_is_defined_for_some(self) -> None:
        lists = make_lists()
        defined = [bool(np.isfinite(self.values(lists, k)).any()) for k in KS]
        assert any(defined), "it is undefined (NaN) for every user of the test data"

    def test_the_same_twice_and_its_input_is_left_alone(self) -> None:
        lists, untouched = make_lists(), make_lists()
        first = self.values(lists, 10)
        np.testing.assert_array_equal(first, self.values(lists, 10))
        np.testing.assert_array_equal(lists.items, untouched.items)
        key, before = lists.ground_truth, untouched.ground_truth
        np.testing.assert_array_equal(key.truth.values, before.truth.values)
        np.testing.assert_array_equal(key.gains, before.gains)
        np.testing.assert_array_equal(key.popularity, before.popularity)

    def test_only_the_first_k_places_count(self) -> None:
        lists = make_lists()
        for k in (1, 5):
            cut = with_items(lists, lists.items[:, :k].copy())
            np.testing.assert_array_equal(self.values(lists, k), self.values(cut, k))

    def test_it_needs_only_what_it_names(self) -> None:
        lists = make_lists()
        found = self.values(with_only(lists, self.metric.needs), 10)
        assert found.shape == self.values(lists, 10).shape
        self._check_bounds(found)

    def test_a_user_is_scored_alone_as_among_others(self) -> None:
        if issubclass(self.metric, MetricOfAllLists):
            pytest.skip("a metric of all lists together has no value per user")
        lists = make_lists()
        together = self.values(lists, 10)
        some = [3, 0, 17, 8, N_USERS - 1]
        np.testing.assert_array_equal(self.values(of_users(lists, some), 10), together[some])
        for user in some:
            alone = self.values(of_users(lists, [user]), 10)
            np.testing.assert_array_equal(alone, together[[user]])

    def test_the_order_of_users_does_not_matter(self) -> None:
        lists = make_lists()
        back = np.arange(N_USERS)[::-1]
        found, turned = self.values(lists, 10), self.values(of_users(lists, back.tolist()), 10)
        expected = found if issubclass(self.metric, MetricOfAllLists) else found[back]
        np.testing.assert_allclose(turned, expected, rtol=1e-12)

    def test_empty_lists(self) -> None:
        lists = make_lists()
        for width in (0, 3):
            found = self.values(with_items(lists, np.full((N_USERS, width), -1, np.int32)), 10)
            self._check_bounds(found)

    def test_no_users(self) -> None:
        if issubclass(self.metric, MetricOfAllLists):
            pytest.skip("there is no value without users")
        assert self.values(of_users(make_lists(), []), 10).shape == (0,)

    def test_weights_count_users(self) -> None:
        """A metric of all lists: users that count twice are users that are there twice."""
        if not issubclass(self.metric, MetricOfAllLists):
            pytest.skip("a metric per user is weighted by its mean")
        lists = make_lists()
        made: Any = self.metric()
        statistic = made.statistic(lists, 10)
        weights = np.ones((3, N_USERS), np.uint8)
        weights[1, : N_USERS // 2] = 2
        weights[2, N_USERS // 2 :] = 0
        found = np.asarray(statistic(weights))
        assert found.shape == (3,)
        everyone = list(range(N_USERS))
        half = everyone[: N_USERS // 2]
        for value, users in zip(found, (everyone, everyone + half, half), strict=True):
            expected = self.values(of_users(lists, users), 10)[0]
            np.testing.assert_allclose(value, expected, rtol=1e-9)
        interval = of_all(made, lists, 10, replicates=20)
        assert interval.low <= interval.value <= interval.high

    def test_an_item_that_only_the_catalogue_has(self) -> None:
        """Lists of the last item, which has no training event."""
        lists = make_lists()
        last = np.full((N_USERS, 1), N_ITEMS - 1, np.int32)
        self._check_bounds(self.values(with_items(lists, last), 10))

    def _check_bounds(self, found: Doubles) -> None:
        assert not np.isinf(found).any(), "a value is infinite; NaN says that it is undefined"
        if self.metric.bounds is not None:
            low, high = self.metric.bounds
            defined = found[~np.isnan(found)]
            assert ((defined >= low - 1e-9) & (defined <= high + 1e-9)).all(), (
                f"values from {defined.min():g} to {defined.max():g} leave the bounds {low:g} to "
                f"{high:g}"
            )
