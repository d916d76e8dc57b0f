"""The tests that every behavioral test passes."""

from __future__ import annotations

import json
from math import isfinite
from typing import ClassVar

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.contract import FIELDS, BehaviorTest
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.names import unsound
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.registry import check_class
from pipelines.runtime.jsonable import plain
from pipelines.testing.behavior_data import answers

CASES = tuple(answers())


class BehaviorTests:
    """For a `BehaviorTest`.

    class TestFullLists(BehaviorTests):
        test = FullLists
    """

    test: ClassVar[type[BehaviorTest]]
    """The class under test."""

    def verdict(self, answer: Answer, threshold: float | None = None) -> BehaviorResult | None:
        """Its verdict; None where it raises `AssayError` to say that it cannot be run."""
        try:
            return self.test(threshold).run(answer)
        except AssayError as error:
            assert str(error).endswith("."), "why it was not run is a sentence"
            return None

    def test_it_says_what_it_is(self) -> None:
        check_class(self.test, self.test.name, BehaviorTest, FIELDS, "The behavioral test")
        assert unsound(self.test) == ""
        assert self.test.name == self.test.name.lower()
        if self.test.default is not None:
            low, high = self.test.limits
            assert low <= self.test.default <= high
            assert self.test().condition(), (
                "a test with a threshold says in `passes` when it passes"
            )

    @pytest.mark.parametrize("case", CASES)
    def test_a_verdict_or_a_reason(self, case: str) -> None:
        found = self.verdict(answers()[case])
        if found is None or found.state == "not run":
            return
        assert found.name == self.test.name
        assert found.value is not None and isfinite(found.value)
        assert found.sentence
        if found.low is not None and found.high is not None:
            assert found.low <= found.value <= found.high
        assert (found.state == "value") == (self.test.default is None)

    def test_it_runs_where_everything_is_known(self) -> None:
        found = self.verdict(answers()["personal lists, asked again"])
        assert found is not None and found.state != "not run", (
            "it gives no verdict on ordinary lists of 60 users"
        )

    @pytest.mark.parametrize("case", CASES)
    def test_its_examples_can_be_written_as_json(self, case: str) -> None:
        found = self.verdict(answers()[case])
        if found is not None:
            json.dumps(plain(found.examples), allow_nan=False)

    def test_the_same_twice_and_its_input_is_left_alone(self) -> None:
        for case, answer in answers().items():
            lists = answer.lists.copy()
            assert self.verdict(answer) == self.verdict(answer), case
            np.testing.assert_array_equal(answer.lists, lists)

    def test_another_threshold_changes_no_value(self) -> None:
        if self.test.default is None:
            pytest.skip("the test has no threshold")
        answer = answers()["personal lists, asked again"]
        ends = [end for end in self.test.limits if isfinite(end)]
        found = [self.verdict(answer, threshold) for threshold in (self.test.default, *ends)]
        assert len({verdict.value for verdict in found if verdict is not None}) == 1
