"""Running and ended jobs at the top of a page; when it is drawn again, and what it then shows."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app import state
from app.components import job_strip
from pipelines.data.dataset import save
from pipelines.runtime import paths
from pipelines.workspace.models import JobRow
from tests.app.conftest import document, small_dataset


def test_a_failed_job_says_why_and_can_be_dismissed(open_page, filled, wait_until):
    id = filled.submit("import", {"paths": ["/no/such/file.csv"], "name": "x"})
    wait_until(lambda: not filled.job(id).live, 60)
    app = open_page()
    assert not app.exception
    assert any("failed" in m.value and "no file" in m.value for m in app.markdown)
    app.button(key=f"dismiss_{id}").click().run()
    assert not any("failed" in m.value for m in app.markdown)
    again = open_page()  # after a reload
    assert not any("failed" in m.value for m in again.markdown)


def test_a_finished_job_links_to_its_result_until_it_is_dismissed(open_page, filled, monkeypatch):
    app, id = finished_bakeoff(open_page, filled, monkeypatch)
    app.run()  # still there
    assert told(app)
    app.button(key=f"dismiss_{id}").click().run()
    assert not told(app)


def test_the_notice_of_a_finished_job_goes_when_its_result_was_opened(
    open_page, filled, monkeypatch
):
    app, _ = finished_bakeoff(open_page, filled, monkeypatch)

    def told_on(page, **address):
        for name, value in address.items():
            app.query_params[name] = value
        app.switch_page(str(paths.CHECKOUT / "app" / "pages" / f"{page}.py")).run()
        return told(app)

    assert told_on("compare", bakeoff="20261121-1000-bbbb")  # another bake-off
    assert told_on("decide")
    assert not told_on("compare", bakeoff="20261120-1000-aaaa")
    assert not told_on("build")


def waiting(workspace, monkeypatch, kind="bakeoff", **params):
    """The id of a job that never begins."""
    monkeypatch.setattr(type(workspace), "worker_command", ("sleep",))
    monkeypatch.setattr(type(workspace), "mark_lost", lambda self: [])
    return workspace.submit(kind, params or {"dataset": "shop"})


def end(workspace, id, outcome="done", made=None):
    """The job ended, with the older bake-off as its result."""
    with workspace.database.write() as session:
        row = session.get(JobRow, id)
        row.state, row.result = outcome, made or {"bakeoff": "20261120-1000-aaaa"}


def text(app):
    assert not app.exception
    return [element.value for element in (*app.title, *app.error)]


def told(app):
    assert not app.exception
    return any("is done" in m.value for m in app.markdown)


def finished_bakeoff(open_page, filled, monkeypatch):
    """The Build page after a bake-off ended while it was open, and the job's id."""
    id = waiting(filled, monkeypatch)
    app = open_page("build", dataset="shop")
    end(filled, id)
    app.run()
    assert told(app)
    return app, id


@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize("name", ["compare", "explore", "overview", "decide"])
def test_a_bakeoff_that_ends_leaves_what_is_shown_and_offers_its_results(
    name, mine, open_page, filled, monkeypatch
):
    shown = "20261121-1000-bbbb"
    id = waiting(filled, monkeypatch)
    app = open_page(name, dataset="shop", bakeoff=shown)
    if mine:
        app.session_state[state.STARTED] = [id]
    end(filled, id)
    app.run()
    assert told(app) and app.session_state["bakeoff"] == shown
    if name in ("compare", "explore"):
        app.button(key=f"show_{id}").click().run()
        assert app.session_state["bakeoff"] == "20261120-1000-aaaa" and not told(app)
    else:
        (link,) = [a.proto for a in app.get("page_link") if a.proto.label == "Show results"]
        assert link.page == "compare" and "20261120-1000-aaaa" in repr(link)


def test_what_was_started_on_build_is_shown_by_the_page_opened_next(open_page, filled, monkeypatch):
    id = waiting(filled, monkeypatch)
    app = open_page("build", dataset="shop", bakeoff="20261121-1000-bbbb")
    app.session_state[state.STARTED] = [id]
    end(filled, id)
    app.run()
    assert told(app)
    app.switch_page(str(paths.CHECKOUT / "app" / "pages" / "compare.py")).run()
    assert not app.exception
    assert app.session_state["bakeoff"] == "20261120-1000-aaaa" and not told(app)


@pytest.mark.parametrize("name", ["compare", "explore", "overview", "runs"])
@pytest.mark.parametrize("outcome", ["done", "failed"])
def test_a_page_without_results_waits_for_them(name, outcome, open_page, workspace, monkeypatch):
    folder = workspace.home / "made"
    folder.mkdir(parents=True)
    save(small_dataset(), folder)
    workspace.add_dataset(folder)
    id = waiting(workspace, monkeypatch)
    app = open_page(name, dataset="shop")
    before = text(app)
    if outcome == "done":
        workspace.save_bakeoff(document("20261120-1000-aaaa"), dataset_version=1)
    end(workspace, id, outcome)
    app.run()
    assert text(app) != before
    assert ("bakeoff" in app.session_state) == (outcome == "done")


def test_what_was_just_imported_is_explained_first(open_page, workspace, monkeypatch):
    id = waiting(workspace, monkeypatch, kind="import", name="shop")
    app = open_page("data")
    assert app.title[0].value.startswith("Import of shop")
    folder = workspace.home / "made"
    folder.mkdir()
    save(small_dataset(), folder)
    workspace.add_dataset(folder)
    end(workspace, id, made={"dataset": "shop"})
    app.run()
    assert not told(app)
    assert app.query_params["data_view"] == "origin"
    assert app.header[1].value == "How rows became events"


def test_a_further_import_leads_to_how_its_rows_became_events(
    open_page, filled, monkeypatch, tmp_path
):
    id = waiting(filled, monkeypatch, kind="import", name="other")
    app, runs = open_page("data", dataset="shop"), open_page("runs", dataset="shop")
    folder = tmp_path / "other"
    folder.mkdir()
    save(small_dataset("other"), folder)
    filled.add_dataset(folder)
    end(filled, id, made={"dataset": "other"})
    runs.run()
    (link,) = [a.proto for a in runs.get("page_link") if a.proto.label == "Show the data"]
    assert "data_view=origin" in repr(link) and "dataset=other" in repr(link)
    app.run()
    assert told(app) and app.session_state["dataset"] == "shop"
    app.button(key=f"show_{id}").click().run()
    assert not told(app)
    assert app.session_state["dataset"] == "other" and app.query_params["data_view"] == "origin"


@pytest.mark.parametrize("filling", [True, False])
def test_a_form_that_is_filled_in_is_not_taken_away(filling, monkeypatch):
    """In an empty workspace, somebody else's import ends."""
    awaited = {"page": "Data", "dataset": None, "kinds": []}
    session = {state.AWAITED: awaited, state.FILLING: filling}
    monkeypatch.setattr(job_strip.st, "session_state", session)
    job = SimpleNamespace(kind="import", params={"name": "shop"})
    assert job_strip._waits(job, "Data") is not filling
    assert job_strip._waits(job, "Overview") is False  # it was drawn after the page Data


def test_a_waiting_job_is_shown_and_cancelled(open_page, filled, monkeypatch):
    monkeypatch.setattr(type(filled), "worker_command", ("sleep",))  # never claims the job
    id = filled.submit("sample", {"name": "x"})
    monkeypatch.setattr(type(filled), "mark_lost", lambda self: [])
    app = open_page()
    assert not app.exception
    app.button(key=f"cancel_{id}").click().run()
    assert filled.job(id).state == "cancelled"
    assert not any(b.key == f"cancel_{id}" for b in app.button)
