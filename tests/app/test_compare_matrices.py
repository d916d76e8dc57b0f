"""The matrices of contenders: how alike their lists are, and how they behave."""

import pandas as pd
import pytest

from app.compare import behavior_charts as compare_behavior_charts
from app.compare import examples as compare_examples
from app.compare import overlap as compare_overlap
from tests.app.compared import bakeoff, verdicts
from tests.app.drawn import marks, rows


@pytest.fixture
def document():
    return bakeoff()


class TestOverlap:
    pairs = pd.DataFrame(
        {"one": ["popular", "popular", "als"], "other": ["als", "two-stage", "two-stage"],
         "overlap": [0.1, 0.2, 0.62]}
    )  # fmt: skip

    def test_each_pair_stands_both_ways_and_nobody_beside_itself(self, document):
        frame = compare_overlap.named(document, self.pairs)
        assert frame["row"].tolist()[:2] == ["Two-stage", "Two-stage"]
        assert len(frame) == 6 and (frame["row"] != frame["column"]).all()
        chart = compare_overlap.picture(frame, 10)
        known, itself = marks(chart, "rect")
        assert len(rows(chart, known)) == 6 and len(rows(chart, itself)) == 3
        sort = known["encoding"]["x"]["sort"]
        assert sort == known["encoding"]["y"]["sort"] == ["Two-stage", "Als", "Popular"]

    def test_the_most_and_the_least_alike_are_told(self, document):
        frame = compare_overlap.named(document, self.pairs)
        assert compare_overlap.overlap_alt(frame, "jaccard", 10) == (
            "Two-stage and Als are the most alike: 62 % of the items on either list of 10 are on "
            "both. The least alike are Als and Popular: 0.100."
        )


class TestBehavior:
    def test_tests_are_marked_and_the_required_ones_named(self, document):
        frame = compare_behavior_charts.behavior_frame(document)
        mine = frame[frame["contender"] == "popular"].set_index("test")
        assert mine["words"].to_dict() == {
            "one-item": "✕ 0.900",
            "near-misses": "0.0200",
            "price": "–",
        }
        assert mine.loc["one-item", "row"] == "No item is on most lists (required)"

    def test_the_chosen_cell_is_outlined_and_what_was_not_run_is_dashed(self, document):
        frame = compare_behavior_charts.behavior_frame(document)
        chart = compare_behavior_charts.behavior(frame, "one-item", "als")
        known, unknown = marks(chart, "rect")
        assert [(r["test"], r["contender"]) for r in rows(chart, known) if r["edge"]] == [
            ("one-item", "als")
        ]
        assert {row["test"] for row in rows(chart, unknown)} == {"price"}

    def test_the_alt_text_names_who_failed(self, document):
        assert compare_behavior_charts.behavior_alt(
            compare_behavior_charts.behavior_frame(document)
        ) == (
            "Behavioral tests. No item is on most lists (required): passed by 1, failed by "
            "Popular; Misses are near in kind: told of 2; Recommended items cost what people "
            "pay: not run."
        )

    def test_a_contender_without_verdicts_passes_nothing(self, document):
        assert compare_behavior_charts.sentence(document, "two-stage") == (
            "No behavioral test with a threshold was run on Two-stage."
        )

    def test_examples_tell_figures_in_a_line_and_lists_side_by_side(self):
        one_item, misses, _ = verdicts(0.3)
        html = compare_examples.cards([*one_item.examples, *misses.examples])
        assert "<b>item</b> Item &lt;1&gt; · <b>share of lists</b> 0.300" in html
        assert "<b>person</b> u001 · <b>left out</b> Item &lt;1&gt;" in html
        assert html.count("<li>Item &lt;1&gt;</li>") == 2

    def test_a_share_says_of_what(self):
        html = compare_examples.cards([{"user_id": "u1", "known_brands": 0.5}])
        assert "<b>share of places with a brand they know</b> 0.500" in html
        # An older bake-off did not say of what.
        assert "<b>share</b> 0.500" in compare_examples.cards([{"share": 0.5}])
