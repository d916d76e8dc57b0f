"""The matrices of contenders: list overlap and behavioral tests."""

import pandas as pd
import pytest

from app.compare import behavior_charts, examples, overlap
from app.components import wide
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

    def test_each_pair_is_in_both_orders_and_not_with_itself(self, document):
        frame = overlap.overlap_frame(document, self.pairs)
        assert frame["row"].tolist()[:2] == ["Two-stage", "Two-stage"]
        assert len(frame) == 6 and (frame["row"] != frame["column"]).all()
        chart = overlap.overlap(frame, 10)
        known, itself = marks(chart, "rect")
        assert len(rows(chart, known)) == 6 and len(rows(chart, itself)) == 3
        sort = known["encoding"]["x"]["sort"]
        assert sort == known["encoding"]["y"]["sort"] == ["Two-stage", "Als", "Popular"]

    def test_the_alt_text_has_the_most_and_the_least_similar(self, document):
        frame = overlap.overlap_frame(document, self.pairs)
        assert overlap.overlap_alt(frame, "jaccard", 10) == (
            "Two-stage and Als give the most similar lists: 62% of all items in their top 10 are "
            "in both lists. The least similar are Als and Popular: 0.100."
        )


class TestBehavior:
    def test_tests_are_marked_and_the_required_ones_named(self, document):
        frame = behavior_charts.behavior_frame(document)
        mine = frame[frame["contender"] == "popular"].set_index("test")
        assert mine["label"].to_dict() == {
            "one-item": "✕ 0.900",
            "near-misses": "0.0200",
            "price": "–",
        }
        assert mine.loc["one-item", "row"] == "No item is on most lists (required)"

    def test_the_chosen_cell_is_outlined_and_what_was_not_run_is_dashed(self, document):
        frame = behavior_charts.behavior_frame(document)
        chart = behavior_charts.behavior(frame, "one-item", "als")
        known, unknown = marks(chart, "rect")
        assert [(r["test"], r["contender"]) for r in rows(chart, known) if r["edge"]] == [
            ("one-item", "als")
        ]
        assert {row["test"] for row in rows(chart, unknown)} == {"price"}

    def test_the_alt_text_names_who_failed(self, document):
        assert behavior_charts.behavior_alt(behavior_charts.behavior_frame(document)) == (
            "Behavioral tests. No item is on most lists (required): passed by 1, failed by "
            "Popular; Misses are near in kind: value only, for 2; Recommended items cost what "
            "people pay: not run."
        )

    def test_a_contender_without_results_passes_no_test(self, document):
        assert behavior_charts.sentence(document, "two-stage") == (
            "No behavioral test with a threshold was run on Two-stage."
        )

    def test_examples_have_figures_on_a_line_and_lists_side_by_side(self):
        one_item, misses, _ = verdicts(0.3)
        html = examples.cards([*one_item.examples, *misses.examples])
        assert "<b>item</b> Item &lt;1&gt; · <b>share of lists</b> 0.300" in html
        assert "<b>user</b> u001 · <b>removed event</b> Item &lt;1&gt;" in html
        assert html.count("<li>Item &lt;1&gt;</li>") == 2

    def test_a_share_says_of_what(self):
        html = examples.cards([{"user_id": "u1", "known_brands": 0.5}])
        assert "<b>share of places with a known brand</b> 0.500" in html
        # An older bake-off did not say of what.
        assert "<b>share</b> 0.500" in examples.cards([{"share": 0.5}])


def test_a_chart_that_scrolls_in_a_narrow_window_says_so():
    css = wide.scroll_css("matrix", 500)
    assert ".st-key-matrix {overflow-x: auto;}" in css and "min-width: 500px" in css
    assert f"@media (max-width: 820px) {{.st-key-matrix::before {{content: '{wide.HINT}'" in css
    assert "@media (max-width: 1100px) {.st-key-matrix::before" in wide.scroll_css("matrix", 2000)
