"""The first view: who is better than the baseline, and the sentence that says so."""

import pytest

from app.compare.comparisons import headline
from pipelines.evaluation.metrics.names import load
from tests.app.compare.opening import click, opened, text
from tests.app.compared import keep

pytestmark = pytest.mark.slow


def test_the_headline_is_about_the_best_that_is_not_a_stand_in(document):
    found = sorted(document.comparisons, key=lambda c: -c.difference)
    assert headline(document, found, "ndcg@10", "popular") == "two-stage against popular."
    alone = [c for c in found if c.contender == "stand-in"]
    assert headline(document, alone, "ndcg@10", "popular") == "stand-in against popular."
    assert headline(document, [], "ndcg@10", "popular") == (
        "No other contender was scored, so there is nothing to compare with Popular."
    )


class TestWhoIsBetter:
    def test_it_opens_with_its_sentence_and_warns_of_the_protocol(
        self, open_page, compared, document
    ):
        app = opened(open_page, document)
        assert app.title[0].value == "two-stage against popular."
        shown = text(app)
        assert (
            "Split last-n:5 (benchmark protocol: models train on other users' future events): base "
            "decisions on a split in time only." in shown.replace("\\", "")
        )
        assert "It gave no list for 2 of 6" in shown
        assert (
            "Two-stage: for 13 of 100 people the top 10 holds something they chose; with Popular "
            "10; a certain gain." in shown
        )

    def test_it_says_why_the_best_by_value_is_not_named(self, open_page, compared, document):
        why = (
            "stand-in (not Amazon) has a higher NDCG@10, but is only a stand-in for a third party."
        )
        assert why in text(opened(open_page, document))

    def test_another_metric_and_opponent_come_from_per_user_values(
        self, open_page, compared, document
    ):
        address = {"compare_metric": "recall", "compare_k": "5", "compare_with": "als"}
        app = opened(open_page, document, **address)
        assert app.title[0].value.startswith("Two-stage beats Als by 0.07 recall@5")
        assert "NDCG@10 was declared in advance" in text(app)

    def test_it_says_what_a_metric_tells_and_that_intervals_are_not_adjusted(
        self, open_page, compared, document
    ):
        shown = text(opened(open_page, document))
        assert load("ndcg").description in shown
        assert "Higher is better." in shown
        assert "not adjusted for the number of comparisons" in shown

    def test_further_metrics_are_found_by_name_and_are_a_link(self, open_page, compared, document):
        app = click(opened(open_page, document), "Metric", "more")
        assert app.query_params["compare_metric"] == "coverage"
        (other,) = [s for s in app.selectbox if s.label == "Other metrics"]
        assert other.options == ["coverage", "novelty"]
        linked = opened(open_page, document, compare_metric="novelty")
        back = click(linked, "Metric", "map")
        assert back.query_params["compare_metric"] == "map"

    def test_a_metric_without_a_better_direction_has_no_winner(self, open_page, compared, document):
        app = opened(open_page, document, compare_metric="novelty")
        assert app.title[0].value == (
            "Highest novelty@10: stand-in (not Amazon) (0.150). Lowest: Popular (0.100)."
        )
        assert "Compare with" not in [s.label for s in app.selectbox]
        assert "better:" not in text(app)
        # A view that needs a winner does not offer it and shows the declared metric.
        people = opened(open_page, document, compare_metric="novelty", compare_view="people")
        assert "in NDCG@10 for" in people.title[0].value

    def test_a_title_is_shown_as_it_was_written(self, open_page, compared, document):
        wild = [
            c.model_copy(update={"title": "Pop *:100:*"}) if c.name == "popular" else c
            for c in document.contenders
        ]
        compared.save_bakeoff(
            document.model_copy(update={"id": "wild", "contenders": wild}), dataset_version=1
        )
        keep(compared.bakeoff_folder("wild"))
        address = {"dataset": "shop", "bakeoff": "wild"}
        assert r"useful difference (2% of Pop \*\:100\:\*)" in text(open_page("compare", **address))
        slices = open_page("compare", **address, compare_view="slices")
        (winner,) = [b for b in slices.button_group if b.label == "Show slices where"]
        assert winner.options[1] == r"Pop \*\:100\:\* wins"

    def test_without_stored_values_it_says_what_to_do(self, open_page, filled, document):
        filled.save_bakeoff(document, dataset_version=1)
        app = opened(open_page, document, compare_metric="recall")
        assert "run the bake-off again" in app.error[0].value
        assert "View" in [b.label for b in app.button_group]  # the other views are one click away
