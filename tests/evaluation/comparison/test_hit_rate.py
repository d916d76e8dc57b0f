"""What a hit rate says to somebody who does not know metrics."""

import pytest

from pipelines.evaluation.comparison.hit_rate import hit_rate_sentence


@pytest.mark.parametrize(
    ("rate", "count"),
    [
        (0.31, "31 of 100"),
        (0.314, "31 of 100"),
        (0.01, "1 of 100"),
        (0.004, "4 of 1,000"),
        (0.0004, "4 of 10,000"),
        (0.00001, "none of 10,000"),
        (0.0, "none of 100"),
        (1.0, "100 of 100"),
    ],
)
def test_a_count_of_people(rate, count) -> None:
    found = hit_rate_sentence(rate, 10)
    assert found == f"For {count} people the top 10 holds something they chose."


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        ("better", "a certain gain"),
        ("equivalent", "no useful difference"),
        ("worse", "a certain loss"),
        ("inconclusive", "not a certain difference"),
    ],
)
def test_beside_the_baseline_and_the_outcome(outcome, end) -> None:
    found = hit_rate_sentence(0.87, 10, baseline="Popular", baseline_rate=0.82, outcome=outcome)
    assert found == (
        f"For 87 of 100 people the top 10 holds something they chose; with Popular 82; {end}."
    )


def test_the_baseline_counts_out_of_as_many_people() -> None:
    found = hit_rate_sentence(0.004, 10, baseline="Random", baseline_rate=0.0001)
    assert "4 of 1,000 people" in found and found.endswith("; with Random none.")


def test_a_named_contender_and_a_single_place() -> None:
    found = hit_rate_sentence(0.5, 1, contender="ALS")
    assert found == "ALS: for 50 of 100 people the top place holds something they chose."
