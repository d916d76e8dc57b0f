"""The Data page: readiness, empty, import's confirmation, deleting."""

import pytest

from app import access, datasets
from app.components import jobs
from app.data import deletion
from pipelines.errors import AssayError


def test_empty(open_page):
    app = open_page("data")
    assert not app.exception
    assert app.title[0].value.startswith("No data yet")


def test_readiness_comes_first_and_the_import_is_a_view(open_page, filled):
    app = open_page("data", dataset="shop")
    assert not app.exception
    assert app.title[0].value.replace("\\", "") == datasets.readiness("shop").sentence
    headers = [header.value for header in app.header]
    assert headers == ["Tracking plan", "Findings", "All datasets"]
    app = open_page("data", dataset="shop", data_view="origin")
    assert not app.exception
    assert any("1,802 rows became 1,800 events: 2 quarantined." in m.value for m in app.markdown)
    headers = [header.value for header in app.header]
    assert headers == [
        "Tracking plan",
        "How rows became events",
        "Versions and bake-offs",
        "All datasets",
    ]


def test_a_sample_shows_its_notice(open_page, workspace):
    workspace.register_samples()
    app = open_page("data", dataset="movielens-small")
    assert not app.exception
    assert any("GroupLens" in caption.value for caption in app.caption)


def test_a_sample_that_is_not_loaded_is_loaded_as_a_job(open_page, workspace, monkeypatch):
    started = []
    monkeypatch.setattr(
        type(workspace), "submit", lambda self, kind, params: started.append((kind, params)) or 1
    )
    workspace.register_samples()
    app = open_page("data", dataset="complete-journey")
    assert "not loaded yet" in app.title[0].value
    next(b for b in app.button if b.label == "Load dataset").click().run()
    assert started == [("sample", {"name": "complete-journey"})]


def test_deleting_asks_first(open_page, filled):
    app = open_page("data", dataset="shop", data_view="origin")
    next(b for b in app.button if b.label.startswith("Delete")).click().run()
    assert [r.name for r in filled.datasets()] == ["shop"]
    assert {b.label for b in app.button} >= {"Delete", "Cancel"}


def test_a_deleted_dataset_is_gone(open_page, filled):
    deletion.delete("shop")
    app = open_page("data")
    assert not app.exception
    assert app.title[0].value.startswith("No data yet")


def test_a_viewer_can_neither_import_nor_delete(open_page, filled, monkeypatch):
    monkeypatch.setattr(access, "role", lambda: "viewer")
    app = open_page("data", dataset="shop", data_view="origin")
    assert not app.exception
    assert not any(b.label.startswith("Delete") for b in app.button)
    with pytest.raises(AssayError, match="requires the analyst role; your role is viewer"):
        jobs.start("import", {})
    with pytest.raises(AssayError, match="requires the lead role; your role is viewer"):
        deletion.delete("shop")
