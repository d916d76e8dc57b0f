"""Sample sizes of A/B tests against reference numbers."""

import pytest

from pipelines.statistics.power import people_per_arm, smallest_change, smallest_lift


@pytest.mark.parametrize(
    ("per_arm", "change", "digits"), [(5_000, 0.00863, 5e-6), (100_000, 0.00179208, 5e-9)]
)
def test_the_smallest_change(per_arm: float, change: float, digits: float) -> None:
    assert smallest_change(0.02, per_arm) == pytest.approx(change, abs=digits)


def test_people_per_arm() -> None:
    assert people_per_arm(0.02, 0.1) == pytest.approx(80_678.63, abs=0.01)
    assert people_per_arm(0.02, 0.05) == pytest.approx(315_203.16, abs=0.01)


@pytest.mark.parametrize("base", [0.001, 0.02, 0.1, 0.6])
@pytest.mark.parametrize("lift", [0.01, 0.1, 0.5])
def test_each_is_the_inverse_of_the_other(base: float, lift: float) -> None:
    assert smallest_lift(base, people_per_arm(base, lift)) == pytest.approx(lift, rel=1e-9)


def test_where_no_change_can_be_detected() -> None:
    assert smallest_change(0.02, 0) is None
    assert smallest_lift(1.0, 5) is None
    # With these people the smallest share that can be detected is just below 1, then above.
    assert smallest_change(0.6, 12) is not None and smallest_change(0.6, 11) is None
