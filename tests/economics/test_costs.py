"""The worked cases to their digits, break-evens, curves and the formula's edges."""

import numpy as np
import pytest

from pipelines.economics.case import Case, Option
from pipelines.economics.case_files import load_case
from pipelines.economics.costs import (
    break_even_open_rate,
    break_even_requests,
    curves,
    evaluate,
    means,
    positive_from,
)
from pipelines.prices.pricebook import SHIPPED, PriceBook

BOOK = PriceBook(SHIPPED)


def _npv(name, **changes):
    case = load_case(name).model_copy(update=changes)
    flows = evaluate(case, means(case), BOOK)
    return {option: float(flow.npv) for option, flow in flows.items()}


def test_shop():
    case = load_case("shop")
    flows = evaluate(case, means(case), BOOK)
    sums = {name: (float(f.benefit), float(f.cost), float(f.npv)) for name, f in flows.items()}
    assert sums["popularity"] == pytest.approx((116.67, 16.00, 100.67), abs=0.005)
    assert sums["buy"] == pytest.approx((226.67, 81.18, 145.49), abs=0.005)
    assert sums["build"] == pytest.approx((240.0, 590.0, -350.0), abs=0.005)
    assert break_even_open_rate(flows["buy"], 1.0) == pytest.approx(0.358, abs=0.0005)
    assert break_even_open_rate(flows["build"], 1.0) is None


def test_shop_discounted():
    values = _npv("shop", discount_rate=0.10)
    assert values["popularity"] == pytest.approx(85.93, abs=0.005)
    assert values["buy"] == pytest.approx(121.23, abs=0.005)
    assert values["build"] == pytest.approx(-320.55, abs=0.005)


@pytest.mark.parametrize(
    ("horizon", "buy", "build", "staged"),
    [(36, 4788.6, 4320.0, 5567.8), (60, 8329.4, 9920.0, 11167.8)],
)
def test_video(horizon, buy, build, staged):
    values = _npv("video", horizon_months=horizon)
    assert values == pytest.approx({"buy": buy, "build": build, "staged": staged}, abs=0.05)


def test_video_break_even_traffic():
    case = load_case("video")
    found = break_even_requests(case, means(case), BOOK)
    assert found["running_cost"] / 1e6 == pytest.approx(475.33, abs=0.005)
    at = case.model_copy(update={"requests": found["decision"]})
    flows = evaluate(at, means(at), BOOK)
    assert float(flows["buy"].npv) == pytest.approx(float(flows["build"].npv), abs=1e-3)


def test_data_poor():
    values = _npv("data-poor")
    assert values["popularity"] == pytest.approx(2.50, abs=0.005)
    assert values["buy"] == pytest.approx(-65.38, abs=0.005)
    assert values["build"] == pytest.approx(-584.0, abs=0.005)


def test_a_flow_of_two_years_against_the_textbook():
    # -100, then 60 at the end of each of two years, at 10%: 4.132231
    case = Case(
        margin=720.0,
        open_rate=1.0,
        horizon_months=24,
        discount_rate=0.10,
        fte_cost=120.0,
        buy=Option(uplift=1.0, months_to_launch=0, setup=10, ftes=0.0, infra=0.0, fee=0.0),
    )
    at = {
        month: float(evaluate(case, means(case), BOOK, month)["buy"].benefit)
        for month in (11, 12, 23, 24)
    }
    first, second = at[12] - at[11], at[24] - at[23]  # 60 $k each, at months 12 and 24
    cost = float(evaluate(case, means(case), BOOK)["buy"].cost)
    assert first + second - cost == pytest.approx(4.132231, abs=1e-6)


def test_curves_end_at_the_value_and_turn_once():
    case = load_case("shop")
    paths = curves(case, means(case), BOOK)
    assert {len(path) for path in paths.values()} == {37}
    for name, value in _npv("shop").items():
        assert paths[name][-1] == pytest.approx(value)
    assert paths["buy"][0] == pytest.approx(-2 * 160 / 12)
    month = positive_from(paths["buy"])
    assert month is not None
    assert paths["buy"][month] > 0 >= paths["buy"][month - 1]
    assert positive_from(paths["build"]) is None


def test_launch_after_the_horizon_leaves_the_set_up_only():
    shop = load_case("shop")
    late = shop.model_copy(update={"build": shop.build.model_copy(update={"months_to_launch": 40})})
    flows = evaluate(late, means(late), BOOK)
    assert float(flows["build"].benefit) == 0
    assert float(flows["build"].cost) == pytest.approx(160.0)
    # the bridge then never ends: staged is buy plus build's set-up
    assert float(flows["staged"].npv) == pytest.approx(float(flows["buy"].npv) - 160.0)


def test_exit_and_overrun_are_charged():
    shop = load_case("shop")
    buy = shop.buy.model_copy(update={"exit_cost": 50.0, "exit_probability": 0.2, "overrun": 1.5})
    flows = evaluate(
        shop.model_copy(update={"buy": buy}), means(shop.model_copy(update={"buy": buy})), BOOK
    )
    before = evaluate(shop, means(shop), BOOK)
    extra_setup = 0.5 * 2 * 160 / 12
    assert float(flows["buy"].cost - before["buy"].cost) == pytest.approx(10 + extra_setup)
    assert float(flows["staged"].cost - before["staged"].cost) == pytest.approx(50 + extra_setup)


def test_arrays_give_what_scalars_give():
    case = load_case("shop")
    base = means(case)
    grid = np.array([0.0, 0.01, 0.05])
    many = evaluate(case, {**base, "build.uplift": grid}, BOOK)["build"].npv
    one = [float(evaluate(case, {**base, "build.uplift": x}, BOOK)["build"].npv) for x in grid]
    assert many == pytest.approx(one)
