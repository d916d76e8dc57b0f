"""A new workspace: the samples, the bake-off that Assay ships, and one of its own."""

from __future__ import annotations

import json

import pytest

from benchmarks import figures
from benchmarks.shipped import command
from pipelines.cli.start import prepare
from pipelines.evaluation.bakeoff.opened import open_contender
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import DOCUMENT, PIPELINE, BakeoffFolder, read_document
from pipelines.evaluation.results.shipped import FILES, MARK, ship, shipped
from pipelines.runtime import paths
from pipelines.workspace import Workspace
from pipelines.workspace.beginning import SHIPPED, begin, sample_request

MOST_BYTES = 2_000_000


@pytest.fixture(scope="module")
def document() -> BakeoffDocument:
    return read_document(SHIPPED)


@pytest.fixture
def prepared(workspace, monkeypatch, fake_jobs):
    """A workspace after `assay run` began; its job is made up and ends when it is released."""
    monkeypatch.setattr(type(workspace), "worker_command", workspace.worker_command)
    prepare()
    yield workspace
    fake_jobs.end()


def test_what_is_shipped_has_todays_format(document):
    stored = json.loads((SHIPPED / DOCUMENT).read_text())
    assert document.model_dump(mode="json") == stored, "run `python -m benchmarks shipped`"
    Manifest.read(document.manifest)
    folder = BakeoffFolder(SHIPPED)
    for c in document.contenders:
        assert c.status == "scored"
        assert len(folder.lists(c.name)) == document.manifest["users"]
        assert document.manifest["metric"] in folder.metrics(c.name)
        assert c.spread is None or len(folder.fits(c.name)) == c.spread.refits
    assert len(folder.slices) == document.manifest["users"]


def test_it_holds_data_alone_and_says_how_it_was_made(document):
    files = [path for path in SHIPPED.rglob("*") if path.is_file()]
    assert {path.name for path in files} <= {*FILES, DOCUMENT, MARK}
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert (SHIPPED.parent / "LICENSE.txt").exists()
    found = shipped(SHIPPED)
    assert found is not None and found.command == command(sample_request())
    assert found.made == document.created[:10]
    assert document.notes[0] == found.sentence
    text = (SHIPPED / DOCUMENT).read_text()
    assert str(paths.CHECKOUT) not in text and "/home/" not in text and "/tmp/" not in text
    assert document.mlflow_run_id is None
    assert not any(c.mlflow_run_id for c in document.contenders)


def test_its_figures_are_the_readmes(document):
    stored = json.loads(figures.FIGURES.read_text())
    (told,) = (
        one
        for one in stored["bakeoffs"]["found"]["bakeoffs"]
        if one["split"] == document.manifest["split"]
    )
    for name, figure in told["contenders"].items():
        found = document.contender(name)
        value = found.metrics["ndcg@10"].value
        assert value == pytest.approx(figure["value"], abs=3 * max(figure["sd"] or 0, 0.001))


def test_a_new_workspace_shows_it_and_runs_its_own(prepared, document):
    assert [r.id for r in prepared.bakeoffs()] == [document.id]
    assert prepared.bakeoff(document.id) == document
    assert prepared.bakeoff_dataset(document.id).name == document.dataset
    (job,) = prepared.jobs()
    assert job.kind == "bakeoff" and job.params == sample_request()
    prepare()
    assert len(prepared.jobs()) == 1 and len(prepared.bakeoffs()) == 1


def test_an_own_bakeoff_comes_first_whatever_the_clock_says(document):
    workspace = Workspace.open()
    begin(workspace)
    own = document.model_copy(update={"id": "own", "created": "2020-01-01T00:00:00Z"})
    (workspace.folders.bakeoffs / "own").mkdir()
    workspace.save_bakeoff(own, dataset_version=1)
    assert [(r.id, r.shipped) for r in workspace.bakeoffs()] == [
        ("own", False), (document.id, True),
    ]  # fmt: skip
    begin(workspace)
    assert len(workspace.bakeoffs()) == 2


def test_nothing_new_can_be_computed_from_it(document):
    why = open_contender(SHIPPED, "two-stage").why_not
    assert "shipped with Assay, with its lists and without fitted pipelines" in why
    assert len(open_contender(SHIPPED, "two-stage").recommend(
        users=BakeoffFolder(SHIPPED).users("two-stage")[:2].tolist()
    )) == 20  # fmt: skip


def test_shipping_leaves_pipelines_and_traces_of_the_machine(tmp_path, document):
    made = tmp_path / "made"
    (made / "contenders" / "als").mkdir(parents=True)
    (made / "contenders" / "als" / PIPELINE).touch()
    (made / "contenders" / "als" / "log.txt").touch()
    (made / "contenders" / "als" / "answer.npz").touch()
    tracked = document.model_copy(update={"mlflow_run_id": "of a store", "notes": []})
    (made / DOCUMENT).write_text(tracked.model_dump_json())
    target = tmp_path / "target"
    target.mkdir()
    (target / "older.npz").touch()
    ship(made, target, "assay bakeoff")
    names = sorted(path.name for path in target.rglob("*") if path.is_file())
    assert names == ["answer.npz", DOCUMENT, MARK]
    assert read_document(target).mlflow_run_id is None
