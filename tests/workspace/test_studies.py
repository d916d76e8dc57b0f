"""Studies: kept whole, found again, gone with their dataset; run as jobs, one at a time."""

from __future__ import annotations

import threading

import pytest

from pipelines.data.dataset import save
from pipelines.errors import AssayError
from pipelines.evaluation.studies.results import LeakageAudit, LearningCurve
from pipelines.runtime.progress import Cancelled
from pipelines.testing.datasets import dataset
from pipelines.workspace import study_runs
from pipelines.workspace.exclusive import exclusive

DATA = dataset(events=20)


@pytest.fixture
def loaded(workspace, tmp_path):
    """The workspace with the dataset `two-tastes`."""
    folder = tmp_path / "made"
    folder.mkdir()
    save(DATA, folder)
    workspace.add_dataset(folder)
    return workspace


def curve(name="two-tastes", version=1, **changes) -> LearningCurve:
    given = {
        "dataset": name, "version": version, "fingerprint": DATA.about.fingerprint,
        "created": "2026-11-24T10:00:00+00:00", "sentence": "It helps.", "metric": "ndcg@10",
        "split": "time:0.9", "split_note": "", "users": 3, "truths": 4, "points": [], "gains": [],
    }  # fmt: skip
    return LearningCurve.model_validate(given | changes)


def test_a_study_is_found_again_by_dataset_version_and_kind(workspace):
    assert workspace.study("two-tastes", 1, "learning-curve") is None
    file = workspace.save_study(curve())
    workspace.save_study(curve(version=2, sentence="It does not."))
    assert workspace.study("two-tastes", 1, "learning-curve") == curve()
    assert workspace.study("two-tastes", 2, "learning-curve").sentence == "It does not."
    assert workspace.study("two-tastes", 1, "audit") is None
    workspace.save_study(curve(users=9))  # the newest one stands
    assert workspace.study("two-tastes", 1, "learning-curve").users == 9
    assert [p.name for p in file.parent.iterdir()] == ["learning-curve.json"]
    with pytest.raises(AssayError, match="there are: learning-curve, audit"):
        workspace.study("two-tastes", 1, "../assay")


def test_a_study_that_an_older_assay_wrote_is_as_good_as_none(workspace):
    file = workspace.save_study(curve())
    file.write_text('{"kind": "learning-curve", "of_old": 1}')
    assert workspace.study("two-tastes", 1, "learning-curve") is None
    file.write_text("{")
    assert workspace.study("two-tastes", 1, "learning-curve") is None


def test_studies_go_with_their_dataset(loaded):
    loaded.save_study(curve())
    loaded.save_study(curve(name="other"))
    loaded.delete_dataset("two-tastes")
    assert loaded.study("two-tastes", 1, "learning-curve") is None
    assert loaded.study("other", 1, "learning-curve") is not None


def test_both_run_as_jobs_in_processes_of_their_own(loaded, wait_until):
    ids = [
        loaded.submit("learning-curve", {"dataset": "two-tastes", "split": "last-n:2"}),
        loaded.submit("audit", {"dataset": "two-tastes", "specs": ["als"], "split": "time:0.7"}),
    ]
    wait_until(lambda: not loaded.live_jobs(), 120)
    for id, kind, found in zip(
        ids, ("learning-curve", "audit"), (LearningCurve, LeakageAudit), strict=True
    ):
        job = loaded.job(id)
        assert (job.state, job.error) == ("done", None)
        assert job.result == {"study": kind}
        study = loaded.study("two-tastes", 1, kind)
        assert isinstance(study, found)
        assert study.fingerprint == DATA.about.fingerprint
    assert loaded.study("two-tastes", 1, "learning-curve").split == "last-n:2"


def test_a_dataset_that_is_being_studied_cannot_be_deleted(loaded, monkeypatch):
    monkeypatch.setattr("pipelines.runtime.processes.start_detached", lambda *_, **__: 1)
    loaded.submit("audit", {"dataset": "two-tastes"})
    with pytest.raises(AssayError, match="in use by job"):
        loaded.delete_dataset("two-tastes")


def test_a_study_waits_for_its_turn_and_may_give_up(loaded):
    inside, go_on = threading.Event(), threading.Event()

    def other():
        with exclusive(loaded, lambda share, message: None):
            inside.set()
            assert go_on.wait(60)

    first = threading.Thread(target=other)
    first.start()
    assert inside.wait(60)

    def impatient(_share, message):
        assert "waiting for another bake-off or study" in message
        raise Cancelled

    try:
        with pytest.raises(Cancelled):
            study_runs.audit(loaded, "two-tastes", impatient)
    finally:
        go_on.set()
        first.join()
    assert loaded.study("two-tastes", 1, "audit") is None


def test_nothing_is_kept_of_a_study_whose_dataset_went_away(loaded):
    def delete(share, message):
        if "ALS" in message and loaded.datasets():
            loaded.delete_dataset("two-tastes")

    with pytest.raises(AssayError, match="no version 1 of the dataset"):
        study_runs.learning_curve(loaded, "two-tastes", delete, protocol="last-n:2")
    assert not list((loaded.home / "studies").rglob("*.json"))
