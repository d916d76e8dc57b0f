"""Bake-offs declared on a metric of which lower is better, or whose package is missing."""

import pytest

from app import report
from app.compare import comparisons, cost_charts
from app.compare import slices as compare_slices
from app.compare.contenders import contenders_frame
from app.compare.differences import legend
from app.components import results
from app.report import figures, slices, tables
from pipelines.evaluation.comparison.ranking import why_not_ranked
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.evaluation.slices.cells import Contest
from pipelines.evaluation.slices.stored import find
from tests.app.compared import bakeoff, declared_on, keep
from tests.installed import outside_package

LESS, LOST = "calibration@10", "lost@10"


@pytest.fixture
def stored(tmp_path):
    keep(tmp_path)
    return BakeoffFolder(tmp_path)


@pytest.fixture
def less():
    return declared_on(LESS, bakeoff())


@pytest.fixture
def lost():
    return declared_on(LOST, bakeoff())


class TestLess:
    def test_whoever_has_least_leads(self, less):
        assert results.leader_label(less) == "Two-stage leads"
        assert comparisons.leader(less, LESS) == "two-stage"

    def test_tables_begin_with_the_least(self, less):
        order = ["stand-in (not Amazon)", "Two-stage", "Als", "Popular", "Acme"]
        assert [name[2:] for name in contenders_frame(less)["contender"]] == order
        found = comparisons.compared(less, BakeoffFolder("none"), LESS, "popular")
        table = tables.contenders(less, found, LESS)
        assert [row[0].text for row in table.rows] == order

    def test_the_cheapest_that_passes_is_not_the_worst(self, less, stored):
        price = figures.price(less, stored, LESS)
        assert price.sentence.startswith("Als is the best passing option; all cost the same ($0.")
        by_time = price.figures[0]
        assert "calibration gap@10 (lower is better) against" in by_time.alt
        assert (
            "No contender is both faster and better than Popular, Als and stand-in" in by_time.alt
        )

    def test_the_front_falls(self, less, stored):
        found = [c for c in less.contenders if c.metrics]
        frame = cost_charts.options_frame(
            less, figures.options(less, LESS, 1e6, figures.PriceBook()), LESS
        )
        there = cost_charts.on_axis(frame, cost_charts.TIME, LESS)
        assert len(there) == len(found)
        assert there[there["front"]]["value"].is_monotonic_decreasing

    def test_slices_are_of_the_best_and_stand_best_first(self, less, stored):
        assert slices._pairs(less, LESS, "popular")[0] == ("two-stage", "popular")
        contest = Contest(stored, "als", "popular", LESS, 0.02)
        cells = compare_slices.by_contender(less, contest, find(stored, "time"))
        assert list(cells) == ["stand-in (not Amazon)", "Two-stage", "Als"]

    def test_the_report_holds_it_all(self, less, stored):
        html = report.html(less, stored, LESS, "popular")
        assert "two-stage against popular." in html
        assert "better: the whole interval is below zero." in html


class TestLost:
    """The stored results are shown; contenders are not ranked again."""

    def test_there_is_no_leader(self, lost):
        assert results.leader(lost) is None
        assert results.leader_label(lost) == (f"no leader, since {why_not_ranked(LOST)}")

    def test_stored_outcomes_stand_in_the_document_s_order(self, lost):
        frame = contenders_frame(lost)
        assert [name[2:] for name in frame["contender"]][:2] == ["Popular", "Als"]
        assert frame.set_index("contender").loc["● Two-stage", "outcome"] == (
            "▲ better, but over budget"
        )
        found = comparisons.compared(lost, BakeoffFolder("none"), LOST, "popular")
        assert [c.contender for c in found] == [c.contender for c in lost.comparisons]
        assert "better: the whole interval is on the better side of zero" in legend(
            lost, found, "popular"
        )

    def test_the_report_has_the_stored_results_and_says_what_is_missing(self, lost, stored):
        html = report.html(lost, stored, LOST, "popular")
        assert "two-stage against popular." in html
        assert f"{why_not_ranked(LOST)}." in html
        assert f"Contenders cannot be ranked by slice: {why_not_ranked(LOST)}." in html


def test_the_report_does_without_a_broken_package(stored, tmp_path):
    with outside_package(tmp_path / "site", "assay.metrics", {"lost": "no_such_module:Lost"}):
        html = report.html(declared_on(LOST, bakeoff()), stored, LOST, "popular")
    assert "two-stage against popular." in html


@pytest.mark.parametrize("metric", [LESS, LOST])
@pytest.mark.parametrize("name", ["overview", "runs", "compare"])
def test_pages_show_the_leader(open_page, filled, metric, name):
    document = declared_on(metric, bakeoff())
    filled.save_bakeoff(document, dataset_version=1)
    keep(filled.bakeoff_folder(document.id))
    app = open_page(name, dataset="shop", bakeoff=document.id)
    assert not app.exception and not app.error


@pytest.mark.parametrize("view", ["slices", "cost", "people", "overlap", "behavior", "contenders"])
def test_every_view_is_drawn_without_the_metric_s_package(open_page, filled, lost, view):
    filled.save_bakeoff(lost, dataset_version=1)
    keep(filled.bakeoff_folder(lost.id))
    app = open_page("compare", dataset="shop", bakeoff=lost.id, compare_view=view)
    assert not app.exception and not app.error
