"""What a manifest may require, and what becomes of it."""

import pytest

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.behavior.contract import BehaviorTest
from pipelines.evaluation.behavior.observe import failed, verdicts
from pipelines.evaluation.behavior.requirements import all_tests, requirable, requirements
from tests.evaluation.behavior.scene import answer, asked, background, popular

WORLD = background([[r % 7, 9, 11] for r in range(12)])


def test_names_and_thresholds_come_in_one_order():
    found = requirements(["one-item=0.30", "input-order"])
    assert [str(one) for one in found] == ["input-order", "one-item=0.3"]
    chosen = {test.name: test.threshold for test in all_tests(found)}
    assert chosen["one-item"] == 0.3 and chosen["input-order"] == 1.0
    assert list(chosen) == list(registry.names("behavior"))


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (
            ["on-item"],
            "'on-item' with a threshold; require one of similar-users, small-change,",
        ),
        (["brand"], "There is no behavioral test 'brand' with a threshold"),
        (["one-item=30"], "The threshold of one-item must be a number, 0 to 1, not '30'."),
        (["price=0.5"], "The threshold of price must be a number, 1 or more, not '0.5'."),
        (["price=inf"], "1 or more, not 'inf'"),
        (["one-item=nan"], "not 'nan'"),
        (["one-item=much"], "not 'much'"),
        (["one-item="], "not ''"),
        (["one-item", "input-order", "one-item=0.3"], "one-item is required twice"),
    ],
)
def test_what_cannot_be_required_is_one_sentence(texts, says):
    with pytest.raises(AssayError, match=says):
        requirements(texts)


def test_what_can_be_required_has_a_threshold():
    found = requirable()
    assert found["one-item"] == "No item is on most lists"
    assert set(registry.names("behavior")) - set(found) == {"brand", "near-misses"}


def test_every_test_gives_a_verdict_and_what_cannot_be_run_says_why():
    found = {one.name: one for one in verdicts(asked(WORLD, popular), all_tests())}
    assert list(found) == list(registry.names("behavior"))
    assert found["one-item"].state == "fail"
    assert found["small-change"].state == "pass"
    price = found["price"]
    assert (price.state, price.value, price.reason) == (
        "not run", None, "The catalogue has no prices.",
    )  # fmt: skip
    assert price.sentence == "Not run: The catalogue has no prices."


def test_a_required_test_that_is_not_passed_is_told_in_words():
    found = verdicts(asked(WORLD, popular), all_tests())
    assert failed(found, {"input-order"}) == []
    assert failed(found, {"one-item", "price"}) == [
        "Fails the required test one-item: The most recommended item, i000, is on 100% of the "
        "lists of 5.",
        "Fails the required test price: Not run: The catalogue has no prices.",
    ]


def test_a_test_that_breaks_costs_nobody_the_bakeoff(caplog):
    class Broken(BehaviorTest):
        name, title, question, formula, unit, rationale = ("broken",) * 6

        def run(self, answer):
            raise KeyError("a defect")

    (found,) = verdicts(answer(WORLD, popular_lists()), [Broken()])
    assert (found.state, found.reason) == (
        "not run",
        "The test raised an error: KeyError: 'a defect'.",
    )
    assert "a defect" in caplog.text


def popular_lists():
    return [[0, 1, 2, 3, 4]] * len(WORLD)


def test_a_test_of_ones_own_is_found_by_its_entry_point(monkeypatch):
    class Mine(BehaviorTest):
        name, title, question, formula, unit, rationale = "mine", "Mine", "?", "1", "share", "ours"
        passes, default = "{percent} or more", 0.5

        def run(self, answer):
            return self.result(1.0, "Always.", passed=self.bar <= 1.0)

    class Entry:
        name = "mine"

        def load(self):
            return Mine

    own = {"assay.behavior": [Entry()]}
    with monkeypatch.context() as patched:
        patched.setattr(registry, "entry_points", lambda group: own.get(group, []))
        registry.names.cache_clear()
        try:
            (required,) = requirements(["mine=0.7"])
            found = verdicts(answer(WORLD, popular_lists()), all_tests([required]))[-1]
        finally:
            registry.names.cache_clear()
    assert (found.name, found.state, found.condition) == ("mine", "pass", "70% or more")
