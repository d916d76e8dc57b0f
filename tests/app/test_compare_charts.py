"""The pictures of the Compare page: pure functions, looked at through what they draw."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app import look
from app.compare import cost_charts as compare_cost_charts
from app.compare import differences as compare_differences
from app.compare import people_charts as compare_people_charts
from app.compare import waterfall as compare_waterfall
from app.compare.corners import corners
from app.compare.person import cards, sheet
from app.compare.tools import metric_words
from app.components import comparison_charts as compare_charts
from pipelines.economics.options import Option
from pipelines.evaluation.comparison.pairs import Pairs
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.statistics.interval import Interval
from tests.app.compared import bakeoff, keep
from tests.app.drawn import marks, rows


@pytest.fixture
def document():
    return bakeoff()


def declared(document):
    return sorted(document.comparisons, key=lambda c: -c.difference)


class TestDifferences:
    def chart(self, document):
        frame = compare_charts.differences_frame(document, declared(document))
        styles = compare_charts.titled_styles(document)
        return compare_charts.differences(frame, styles, "ndcg@10", "Popular")

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
            list(compare_charts.MARK_DASH),
        )

    def test_tell_outcomes_in_words_and_marks(self, document):
        frame = compare_charts.differences_frame(document, declared(document))
        by_name = frame.set_index("contender")
        assert by_name.loc["Two-stage", "words"] == "▲ better, but over budget"
        assert by_name.loc["Als", "words"] == "? inconclusive"
        alt = compare_charts.differences_alt(frame, "ndcg@10", "Popular")
        assert "Als inconclusive at +0.00100" in alt
        assert "NDCG@10" in alt

    def test_tell_random_in_words_since_it_would_flatten_the_picture(self):
        frame = pd.DataFrame(
            {
                "contender": ["ALS", "Random"],
                "difference": [0.01, -0.4],
                "low": [0.0, -0.5],
                "high": [0.02, -0.3],
            }
        )
        named = {"als": "ALS", "random": "Random"}
        drawn, said = compare_charts.without_floor(frame, named)
        assert drawn["contender"].tolist() == ["ALS"]
        assert said == "Not drawn: Random, at −0.400 (−0.500 to −0.300)."
        alone, nothing = compare_charts.without_floor(frame[1:].reset_index(drop=True), named)
        assert len(alone) == 1 and nothing == ""


def test_values_are_sorted_and_the_axis_is_not_forced_to_zero(document):
    frame = compare_charts.values_frame(document, "ndcg@10")
    assert frame["contender"].tolist() == [
        "stand-in (not Amazon)",
        "Two-stage",
        "Als",
        "Popular",
    ]
    chart = compare_charts.values(frame, compare_charts.titled_styles(document), "ndcg@10")
    (points,) = marks(chart, "point")
    assert points["encoding"]["x"]["scale"]["domain"][0] > 0.08
    assert "Als 0.120 (0.110 to 0.130)" in compare_charts.values_alt(frame, "ndcg@10")


def test_less_comes_first_where_less_is_better(document):
    more = {"calibration@10": Interval(value=0.2, low=0.1, high=0.3)}
    less = {"calibration@10": Interval(value=0.1, low=0.05, high=0.15)}
    update = [
        c.model_copy(update={"metrics": m})
        for c, m in zip(document.contenders[:2], (more, less), strict=True)
    ]
    two = document.model_copy(update={"contenders": update})
    frame = compare_charts.values_frame(two, "calibration@10")
    assert frame["contender"].tolist() == ["Als", "Popular"]
    found = [
        document.comparisons[0].model_copy(update={"metric": "calibration@10", "difference": -0.1})
    ]
    said = compare_differences.legend(document, found, "popular")
    assert "better: the whole interval lies below zero." in said


def test_it_is_said_which_intervals_are_adjusted(document):
    holm = "Holm over 2 contenders"
    one, other, floor = document.comparisons
    named = compare_charts.titles(document)
    one = one.model_copy(update={"adjustment": holm, "confidence": 0.975})
    other = other.model_copy(update={"adjustment": holm, "confidence": 0.95})
    assert compare_differences.adjusted([one, other], named) == (
        "Intervals of differences are adjusted (Holm over 2 contenders: 95 to 97.5 % each); those "
        "of the values are of 95 %, each for itself."
    )
    said = compare_differences.adjusted([one, other, floor], named)
    assert "Intervals of differences, except that of stand-in (not Amazon), are adj" in said
    popular = floor.model_copy(update={"contender": "popular"})
    said = compare_differences.adjusted([one, floor, popular, other], named)
    assert "differences, except those of stand-in (not Amazon) and Popular, are adjusted" in said
    assert "not adjusted for the number of contenders" in compare_differences.adjusted(
        [floor], named
    )


class TestQuality:
    def frame(self, document, axis):
        found = [
            Option("popular", "baseline", 0.10, 1.0, 0.10, ()),
            Option("als", "built", 0.12, 2.0, 0.12, ()),
            Option("two-stage", "built", 0.13, 9.0, 0.11, ("p95 9 ms",)),
            Option("stand-in", "stand-in", 0.15, 3.0, None, ()),
        ]
        frame = compare_cost_charts.options_frame(document, found, "ndcg@10")
        return compare_cost_charts.on_axis(frame, axis, "ndcg@10")

    def test_the_front_holds_those_that_nobody_beats_in_both(self, document):
        by_time = self.frame(document, compare_cost_charts.TIME).set_index("contender")
        assert by_time["front"].to_dict() == {
            "Popular": True,
            "Als": True,
            "stand-in (not Amazon)": True,
            "Two-stage": False,
        }
        by_cost = self.frame(document, compare_cost_charts.COST).set_index("contender")
        assert by_cost["front"].to_dict() == {"Popular": True, "Two-stage": True, "Als": False}

    def test_the_budget_is_a_line_and_the_cheapest_passing_is_circled(self, document):
        frame = self.frame(document, compare_cost_charts.TIME)
        chart = compare_cost_charts.quality(
            frame, compare_charts.titled_styles(document), "ndcg@10", limit=5.0, ring="Als"
        )
        budget = next(m for m in marks(chart, "rule") if m["encoding"]["x"]["field"] == "limit")
        assert rows(chart, budget) == [{"limit": 5.0, "word": "budget 5.00 ms"}]
        ring = next(m for m in marks(chart, "point") if m["mark"].get("size") == 700)
        assert [row["contender"] for row in rows(chart, ring)] == ["Als"]
        texts = [row.get("word") for m in marks(chart, "text") for row in rows(chart, m)]
        assert "Two-stage (over budget)" in texts

    def test_the_alt_text_has_the_figures_and_the_front(self, document):
        alt = compare_cost_charts.quality_alt(
            self.frame(document, compare_cost_charts.COST),
            "ndcg@10",
            compare_cost_charts.COST,
            "Popular",
        )
        assert "Two-stage 0.130 at $0.110 (over budget: p95 9 ms)" in alt
        assert "Nobody is both cheaper and better than Popular and Two-stage." in alt
        assert "Popular is circled: the cheapest that passes." in alt

    def test_whoever_is_not_drawn_is_not_circled(self, document):
        alt = compare_cost_charts.quality_alt(
            self.frame(document, compare_cost_charts.COST),
            "ndcg@10",
            compare_cost_charts.COST,
            "stand-in (not Amazon)",
        )
        assert "circled" not in alt

    def test_ticks_are_round_and_several_even_where_costs_lie_close(self):
        assert compare_cost_charts._log_ticks(0.07, 0.19) == [0.08, 0.1, 0.15]
        assert compare_cost_charts._log_ticks(0.3, 40) == [0.5, 1, 2, 5, 10, 20]


def test_names_that_would_overlap_stand_at_different_corners():
    frame = pd.DataFrame(
        {"word": ["one name", "other name", "third"], "p95": [5.0, 5.5, 5.2], "value": 0.1,
         "low": 0.05, "high": 0.15}
    )  # fmt: skip
    assert len(set(corners(frame, "p95", (3.0, 15.0)))) == 3


def test_the_waterfall_has_quality_and_milliseconds(document):
    frame = compare_waterfall.waterfall_frame(document.contender("two-stage").waterfall)
    assert frame["step"].tolist() == [
        "1. candidates, keeps 300 · 2.50 ms a request",
        "2. heavy rank, keeps 50 · 0.900 ms a request",
    ]
    assert "60.0 % of later choices" in compare_waterfall.waterfall_alt(frame, "Two-stage")
    (bars,) = marks(compare_waterfall.waterfall(frame, look.BLUE), "bar")
    assert bars["encoding"]["y"]["sort"] == frame["step"].tolist()


class TestPeople:
    pairs = Pairs.of([0.5, 0.2, 0.3, 0.9, np.nan], [0.1, 0.2, 0.4, 0.1, 0.3])

    def test_the_histogram_parts_better_from_worse_and_leaves_out_equals(self):
        frame = compare_people_charts.histogram_frame(self.pairs)
        assert frame.groupby("side")["people"].sum().to_dict() == {"better": 2, "worse": 1}
        chart = compare_people_charts.histogram(frame, self.pairs, "ALS", "Popular", "ndcg@10")
        words = [row["word"] for m in marks(chart, "text") for row in rows(chart, m)]
        assert words == ["▼ worse for 25 %", "= the same for 25 %", "▲ better for 50 %"]
        low, high = marks(chart, "bar")[0]["encoding"]["x"]["scale"]["domain"]
        assert low == -high

    def test_the_alt_text_has_the_shares(self):
        alt = compare_people_charts.histogram_alt(self.pairs, "ALS", "Popular", "ndcg@10")
        assert "each of 4 people: above zero for 50 %, below for 25 %, zero for 25 %" in alt

    def test_some_is_never_told_as_none_or_all(self):
        told = [compare_people_charts.share_words(s) for s in (0, 0.0004, 0.005, 0.41, 0.9996, 1)]
        assert told == ["0 %", "under 0.1 %", "0.5 %", "41 %", "over 99.9 %", "100 %"]

    def test_nobody_differs(self):
        same = Pairs.of([0.1, 0.2], [0.1, 0.2])
        frame = compare_people_charts.histogram_frame(same)
        assert frame.empty
        compare_people_charts.histogram(frame, same, "ALS", "Popular", "ndcg@10").to_dict()


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

    def test_hits_are_marked_and_truths_say_where_each_contender_has_them(self, tmp_path):
        found = self.sheet(tmp_path)
        assert [p.chosen for p in found.lists["ALS"]] == [True, True, True, False, False]
        assert [one.ranks for one in found.later] == [{"ALS": n, "Popular": n} for n in (1, 2, 3)]

    def test_cards_escape_what_titles_hold(self, tmp_path, document):
        named = {"ALS": "als", "Popular": "popular"}
        styles = {title: look.styles_of(document)[name] for title, name in named.items()}
        found = self.sheet(tmp_path)
        html = cards(found, styles)
        assert "&lt;Item" in html and "<Item" not in html
        assert html.count("✓ chosen later") == 6
        assert "3 of 3 stand on one of the two lists." in html
        nothing = replace(found, history=(), earlier=0, lists={"ALS": ()}, later=found.later[:1])
        assert "No list." in cards(nothing, styles)


def test_a_metric_is_told_in_a_sentence_with_its_direction():
    assert metric_words("recall@5") == (
        "recall@5: the share of the user's held-out items that are on the list. Higher is better."
    )
    assert "Neither higher nor lower" in metric_words("novelty@10")
    assert metric_words("lost@10") == "lost@10: its definition is no longer installed."
