"""The charts of the Compare page: pure functions, checked by what they draw."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app import look
from app.compare import corners as places
from app.compare import (
    cost,
    cost_charts,
    differences,
    drift_charts,
    interval_charts,
    people_charts,
    waterfall,
)
from app.compare.corners import corners
from app.compare.person import cards, sheet
from app.compare.tools import metric_description
from pipelines.economics.options import Option
from pipelines.evaluation.comparison.pairs import Pairs
from pipelines.evaluation.metrics.names import load
from pipelines.evaluation.results.document import titles_of
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.statistics.interval import Interval
from tests.app.compared import bakeoff, in_windows, keep
from tests.app.drawn import marks, rows


@pytest.fixture
def document():
    return bakeoff()


def declared(document):
    return sorted(document.comparisons, key=lambda c: -c.difference)


class TestDrift:
    def frame(self, document):
        return drift_charts.differences_frame(in_windows(document), "ndcg@10", declared(document))

    def test_has_each_window_and_all_of_them(self, document):
        frame = self.frame(document)
        als = frame[frame["contender"] == "Als"]
        assert als["window"].tolist() == ["2023-11-14", "2024-03-09", "all windows"]
        assert als["value"].tolist() == pytest.approx([0.03, 0.02, 0.001])
        chart = drift_charts.chart(frame, look.styles_by_title(document), "ndcg@10", "Popular")
        chart.to_dict(validate=True)
        (lines,) = marks(chart, "line")
        assert {row["window"] for row in rows(chart, lines)} == {"2023-11-14", "2024-03-09"}
        assert any(m["encoding"].get("y", {}).get("field") == "zero" for m in marks(chart, "rule"))

    def test_its_finding_is_in_words(self, document):
        text = drift_charts.alt_text(self.frame(document), "ndcg@10", "Popular")
        assert text.startswith("Difference in NDCG@10 from Popular with intervals")
        assert "Als +0.0300 (+0.0100 to +0.0500) in 2023-11-14" in text
        assert "Als" in text and "+0.00100" in text.partition("Als")[2]

    def test_random_is_drawn_only_where_it_is_alone(self, document):
        frame = self.frame(document).replace({"contender": {"Als": "Random"}})
        titles = titles_of(document.contenders)
        assert "Random" not in set(drift_charts.without_floor(frame, titles)["contender"])
        alone = frame[frame["contender"] == "Random"]
        assert len(drift_charts.without_floor(alone, titles)) == 3


class TestDifferences:
    def chart(self, document):
        frame = interval_charts.differences_frame(document, declared(document))
        styles = look.styles_by_title(document)
        return interval_charts.differences(frame, styles, "ndcg@10", "Popular")

    def test_have_zero_and_the_band_of_the_smallest_useful(self, document):
        chart = self.chart(document)
        (band,) = marks(chart, "rect")
        assert rows(chart, band) == [{"from": -0.002, "to": 0.002}]
        zero = next(m for m in marks(chart, "rule") if m["encoding"]["x"].get("field") == "zero")
        assert rows(chart, zero) == [{"zero": 0.0}]
        (points,) = marks(chart, "point")
        assert [row["contender"] for row in rows(chart, points)] == [
            "stand-in (not Amazon)",
            "Two-stage",
            "Als",
        ]
        assert chart.to_dict()["config"]["background"] == "transparent"

    def test_draw_a_stand_in_as_an_open_dashed_diamond(self, document):
        (points,) = marks(self.chart(document), "point")
        encoding = points["encoding"]

        def drawn(channel):
            scale = encoding[channel]["scale"]
            return scale["range"][scale["domain"].index("stand-in (not Amazon)")]

        assert (drawn("shape"), drawn("fill"), drawn("strokeDash")) == (
            "diamond",
            "transparent",
            list(interval_charts.MARK_DASH),
        )

    def test_label_outcomes_with_a_mark(self, document):
        frame = interval_charts.differences_frame(document, declared(document))
        by_name = frame.set_index("contender")
        assert by_name.loc["Two-stage", "label"] == "▲ better, but over budget"
        assert by_name.loc["Als", "label"] == "? inconclusive"
        alt = interval_charts.differences_alt(frame, "ndcg@10", "Popular")
        assert "Als inconclusive at +0.00100" in alt
        assert "NDCG@10" in alt

    def test_random_is_a_sentence_since_it_would_flatten_the_chart(self):
        frame = pd.DataFrame(
            {
                "contender": ["ALS", "Random"],
                "difference": [0.01, -0.4],
                "low": [0.0, -0.5],
                "high": [0.02, -0.3],
            }
        )
        titles = {"als": "ALS", "random": "Random"}
        drawn, sentence = interval_charts.without_floor(frame, titles)
        assert drawn["contender"].tolist() == ["ALS"]
        assert sentence == "Not shown: Random at −0.400 (−0.500 to −0.300)."
        alone, nothing = interval_charts.without_floor(frame[1:].reset_index(drop=True), titles)
        assert len(alone) == 1 and nothing == ""


def test_values_are_sorted_and_the_axis_is_not_forced_to_zero(document):
    frame = interval_charts.values_frame(document, "ndcg@10")
    assert frame["contender"].tolist() == [
        "stand-in (not Amazon)",
        "Two-stage",
        "Als",
        "Popular",
    ]
    chart = interval_charts.values(frame, look.styles_by_title(document), "ndcg@10")
    (points,) = marks(chart, "point")
    assert points["encoding"]["x"]["scale"]["domain"][0] > 0.08
    assert "Als 0.120 (0.110 to 0.130)" in interval_charts.values_alt(frame, "ndcg@10")


def test_less_comes_first_where_less_is_better(document):
    more = {"calibration@10": Interval(value=0.2, low=0.1, high=0.3)}
    less = {"calibration@10": Interval(value=0.1, low=0.05, high=0.15)}
    update = [
        c.model_copy(update={"metrics": m})
        for c, m in zip(document.contenders[:2], (more, less), strict=True)
    ]
    two = document.model_copy(update={"contenders": update})
    frame = interval_charts.values_frame(two, "calibration@10")
    assert frame["contender"].tolist() == ["Als", "Popular"]
    found = [
        document.comparisons[0].model_copy(update={"metric": "calibration@10", "difference": -0.1})
    ]
    legend = differences.legend(document, found, "popular")
    assert "better: the whole interval is below zero." in legend


def test_the_legend_says_which_intervals_are_adjusted(document):
    holm = "Holm over 2 contenders"
    one, other, floor = document.comparisons
    titles = titles_of(document.contenders)
    one = one.model_copy(update={"adjustment": holm, "confidence": 0.975, "looks": 2})
    other = other.model_copy(update={"adjustment": holm, "confidence": 0.95, "looks": 2})
    assert differences.adjustment([one, other], titles) == (
        "Intervals of differences have levels of 95 to 97.5%, allowing for 2 comparisons. "
        "Intervals of values are 95% intervals, not adjusted."
    )
    sentence = differences.adjustment([one, other, floor], titles)
    assert "Intervals of differences, except for stand-in (not Amazon), have levels" in sentence
    popular = floor.model_copy(update={"contender": "popular"})
    sentence = differences.adjustment([one, floor, popular, other], titles)
    assert "except for stand-in (not Amazon) and Popular, have levels" in sentence
    assert "not adjusted for the number of comparisons" in differences.adjustment([floor], titles)


class TestQuality:
    def frame(self, document, axis):
        found = [
            Option("popular", "baseline", 0.10, 1.0, 0.10, ()),
            Option("als", "built", 0.12, 2.0, 0.12, ()),
            Option("two-stage", "built", 0.13, 9.0, 0.11, ("p95 9 ms",)),
            Option("stand-in", "stand-in", 0.15, 3.0, None, ()),
        ]
        frame = cost_charts.options_frame(document, found, "ndcg@10")
        return cost_charts.on_axis(frame, axis, "ndcg@10")

    def test_the_front_has_the_contenders_that_none_beats_in_both(self, document):
        by_time = self.frame(document, cost_charts.TIME).set_index("contender")
        assert by_time["front"].to_dict() == {
            "Popular": True,
            "Als": True,
            "stand-in (not Amazon)": True,
            "Two-stage": False,
        }
        by_cost = self.frame(document, cost_charts.COST).set_index("contender")
        assert by_cost["front"].to_dict() == {"Popular": True, "Two-stage": True, "Als": False}

    def test_the_budget_is_a_line_and_the_cheapest_passing_is_circled(self, document):
        frame = self.frame(document, cost_charts.TIME)
        chart = cost_charts.quality(
            frame, look.styles_by_title(document), "ndcg@10", limit=5.0, ring="Als"
        )
        budget = next(m for m in marks(chart, "rule") if m["encoding"]["x"]["field"] == "limit")
        assert rows(chart, budget) == [{"limit": 5.0, "label": "budget 5.00 ms"}]
        ring = next(m for m in marks(chart, "point") if m["mark"].get("size") == 700)
        assert [row["contender"] for row in rows(chart, ring)] == ["Als"]
        texts = [row.get("label") for m in marks(chart, "text") for row in rows(chart, m)]
        assert "Two-stage (over budget)" in texts

    def test_the_alt_text_has_the_figures_and_the_front(self, document):
        alt = cost_charts.quality_alt(
            self.frame(document, cost_charts.COST),
            "ndcg@10",
            cost_charts.COST,
            "Popular",
        )
        assert "Two-stage 0.130 at $0.110 (over budget: p95 9 ms)" in alt
        assert "No contender is both cheaper and better than Popular and Two-stage." in alt
        assert "The circle marks Popular, the cheapest passing option." in alt

    def test_a_contender_that_is_not_drawn_is_not_circled(self, document):
        alt = cost_charts.quality_alt(
            self.frame(document, cost_charts.COST),
            "ndcg@10",
            cost_charts.COST,
            "stand-in (not Amazon)",
        )
        assert "circle" not in alt

    def test_ticks_are_round_and_several_even_where_costs_lie_close(self):
        assert cost_charts._log_ticks(0.07, 0.19) == [0.08, 0.1, 0.15]
        assert cost_charts._log_ticks(0.3, 40) == [0.5, 1, 2, 5, 10, 20]


def test_no_name_stands_on_an_interval_or_on_the_pareto_front():
    """Five contenders close in quality, of which two are as fast as each other."""
    names = ["Popular", "EASE, recent first", "ALS", "Two-stage", "Two-stage with a sponsored item"]
    frame = pd.DataFrame({"label": names, "p95": [0.13, 1.7, 2.6, 6.3, 6.6]})
    frame["value"] = [0.38, 0.387, 0.389, 0.424, 0.426]
    frame = frame.assign(low=frame["value"] - 0.06, high=frame["value"] + 0.065, front=True)
    limits = (0.08, 18.0)
    bottom, top = places.padded(frame)
    across = [
        places.WIDE * np.log(p / limits[0]) / np.log(limits[1] / limits[0]) for p in frame["p95"]
    ]

    def down(value):
        return places.TALL * (top - value) / (top - bottom)

    for at, corner in enumerate(corners(frame, "p95", limits)):
        y = down(frame[places.end(corner)][at])
        left, right, over, under = places._box(across[at], y, names[at], places.CORNERS[corner])
        for other, x in enumerate(across):
            crossed = left < x < right and under > down(frame["high"][other])
            assert not (crossed and over < down(frame["low"][other])), (names[at], corner)
            level = down(frame["value"][other])
            later = across[other + 1] if other + 1 < len(across) else x
            assert not (over < level < under and left < later and right > x), (names[at], corner)


def test_names_that_would_overlap_stand_at_different_corners():
    frame = pd.DataFrame(
        {"label": ["one name", "other name", "third"], "p95": [5.0, 5.5, 5.2], "value": 0.1,
         "low": 0.05, "high": 0.15}
    )  # fmt: skip
    assert len(set(corners(frame, "p95", (3.0, 15.0)))) == 3


def test_the_waterfall_has_quality_and_milliseconds(document):
    frame = waterfall.waterfall_frame(document.contender("two-stage").waterfall)
    assert frame["step"].tolist() == [
        "1. candidate generators: 300 items · 2.50 ms per request",
        "2. first ranker: 50 items · 0.900 ms per request",
    ]
    assert "60.0% of held-out interactions" in waterfall.waterfall_alt(frame, "Two-stage")
    (bars,) = marks(waterfall.waterfall(frame, look.BLUE), "bar")
    assert bars["encoding"]["y"]["sort"] == frame["step"].tolist()


class TestPeople:
    pairs = Pairs.of([0.5, 0.2, 0.3, 0.9, np.nan], [0.1, 0.2, 0.4, 0.1, 0.3])

    def test_the_histogram_parts_better_from_worse_and_leaves_out_equals(self):
        frame = people_charts.histogram_frame(self.pairs)
        assert frame.groupby("side")["users"].sum().to_dict() == {"better": 2, "worse": 1}
        chart = people_charts.histogram(frame, self.pairs, "ALS", "Popular", "ndcg@10")
        labels = [row["label"] for m in marks(chart, "text") for row in rows(chart, m)]
        assert labels == ["▼ worse for 25%", "= the same for 25%", "▲ better for 50%"]
        low, high = marks(chart, "bar")[0]["encoding"]["x"]["scale"]["domain"]
        assert low == -high

    def test_the_alt_text_has_the_shares(self):
        alt = people_charts.histogram_alt(self.pairs, "ALS", "Popular", "ndcg@10")
        assert "each of 4 users: above zero for 50%, below for 25%, zero for 25%" in alt

    def test_some_is_never_shown_as_none_or_all(self):
        shares = [people_charts.percent(s) for s in (0, 0.0004, 0.005, 0.41, 0.9996, 1)]
        assert shares == ["0%", "under 0.1%", "0.5%", "41%", "over 99.9%", "100%"]

    def test_no_user_differs(self):
        same = Pairs.of([0.1, 0.2], [0.1, 0.2])
        frame = people_charts.histogram_frame(same)
        assert frame.empty
        people_charts.histogram(frame, same, "ALS", "Popular", "ndcg@10").to_dict()


class TestPerson:
    titles = np.array([f"<Item {i}>" for i in range(30)], dtype=object)
    kinds = np.array(["a"] * 30, dtype=object)

    def sheet(self, tmp_path, row=0):
        keep(tmp_path)
        named = {"als": "ALS", "popular": "Popular"}
        return sheet(BakeoffFolder(tmp_path), row, 5, named, self.titles, self.kinds)

    def test_the_newest_events_come_last_and_the_earlier_are_counted(self, tmp_path):
        found = self.sheet(tmp_path)
        history = BakeoffFolder(tmp_path).requests.history.row(0)
        assert found.history[-1] == (f"<Item {history[-1]}>", "a")
        assert (len(found.history), found.earlier) == (12, 3)

    def test_hits_are_marked_and_held_out_items_have_the_ranks(self, tmp_path):
        found = self.sheet(tmp_path)
        assert [p.chosen for p in found.lists["ALS"]] == [True, True, True, False, False]
        assert [one.ranks for one in found.held_out] == [
            {"ALS": n, "Popular": n} for n in (1, 2, 3)
        ]

    def test_cards_escape_what_titles_hold(self, tmp_path, document):
        named = {"ALS": "als", "Popular": "popular"}
        styles = {title: look.styles_of(document)[name] for title, name in named.items()}
        found = self.sheet(tmp_path)
        html = cards(found, styles)
        assert "&lt;Item" in html and "<Item" not in html
        assert html.count("✓ held-out interaction") == 6
        assert "3 of 3 are on one of the two lists." in html
        nothing = replace(
            found, history=(), earlier=0, lists={"ALS": ()}, held_out=found.held_out[:1]
        )
        assert "No list." in cards(nothing, styles)


def test_a_metric_is_described_with_its_direction():
    assert metric_description("recall@5") == (
        f"recall@5: {load('recall').description} Higher is better."
    )
    assert "Neither higher nor lower" in metric_description("novelty@10")
    assert metric_description("lost@10") == "lost@10: its definition is not installed."


@pytest.mark.parametrize("labels", [["0.436", "0.4"], ["0.0000123"], ["1,230,000"], ["0"]])
def test_a_value_label_fits_beside_the_longest_interval(labels):
    rows = [("One", 0.4, 0.3, 0.5, labels[0]), ("Two", 0.2, 0.1, 0.3, labels[-1])]
    frame = pd.DataFrame(rows, columns=["contender", "value", "low", "high", "label"])
    looks = look.styles([("One", "built"), ("Two", "built")])
    chart = interval_charts.values(frame, looks, "ndcg@10").to_dict()
    texts = next(layer for layer in chart["layer"] if layer["mark"]["type"] == "text")
    low, high = texts["encoding"]["x"]["scale"]["domain"]
    free = interval_charts.NARROW * (high - frame["high"].max()) / (high - low)
    # 7.3 pixels is the width of a digit at this size
    assert free >= texts["mark"]["dx"] + 7.3 * max(map(len, labels))


def test_an_option_of_the_same_cost_to_three_digits_is_not_cheaper(document):
    best = Option("als", "built", 0.3, 2.0, 0.1181, ())
    same, dearer = replace(best, value=0.2, name="popular", usd_per_1000=0.118), 0.3
    found = [best, same]
    assert cost.cheapest_of(found, best, []) == best
    assert cost.sentence(document, found, best, best, "1000000") == (
        "Als is the best passing option; all cost the same "
        "($0.118 per 1,000 requests at 1 M requests per month)."
    )
    found[1] = replace(same, usd_per_1000=dearer)
    told = cost.sentence(document, found, best, best, "1000000")
    assert told.startswith("Als is both the best and the cheapest passing option")
    found[1] = replace(same, usd_per_1000=0.1)
    told = cost.sentence(document, found, best, best, "1000000")
    assert told.endswith("Every cheaper option may be worse by a useful difference.")


def test_costs_that_coincide_are_rows_and_not_a_stack():
    frame = pd.DataFrame(
        {"contender": ["One", "Two"], "value": [0.2, 0.3], "cost": [0.118, 0.1181]}
    )
    assert cost_charts.coincide(frame, cost_charts.COST)
    assert cost_charts.same_sentence(frame, cost_charts.COST) == (
        "All have the same cost of 1,000 requests: $0.118."
    )
    apart = frame.assign(cost=[0.11, 0.12])
    assert not cost_charts.coincide(apart, cost_charts.COST)
    assert not cost_charts.coincide(frame.head(1), cost_charts.COST)


def test_a_vendors_minimum_is_told_beside_the_costs_that_it_decides(document):
    billed = {"kind": "third-party", "calls": 100, "answered": 100, "cost_usd": 0.015}
    vendor = document.contender("als").model_copy(update=billed | {"price_line": "personalize-v2"})
    others = [c for c in document.contenders if c.name != "als"]
    paid = document.model_copy(update={"contenders": [*others, vendor]})
    found = cost.options(paid, "ndcg@10", 1e5, cost.PriceBook())
    told = cost.explanation(paid, found, "ndcg@10", None, None, "100000")
    (line,) = [line for line in told if "minimum decides" in line]
    assert line.endswith(
        ": At 100,000 requests a month the fee is $388.8 a month: the minimum decides it, since by "
        "request it would be $15."
    )
    assert {o.name: o.usd_per_1000 for o in found}["als"] == pytest.approx(3.888)
    assert "with base fee and minimum" in " ".join(told)
    assert not any(
        "decides" in line
        for line in cost.explanation(paid, found, "ndcg@10", None, None, "100000000")
    )
