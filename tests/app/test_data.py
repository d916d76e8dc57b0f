"""The Data page: readiness, empty, import's confirmation, deleting."""

import pytest

from app import access, state
from app.components import jobs, upload
from pipelines.errors import AssayError


def test_empty(open_page):
    app = open_page("data")
    assert not app.exception
    assert app.title[0].value.startswith("No data yet")


def test_readiness_opens_the_page_and_findings_follow(open_page, filled):
    app = open_page("data", dataset="shop")
    assert not app.exception
    assert app.title[0].value.replace("\\", "") == state.readiness("shop").sentence
    findings = app.table[0].value
    assert findings.shape[1] <= 7
    states = [text.partition(" ")[2] for text in findings["state"]]
    assert states == sorted(states, key=["not enough", "thin", "unknown", "enough"].index)
    assert [m.value for m in app.metric] == ["1,802", "1,800", "0", "2"]


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
    next(b for b in app.button if b.label == "Load it").click().run()
    assert started == [("sample", {"name": "complete-journey"})]


def test_deleting_asks_first(open_page, filled):
    app = open_page("data", dataset="shop")
    next(b for b in app.button if b.label.startswith("Delete")).click().run()
    assert [r.name for r in filled.datasets()] == ["shop"]
    assert {b.label for b in app.button} >= {"Delete", "Keep it"}


def test_a_deleted_dataset_is_gone(open_page, filled):
    upload.delete("shop")
    app = open_page("data")
    assert not app.exception
    assert app.title[0].value.startswith("No data yet")


def test_a_viewer_can_neither_import_nor_delete(open_page, filled, monkeypatch):
    monkeypatch.setattr(access, "role", lambda: "viewer")
    app = open_page("data", dataset="shop")
    assert not app.exception
    assert not any(b.label.startswith("Delete") for b in app.button)
    with pytest.raises(AssayError, match="needs the role analyst; yours is viewer"):
        jobs.start("import", {})
    with pytest.raises(AssayError, match="needs the role lead; yours is viewer"):
        upload.delete("shop")


def test_the_preview_asks_to_confirm_columns(open_page, filled, tmp_path):
    app = open_page("data", dataset="shop")
    rows = "\n".join(f"c{i % 7},s{i % 5},2026-01-{i % 28 + 1:02d}" for i in range(60))
    file = ("events.csv", f"CustomerID,StockCode,InvoiceDate\n{rows}\n".encode(), "text/csv")
    app.file_uploader(key="data_events").set_value(file).run()
    assert not app.exception
    chosen = {s.label: s.value for s in app.selectbox if s.key and s.key.startswith("data_map")}
    assert chosen["Who (user)"] == "CustomerID"
    assert chosen["What (item)"] == "StockCode"
    assert chosen["When (time, optional)"] == "InvoiceDate"
    assert not app.button(key="data_import").disabled


def test_a_file_that_cannot_be_read_is_a_sentence(open_page, filled):
    app = open_page("data", dataset="shop")
    page = ("x.csv", b"<!doctype html><html><body>Sign in</body></html>", "text/csv")
    app.file_uploader(key="data_events").set_value(page).run()
    assert not app.exception
    assert ["web page" in e.value for e in app.error] == [True]


def test_a_file_without_known_columns_asks_for_them(open_page, filled):
    app = open_page("data", dataset="shop")
    app.file_uploader(key="data_events").set_value(("x.csv", b"a,b\n1,2\n", "text/csv")).run()
    assert not app.exception
    assert any("Who (user), What (item)" in w.value for w in app.warning)
    assert app.button(key="data_import").disabled
