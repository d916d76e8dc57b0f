"""Value of information against closed forms, the overrun's two figures, and the simulation."""

from math import exp, pi, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from pipelines.economics.case_files import load_case
from pipelines.economics.costs import TAIL_MEAN, TAIL_SHARE, means
from pipelines.economics.quantity import Range, UpliftRange
from pipelines.economics.uncertainty import (
    Trials,
    draw,
    evpi,
    evppi,
    it_project_overrun,
    leader,
    switches,
    tornado,
)
from pipelines.prices.pricebook import SHIPPED, PriceBook

BOOK = PriceBook(SHIPPED)
NAMES = ["popularity", "buy", "build", "staged"]


def _exact(mean, sd):
    """Expected gain of knowing N(mean, sd) before choosing between it and 0."""
    z = mean / sd
    return sd * (exp(-z * z / 2) / sqrt(2 * pi) - z * NormalDist().cdf(-z))


@pytest.fixture(scope="module")
def two_unknowns():
    rng = np.random.default_rng(7)
    a, b = rng.normal(0, 16, 400_000), rng.normal(0, 12, 400_000)
    return a, b, np.stack([10 + a + b, np.zeros(400_000)])


def test_value_of_information_unit_checks(two_unknowns):
    a, b, values = two_unknowns
    assert _exact(10, 20) == pytest.approx(3.955931, abs=1e-6)
    assert _exact(10, 16) == pytest.approx(2.590720, abs=1e-6)
    assert _exact(10, 12) == pytest.approx(1.359659, abs=1e-6)
    assert evpi(values) == pytest.approx(3.955931, rel=0.01)
    # a cubic cannot bend the estimate: the value is linear in each unknown
    assert evppi(values, a) == pytest.approx(2.590720, rel=0.01)
    assert evppi(values, b) == pytest.approx(1.359659, rel=0.015)
    assert evppi(values, np.ones(400_000)) == 0


def test_overrun_meets_both_published_figures():
    factor = it_project_overrun(400_000, np.random.default_rng(1))
    tail = factor > 1.5
    assert tail.mean() == pytest.approx(TAIL_SHARE, abs=0.002)
    assert factor[tail].mean() == pytest.approx(TAIL_MEAN, rel=0.02)
    assert factor.mean() == pytest.approx((1 - TAIL_SHARE) + TAIL_SHARE * TAIL_MEAN, rel=0.02)
    assert np.median(factor) == pytest.approx(1.05, abs=0.05)


@pytest.fixture(scope="module")
def ranged():
    shop = load_case("shop")
    buy = shop.buy.model_copy(update={"uplift": UpliftRange(low=-0.01, mode=0.02, high=0.05)})
    build = shop.build.model_copy(update={"overrun": "it-projects"})
    return shop.model_copy(
        update={"buy": buy, "build": build, "open_rate": Range(low=0.2, mode=0.6, high=1.0)}
    )


def test_simulation_is_seeded_and_adds_up(ranged):
    first = Trials.of(ranged, BOOK, 20_000).summary(NAMES)
    assert first == Trials.of(ranged, BOOK, 20_000).summary(NAMES)
    assert sum(first["p_best"].values()) == pytest.approx(1)
    assert set(first["evppi"]) == {"buy.uplift", "open_rate", "build.overrun"}
    assert next(iter(first["evppi"])) == "buy.uplift"
    assert all(gain <= first["evpi"] * 1.02 for gain in first["evppi"].values())
    for fan in first["fan"].values():
        assert fan["p5"] <= fan["p50"] <= fan["p95"]
    for ranks in first["rank_acceptability"].values():
        assert sum(ranks) == pytest.approx(1)
    assert min(first["expected_regret"].values()) == pytest.approx(first["evpi"])


def test_simulated_mean_agrees_with_the_value_at_the_means(ranged):
    drawn = draw(ranged, 200_000, np.random.default_rng(3))
    expected = means(ranged)
    for name, sample in drawn.items():
        assert sample.mean() == pytest.approx(expected[name], rel=0.02), name


def test_closed_options_do_not_compete(ranged):
    only = Trials.of(ranged, BOOK, 5_000).summary(["popularity"])
    assert set(only["p_best"]) == {"popularity", "nothing"}
    assert set(only["fan"]) == set(NAMES)


def test_no_range_nothing_to_simulate():
    assert Trials.of(load_case("shop"), BOOK) is None


def test_tornado_is_sorted_and_marks_assumed_swings(ranged):
    rows = tornado(ranged, BOOK, "buy")
    swings = [abs(row["npv_high"] - row["npv_low"]) for row in rows]
    assert swings == sorted(swings, reverse=True)
    by_name = {row["input"]: row for row in rows}
    assert not by_name["buy.uplift"]["assumed"] and by_name["margin"]["assumed"]
    assert "build.uplift" not in by_name


def test_switch_points():
    def leading(points):
        return leader({"a": points, "b": np.array(3.0)}, ["a", "b"], points.shape)

    assert switches(leading, 5.0, 0.0, 10.0) == [(pytest.approx(3.0, rel=1e-6), 1)]
    assert switches(leading, 1.0, 0.0, 10.0) == [(pytest.approx(3.0, rel=1e-6), 0)]
    assert switches(leading, 1.0, 0.0, 2.0) == []
