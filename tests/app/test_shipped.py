"""The first minute in a new workspace: lists and figures that came with Assay, and say so."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pytest

from app import access
from app.components.drawing import png
from app.components.drawn import Drawn
from app.report import html
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.workspace import Workspace, beginning
from tests.app.conftest import page_opened


@pytest.fixture
def fresh(home):
    """A workspace's folder that is not there yet."""
    assert not home.exists()
    return home


def told(app):
    return [m.value for m in app.markdown if "shipped with Assay" in m.value]


def test_a_plain_start_shows_lists_and_figures_and_says_where_they_are_from(fresh):
    compare = page_opened("compare")
    assert not compare.exception
    assert "NDCG@10" in compare.title[0].value
    (said,) = told(compare)
    assert "with `assay bakeoff als ease-recent two-stage" in said
    assert compare.selectbox(key="bakeoff").options[0].endswith(" (shipped)")
    explore = page_opened("explore")
    assert not explore.exception and not explore.error
    assert "share" in explore.title[0].value and told(explore)
    assert any("a made-up history, run a bake-off" in c.value for c in explore.caption)
    who = next(b for b in explore.get("button_group") if b.label == "Show lists for")
    assert [o.content for o in who.proto.options] == ["a user in the data"]
    assert any("without fitted pipelines" in i.value for i in explore.info)
    assert not told(page_opened("build"))


def test_every_view_of_a_whole_bakeoff_is_drawn(fresh):
    for view in ("slices", "cost", "people", "overlap", "behavior", "taste", "contenders"):
        app = page_opened("compare", compare_view=view)
        assert not app.exception, view
        assert app.query_params["compare_view"] in (view, [view])


def test_nothing_of_it_is_said_to_be_built_here(fresh):
    tables = [d.value for d in page_opened("compare", compare_view="contenders").dataframe]
    (kinds,) = (table["kind"] for table in tables if "kind" in table)
    assert {kind.partition(",")[0] for kind in kinds} == {
        "shipped with Assay", "local stand-in", "baseline",
    }  # fmt: skip
    explore = page_opened("explore")
    cards = " ".join(str(h.proto.body) for h in explore.get("html"))
    assert cards.count("shipped with Assay") == 4 and "built here" not in cards
    workspace = Workspace.open(fresh)
    (record,) = workspace.bakeoffs()
    document, folder = workspace.bakeoff(record.id), BakeoffFolder(record.folder)
    report = html(document, folder, "ndcg@10", "popular")
    assert report.count("<small>shipped with Assay</small>") == 4 and "built here" not in report
    taste = page_opened("compare", compare_view="taste")
    next(b for b in taste.button if b.label == "No difference").click().run()
    next(b for b in taste.button if b.label == "Reveal the contenders").click().run()
    assert not taste.exception
    assert "built here" not in " ".join(str(h.proto.body) for h in taste.get("html"))
    (steps, *_) = page_opened("overview").get("vega_lite_chart")
    assert "Build: 4 pipelines shipped with Assay." in steps.proto.alt


def test_a_chart_as_a_page_shows_it_becomes_a_picture():
    chart = alt.Chart(pd.DataFrame({"x": [1], "y": [2]})).mark_point().encode(x="x", y="y")
    made = png(Drawn(lambda: chart), "Two numbers", "A test")
    assert made.startswith(b"\x89PNG")


def test_explore_names_the_bakeoff_that_is_running(fresh, monkeypatch):
    monkeypatch.setattr(Workspace, "worker_command", ("sleep",))  # never claims the job
    monkeypatch.setattr(Workspace, "mark_lost", lambda self: [])
    page_opened("compare")
    Workspace.open(fresh).submit("bakeoff", beginning.sample_request())
    explore = page_opened("explore")
    assert not explore.exception
    (said,) = [c.value for c in explore.caption if "made-up history" in c.value]
    assert said.endswith("A bake-off is running: a made-up history is possible when it ends.")


def test_an_own_bakeoff_takes_its_place(fresh):
    workspace = Workspace.open(fresh)
    beginning.begin(workspace)
    (record,) = workspace.bakeoffs()
    own = workspace.bakeoff(record.id).model_copy(update={"id": "own"})
    workspace.save_bakeoff(own, dataset_version=1)
    app = page_opened("compare")
    assert app.session_state["bakeoff"] == "own" and not told(app)
    assert told(page_opened("compare", bakeoff=record.id))


def test_an_empty_workspace_that_is_there_is_left_empty(open_page):
    assert open_page("runs").title[0].value == "No bake-off has been run here yet."


def test_it_can_be_run_from_the_notice_unless_the_server_is_read_only(fresh, monkeypatch):
    app = page_opened("compare")
    assert "run_sample" in [b.key for b in app.button]
    monkeypatch.setenv(access.READ_ONLY, "1")
    shown = page_opened("compare")
    assert not shown.exception and told(shown)
    assert "run_sample" not in [b.key for b in shown.button]
    assert any("Read-only: this server" in c.value for c in shown.caption)
