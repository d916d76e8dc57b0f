import numpy as np
import pytest

from pipelines.evaluation.comparison import compare, outcome, three_digits, users_to_settle
from pipelines.evaluation.results import Comparison, Interval

N = 400
NOISE = np.random.default_rng(11).normal(0, 0.05, N)
NOISE -= NOISE.mean()
BASE = np.full(N, 0.3)


def against(shift: float, noise: float = 1.0, **kwargs: object) -> Comparison:
    given = {"useful_share": 0.02, **kwargs}
    values = BASE + shift + noise * NOISE
    return compare("two-stage", "popular", "ndcg@10", values, BASE, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.01, 0.01, "equivalent"),
        (0.002, 0.009, "equivalent"),  # real, yet too small to be of use: this comes first
        (-0.009, -0.002, "equivalent"),
        (0.002, 0.011, "better"),
        (-0.011, -0.002, "worse"),
        (-0.011, 0.002, "inconclusive"),
        (0.0, 0.011, "inconclusive"),
        (-0.02, 0.02, "inconclusive"),
    ],
)
def test_outcome_in_the_order_as_written(low: float, high: float, expected: str) -> None:
    assert outcome(Interval(value=(low + high) / 2, low=low, high=high), 0.01) == expected


def test_no_smallest_useful_difference_leaves_only_identical_lists_equivalent() -> None:
    assert outcome(Interval(value=0, low=0, high=0), 0.0) == "equivalent"
    assert outcome(Interval(value=0.1, low=0, high=0.2), 0.0) == "inconclusive"


def test_better_and_what_it_costs() -> None:
    found = against(0.031, noise=2.05)
    assert found.outcome == "better"
    assert found.difference == pytest.approx(0.031)
    assert found.smallest_useful == pytest.approx(0.006)
    assert found.sentence.startswith("two-stage beats popular by 0.031 NDCG@10 (95 % interval 0.0")
    assert found.sentence.endswith(").")
    dear = against(0.031, noise=2.05, over_budget=True)
    assert dear.outcome == "better" and dear.over_budget
    assert dear.sentence.endswith("): better, but over budget.")


def test_worse_is_told_with_a_positive_figure() -> None:
    found = against(-0.05)
    assert found.outcome == "worse"
    assert "falls behind popular by 0.05 NDCG@10 (95 % interval 0.0" in found.sentence
    assert "-" not in found.sentence.replace("two-stage", "")
    assert against(-0.05, over_budget=True).sentence.endswith("; it is over budget.")


def test_who_fails_a_required_test_is_no_clean_winner() -> None:
    found = against(0.031, failed_required=True)
    assert found.outcome == "better" and found.failed_required
    assert found.sentence.endswith("): better, but fails a required test.")
    both = against(0.031, over_budget=True, failed_required=True)
    assert both.sentence.endswith("): better, but over budget and fails a required test.")
    assert against(-0.05, failed_required=True).sentence.endswith("; it fails a required test.")
    worst = against(-0.05, over_budget=True, failed_required=True).sentence
    assert worst.endswith("; it is over budget and fails a required test.")


def test_equivalent_names_the_smallest_useful_difference() -> None:
    found = against(0.0005, noise=0.5)
    assert found.outcome == "equivalent"
    assert found.sentence.endswith("within the smallest useful difference of 0.006.")


def test_inconclusive_says_how_many_more_users_and_keeps_the_promise() -> None:
    found = against(0.007, noise=3)
    assert found.outcome == "inconclusive"
    more = users_to_settle(0.007 + 3 * NOISE, found.smallest_useful)
    assert more is not None
    assert "more users would settle it." in found.sentence
    rng = np.random.default_rng(12)
    spread = float((3 * NOISE).std(ddof=1))
    settled = 0
    for _ in range(400):
        d = rng.normal(0.007, spread, N + more)
        one = compare("a", "b", "ndcg@10", 0.3 + d, np.full(len(d), 0.3), useful_share=0.02)
        settled += one.outcome != "inconclusive"
    assert 0.74 <= settled / 400 <= 0.9  # four in five


def test_identical_lists_are_equivalent_and_a_handful_of_users_is_not() -> None:
    same = compare("a", "b", "map@5", BASE, BASE, useful_share=0.02)
    assert (same.outcome, same.low, same.high) == ("equivalent", 0.0, 0.0)
    few = compare("a", "b", "hit_rate@5", [1.0, 1.0], [0.0, 0.0], useful_share=0.02)
    assert few.outcome == "inconclusive"
    assert (few.low, few.high) == (-1.0, 1.0)
    assert few.sentence.endswith("about 4 more users would settle it.")


def test_a_baseline_of_zero_and_no_difference_cannot_be_settled() -> None:
    d = np.array([0.5, -0.5] * 20)
    found = compare("a", "b", "ndcg@5", d, np.zeros(40), useful_share=0.02)
    assert found.outcome == "inconclusive" and found.smallest_useful == 0.0
    assert found.sentence.endswith("more users would not settle it.")


def test_pairing_is_by_user() -> None:
    """A difference that separate intervals would hide."""
    rng = np.random.default_rng(13)
    base = rng.random(200)
    found = compare("a", "b", "ndcg@10", np.minimum(base + 0.04, 1), base, useful_share=0.02)
    assert found.outcome == "better"
    shuffled = compare(
        "a", "b", "ndcg@10", rng.permutation(np.minimum(base + 0.04, 1)), base, useful_share=0.02
    )
    assert shuffled.outcome == "inconclusive"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.031, "0.031"),
        (0.031416, "0.0314"),
        (1234.5, "1230"),
        (0.0000123456, "0.0000123"),
        (-0.00664, "-0.00664"),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
    ],
)
def test_three_significant_digits_without_powers_of_ten(number: float, text: str) -> None:
    assert three_digits(number) == text
