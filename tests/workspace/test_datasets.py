"""Datasets: added by moving a folder, kept by version, deleted row first, samples on demand."""

from dataclasses import replace

import pytest

from pipelines.data.dataset import save
from pipelines.errors import AssayError
from pipelines.workspace import Workspace


def test_a_finished_folder_is_moved_in_and_read_back(workspace, finished_folder):
    folder = finished_folder()
    record = workspace.add_dataset(folder)
    assert (record.name, record.version, record.state) == ("tiny", 1, "ready")
    assert not folder.exists()
    assert [r.name for r in workspace.datasets()] == ["tiny"]
    dataset = workspace.dataset("tiny")
    assert len(dataset.interactions) == 12
    assert workspace.about("tiny") == dataset.about
    assert list((workspace.home / "incoming").iterdir()) == []


def test_the_same_name_again_is_the_next_version_and_the_older_one_stays(
    workspace, finished_folder
):
    workspace.add_dataset(finished_folder())
    second = workspace.add_dataset(finished_folder())
    assert second.version == 2
    assert [r.version for r in workspace.datasets()] == [2]
    assert workspace.dataset("tiny").about.version == 2
    assert workspace.dataset("tiny", 1).about.version == 1
    with pytest.raises(AssayError, match="no version 3"):
        workspace.dataset("tiny", 3)


def test_a_folder_that_the_database_does_not_know_is_not_overwritten(workspace, finished_folder):
    left = workspace.home / "datasets" / "tiny@1"
    left.mkdir()
    (left / "mine").write_text("")
    record = workspace.add_dataset(finished_folder())
    assert (record.version, record.folder) == (2, left.with_name("tiny@2"))
    workspace.tidy()
    assert (left / "mine").exists()


def test_a_version_number_is_not_used_again(workspace, finished_folder):
    for _ in range(2):
        workspace.add_dataset(finished_folder())
    workspace.delete_dataset("tiny")
    assert workspace.add_dataset(finished_folder()).version == 3
    workspace.delete_dataset("tiny")
    assert Workspace.open().add_dataset(finished_folder()).version == 4


def test_a_folder_moved_in_by_a_process_that_was_killed_is_tidied(
    workspace, finished_folder, monkeypatch
):
    folder = finished_folder()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("pipelines.workspace.datasets.now_text", lambda: interrupt())
        workspace.add_dataset(folder)
    (left,) = (workspace.home / "datasets").iterdir()
    workspace.tidy()
    assert not left.exists() and workspace.datasets() == []
    kept = workspace.add_dataset(finished_folder())
    workspace.folders.unfinished_mark(kept.folder).touch()  # killed just before it went
    workspace.tidy()
    assert sorted(p.name for p in kept.folder.iterdir())[0] == "about.json"
    assert len(workspace.dataset("tiny").interactions) == 12


def interrupt():
    raise KeyboardInterrupt


def test_the_folder_may_be_moved_with_all_that_is_in_it(workspace, finished_folder, tmp_path):
    workspace.add_dataset(finished_folder())
    moved = workspace.home.rename(tmp_path / "elsewhere")
    assert len(Workspace.open(moved).dataset("tiny").interactions) == 12


def test_deletion_removes_row_and_files(workspace, finished_folder):
    for _ in range(2):
        workspace.add_dataset(finished_folder())
    workspace.delete_dataset("tiny")
    assert workspace.datasets() == []
    assert list((workspace.home / "datasets").iterdir()) == []
    with pytest.raises(AssayError, match="no dataset 'tiny'"):
        workspace.delete_dataset("tiny")


def test_a_dataset_that_a_live_job_uses_is_not_deleted(workspace, finished_folder, fake_jobs):
    workspace.add_dataset(finished_folder())
    id = fake_jobs.submit("wait", dataset="tiny")
    with pytest.raises(AssayError, match=f"in use by job {id}"):
        workspace.delete_dataset("tiny")
    assert workspace.dataset("tiny").name == "tiny"


def test_an_unknown_name_lists_those_there_are(workspace, finished_folder):
    workspace.add_dataset(finished_folder())
    with pytest.raises(AssayError, match="there are: tiny"):
        workspace.dataset("nothing")


def test_files_that_are_gone_are_a_persons_to_mend(workspace, finished_folder):
    record = workspace.add_dataset(finished_folder())
    (record.folder / "events.parquet").unlink()
    with pytest.raises(AssayError, match="import it again"):
        workspace.dataset("tiny")


def test_samples_are_listed_and_the_small_one_is_there(workspace):
    workspace.register_samples()
    workspace.register_samples()
    found = {record.name: record for record in workspace.datasets()}
    assert found["movielens-small"].state == "ready"
    assert found["complete-journey"].state == "not loaded yet"
    assert "84.51" in workspace.about("complete-journey").notice
    assert len(workspace.dataset("movielens-small").interactions) == 100_004


@pytest.mark.long
def test_the_other_sample_is_loaded_on_first_use(workspace):
    workspace.register_samples()
    assert len(workspace.dataset("complete-journey").interactions) > 1_000_000
    record = workspace.dataset_record("complete-journey")
    assert (record.state, record.version) == ("ready", 1)
    assert [r.name for r in workspace.datasets()] == ["complete-journey", "movielens-small"]


def test_all_versions_are_listed_newest_first(workspace, finished_folder):
    for _ in range(3):
        workspace.add_dataset(finished_folder())
    assert [r.version for r in workspace.dataset_versions("tiny")] == [3, 2, 1]
    with pytest.raises(AssayError, match="no dataset 'other'"):
        workspace.dataset_versions("other")


def test_a_bakeoff_opens_only_the_data_that_it_was_made_of(workspace, tiny, tmp_path, document):
    def add(fingerprint):
        about = tiny.about.model_copy(update={"fingerprint": fingerprint * 64})
        folder = tmp_path / f"made-{fingerprint}"
        folder.mkdir()
        save(replace(tiny, about=about), folder)
        return workspace.add_dataset(folder)

    add("f")
    workspace.save_bakeoff(document(), dataset_version=1)
    assert workspace.bakeoff_dataset(document().id).version == 1
    workspace.delete_dataset("tiny")
    with pytest.raises(AssayError, match="no longer in this workspace"):
        workspace.bakeoff_dataset(document().id)
    add("e")
    with pytest.raises(AssayError, match="no longer in this workspace"):
        workspace.bakeoff_dataset(document().id)
    assert add("f").version == 3
    assert workspace.bakeoff_dataset(document().id).version == 3
