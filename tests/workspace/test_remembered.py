"""Lists that are kept until anybody writes: in this process, in another one, or another file."""

import json
import subprocess
import sys

import pytest

from pipelines.errors import AssayError
from pipelines.workspace import Workspace
from pipelines.workspace.remembered import MOST, Remembered
from tests.app.conftest import document

OTHER = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
JOB = (
    "INSERT INTO jobs (kind, params, state, share, message, heartbeat, cancel, created)"
    " VALUES ('sample', '{}', 'queued', 0, '', 4e9, 0, '2026-11-20T10:00:00Z')"
)
DATASET = "INSERT INTO datasets (name, version, created) VALUES ('complete-journey', 1, '')"
ID = "20261120-1000-aaaa"


def elsewhere(workspace, statement):
    """Change the database in another process, without anything of Assay's."""
    given = [sys.executable, "-c", OTHER, str(workspace.folders.database), statement]
    subprocess.run(given, check=True, timeout=60)


@pytest.fixture
def watched(workspace):
    workspace.save_bakeoff(document(ID), dataset_version=1)
    return workspace


@pytest.mark.parametrize(
    ("read", "statement", "after"),
    [
        (lambda w: len(w.bakeoffs("shop")), "DELETE FROM bakeoffs", 0),
        (lambda w: len(w.datasets()), DATASET, 1),
        (lambda w: len(w.jobs()), JOB, 1),
        (lambda w: len(w.live_jobs()), JOB, 1),
        (lambda w: w.bakeoff_record(ID).dataset, "UPDATE bakeoffs SET dataset = 'x'", "x"),
    ],
    ids=["bake-offs", "datasets", "jobs", "live jobs", "one bake-off"],
)
def test_what_another_process_changes_is_seen_at_once(watched, read, statement, after):
    before = read(watched)
    assert read(watched) == before != after
    elsewhere(watched, statement)
    assert read(watched) == after


def test_a_list_is_read_once_until_somebody_writes(watched, monkeypatch):
    reads = []
    read = watched._bakeoffs
    monkeypatch.setattr(watched, "_bakeoffs", lambda name: reads.append(name) or read(name))
    watched.bakeoffs().clear()  # a caller's own list
    assert len(watched.bakeoffs()) == 1 and reads == [None]
    watched.save_bakeoff(document("20261121-1000-bbbb"), dataset_version=1)
    assert len(watched.bakeoffs()) == 2 and reads == [None, None]


def test_a_changed_document_has_another_digest(watched):
    before = watched.bakeoff_digest(ID)
    changed = watched.bakeoff(ID).model_copy(update={"mlflow_run_id": "r"})
    Workspace.open(watched.home).save_bakeoff(changed, dataset_version=1)
    assert watched.bakeoff_digest(ID) != before
    watched.save_bakeoff(document(ID), dataset_version=1)
    assert watched.bakeoff_digest(ID) == before
    with pytest.raises(AssayError, match="no bake-off 'gone'"):
        watched.bakeoff_digest("gone")


def test_another_file_in_its_place_is_read(watched):
    assert len(watched.bakeoffs()) == 1
    for file in watched.home.glob("assay.db*"):
        file.rename(watched.home / f"old-{file.name}")
    Workspace.open(watched.home).save_bakeoff(document("own"), dataset_version=1)
    assert [record.id for record in watched.bakeoffs()] == ["own"]


def test_what_is_kept_is_bounded_and_an_unreadable_file_keeps_nothing(workspace, tmp_path):
    kept = workspace.remembered
    for number in range(MOST + 1):
        assert kept.get(number, lambda n=number: n) == number
    assert len(kept._answers) <= MOST
    none = Remembered(tmp_path / "none.db")
    assert [none.get("a", lambda n=n: n) for n in range(2)] == [0, 1]
    assert not (tmp_path / "none.db").exists()


def test_what_is_read_while_somebody_writes_is_not_kept(watched):
    def read():
        found = json.dumps(["before"])
        elsewhere(watched, JOB)
        return found

    assert watched.remembered.get("slow", read) == '["before"]'
    assert watched.remembered.get("slow", lambda: "after") == "after"
