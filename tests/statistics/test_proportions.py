"""Wilson's interval against scipy's."""

import pytest
from scipy.stats import binomtest

from pipelines.statistics.proportions import wilson


@pytest.mark.parametrize("hits", [0, 1, 42, 99, 100])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.9999])
def test_it_equals_scipys(hits: int, confidence: float) -> None:
    peer = binomtest(hits, 100).proportion_ci(confidence, method="wilson")
    assert wilson(hits, 100, confidence) == pytest.approx((peer.low, peer.high), abs=1e-12)


def test_the_ends_are_exact() -> None:
    assert wilson(0, 7)[0] == 0.0 and wilson(7, 7)[1] == 1.0
