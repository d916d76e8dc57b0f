"""What a hit rate says to somebody who knows no metrics."""

import pytest

from pipelines.evaluation.metrics.sentence import visits
from pipelines.statistics.interval import Interval


@pytest.mark.parametrize(
    ("value", "low", "high", "says"),
    [
        (0.31, 0.29, 0.33, "In 100 visits with 10 places, 31 (29 to 33) find"),
        (0.314, 0.2901, 0.3299, "In 100 visits with 10 places, 31 (29 to 33) find"),
        (0.31, 0.2899, 0.3301, "In 100 visits with 10 places, 31 (28 to 34) find"),
        (0.01, 0.0, 0.02, "In 100 visits with 10 places, 1 (0 to 2) finds"),
        (0.004, 0.002, 0.0061, "In 1,000 visits with 10 places, 4 (2 to 7) find"),
        (0.0004, 0.0, 0.001, "In 10,000 visits with 10 places, 4 (0 to 10) find"),
        (0.00001, 0.0, 0.00004, "In 10,000 visits with 10 places, none (0 to 1) find"),
        (0.0, 0.0, 0.0, "In 100 visits with 10 places, none (0 to 0) find"),
        (1.0, 1.0, 1.0, "In 100 visits with 10 places, 100 (100 to 100) find"),
    ],
)
def test_a_count_of_visits_with_its_interval(value, low, high, says) -> None:
    found = visits(Interval(value=value, low=low, high=high), 10)
    assert found == f"{says} something they later chose."


def test_a_single_place() -> None:
    found = visits(Interval(value=0.5, low=0.4, high=0.6), 1)
    assert found.startswith("In 100 visits with 1 place, 50")
