"""Listings of the workspace, the report, the memo and the version."""

import json
from importlib.metadata import version

import pytest

from pipelines.economics.case_files import load_case
from pipelines.economics.decision import decide
from pipelines.economics.memo import render_memo
from pipelines.workspace import Workspace
from tests.app import compared


@pytest.fixture
def listed(assay_home):
    """A workspace with a bake-off and its folder, a job and a decision."""
    workspace = Workspace.open()
    document = compared.bakeoff().model_copy(update={"id": "20261121-1000-bbbb"})
    folder = workspace.folders.bakeoffs / document.id
    folder.mkdir()
    compared.keep(folder)
    workspace.save_bakeoff(document, dataset_version=1)
    decided = {"decision": "buy", "sentence": "Buy leads."}
    workspace.save_decision("Shop", decided, "<!doctype html>", document.id)
    return workspace


def test_what_the_workspace_holds_is_listed(assay, listed, monkeypatch):
    monkeypatch.setattr(type(listed), "worker_command", ("true",))
    listed.submit("import", {"name": "x"})
    code, out, _ = assay("bakeoffs", "list", "--json")
    (row,) = json.loads(out)["bakeoffs"]
    assert code == 0 and row["id"] == "20261121-1000-bbbb"
    code, out, _ = assay("bakeoffs", "list", "--data", "no-such", "--json")
    assert json.loads(out) == {"bakeoffs": []}
    code, out, _ = assay("decisions", "list", "--json")
    (row,) = json.loads(out)["decisions"]
    assert (row["title"], row["decision"], row["bakeoff"]) == ("Shop", "buy", "20261121-1000-bbbb")
    code, out, _ = assay("jobs", "list", "--json")
    (row,) = json.loads(out)["jobs"]
    assert (row["kind"], row["subject"]) == ("import", "x")
    for words in (("bakeoffs",), ("decisions",), ("jobs",)):
        code, out, _ = assay(*words, "list")
        assert code == 0 and len(out.splitlines()) >= 2


def test_an_empty_workspace_says_what_to_do(assay):
    for words, says in ((("bakeoffs",), "assay bakeoff"), (("decisions",), "Decide"),
                        (("jobs",), "the app starts them")):  # fmt: skip
        code, out, _ = assay(*words, "list")
        assert code == 0 and says in out


def test_a_report_is_one_file(assay, listed, tmp_path):
    file = tmp_path / "report.html"
    code, out, err = assay("report", "20261121-1000-bbbb", "--out", file)
    assert (code, out) == (0, "") and str(file.name) in err.replace("\n", "")
    text = file.read_text()
    assert text.startswith("<!") and "20261121-1000-bbbb" in text
    assert [p.name for p in tmp_path.glob("*.part")] == []


@pytest.mark.parametrize(
    ("id", "name", "says"),
    [
        ("gone", "r.html", "no bake-off 'gone'"),
        ("20261121-1000-bbbb", "r.pdf", "not an .html file"),
        ("20261121-1000-bbbb", "no/r.html", "no folder"),
    ],
)
def test_a_report_that_cannot_be_made_is_one_sentence(assay, listed, tmp_path, id, name, says):
    code, out, err = assay("report", id, "--out", tmp_path / name)
    assert (code, out) == (2, "")
    assert says in err and "Traceback" not in err
    assert not list(tmp_path.rglob("r.*"))


def test_the_memo_of_a_case_is_written(assay, tmp_path):
    file = tmp_path / "memo.html"
    code, out, _ = assay("decide", "--case", "shop", "--memo", file)
    assert code == 0 and out.startswith("Decision: buy")
    assert "Shop, 1 M requests a month" in file.read_text()
    code, _, err = assay("decide", "--case", "shop", "--memo", tmp_path / "no" / "memo.html")
    assert code == 2 and "cannot be written" in err


@pytest.fixture
def decided(assay_home):
    """The id of a saved decision on the shop."""
    found, case = decide(load_case("shop"), draws=100), load_case("shop")
    memo = render_memo(found, case, None, "2026-11-23")
    saved = Workspace.open(assay_home).save_decision(found.case, found.document(), memo)
    return saved, memo


def test_the_memo_of_a_decision_is_written_as_it_was_saved(assay, decided, tmp_path):
    id, memo = decided
    assert assay("memo", id, "--out", tmp_path / "memo.html")[0] == 0
    assert (tmp_path / "memo.html").read_text() == memo


def test_without_the_renderer_a_pdf_is_one_sentence(assay, decided, tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.economics.memo_pdf.find_spec", lambda name: None)
    code, out, err = assay("memo", decided[0], "--out", tmp_path / "memo.pdf")
    assert (code, out) == (2, "") and "pip install 'assay[pdf]'" in err
    assert not (tmp_path / "memo.pdf").exists()


@pytest.mark.parametrize(
    ("id", "name", "says"),
    [
        (99, "m.html", "no decision 99"),
        (1, "m.docx", "neither an .html nor a .pdf file"),
        (1, "no/m.html", "no folder"),
    ],
)
def test_a_memo_that_cannot_be_written_is_one_sentence(assay, decided, tmp_path, id, name, says):
    code, out, err = assay("memo", id, "--out", tmp_path / name)
    assert (code, out) == (2, "") and says in err and "Traceback" not in err
    assert not list(tmp_path.rglob("m.*"))


def test_the_version_is_printed(assay):
    assert assay("--version")[:2] == (0, f"assay {version('assay')}\n")
