"""The charts and the table of the Decide page."""

from itertools import pairwise

import pytest

from app.decide import case_values, numbers, options, tornado, uncertainty_charts, value_chart
from pipelines.economics.case_files import blank_case, load_case
from pipelines.economics.decision import decide
from tests.app.decided import COMPLETE


def datasets(chart):
    spec = chart.to_dict()
    return spec, [row for rows in spec["datasets"].values() for row in rows]


def test_value_over_time_has_zero_and_break_even_months():
    found = decide(load_case("shop"))
    positive = found.break_even["positive_from_month"]
    spec, rows = datasets(value_chart.over_time(found.curves, positive))
    assert {"zero": 0.0} in rows
    assert {r["label"] for r in rows if str(r.get("label")).startswith("breaks")} == {
        "breaks even in month 4",
        "breaks even in month 8",
    }
    assert "buy\n$145 k" in {r.get("label") for r in rows}
    assert spec["config"]["background"] == "transparent"
    alt = value_chart.over_time_alt(found.curves, positive)
    assert "buy $145 k (breaks even in month 8)" in alt
    assert "build −$350 k (never breaks even)" in alt


def test_money_is_shown_in_thousands_or_millions():
    assert options.money_unit([120.0, -350.0]).name == "$k"
    assert options.money_unit([11_167.8]).name == "$ million"


def test_labels_are_moved_apart_in_their_order():
    placed = value_chart.spread([1.0, 1.1, 5.0], 1.0)
    assert placed[1] - placed[0] == pytest.approx(1.0)
    assert placed[2] == 5.0
    chain = value_chart.spread([0.0, 0.5, 1.2], 1.0)
    assert [b - a for a, b in pairwise(chain)] == pytest.approx([1.0, 1.0])


def test_the_tornado_labels_both_ends_and_assumed_ranges():
    found = decide(load_case("shop"))
    _, rows = datasets(tornado.tornado(found.tornado, found.npv("buy")))
    uplift = [r for r in rows if r.get("input") == "uplift, buy (± 25% assumed)"]
    assert {r["at"] for r in uplift} == {"1.5%", "2.5%"}
    assert tornado.tornado_alt(found.tornado, "buy").startswith(
        "Largest effects on the value of buy: "
    )


def test_fan_and_chances_rank_the_options():
    case = case_values.changed_case(blank_case(), COMPLETE)
    found = decide(case, draws=2000).uncertainty
    _, rows = datasets(uncertainty_charts.fan(found))
    assert {"p5", "p50", "p95"} <= set(next(r for r in rows if "p50" in r))
    _, rows = datasets(uncertainty_charts.chances(found))
    assert sum(r["share"] for r in rows if "share" in r) == pytest.approx(1.0)
    assert "doing nothing" in uncertainty_charts.chances_alt(found)
    assert " to " in uncertainty_charts.fan_alt(found)


def test_the_table_says_of_which_options_a_probability_is():
    case = case_values.changed_case(blank_case(), COMPLETE)
    gated = case.model_copy(update={"exposure_logged": False})
    open_, closed = (numbers.options_frame(decide(one, draws=1000)) for one in (case, gated))
    assert "probability of being best" in open_
    found = closed.set_index("option")["probability of being best of the options left"]
    assert found["buy"] == found["build"] == "ruled out" and found["popularity rule"].endswith("%")
