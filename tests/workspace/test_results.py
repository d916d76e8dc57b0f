"""Bake-offs and decisions that are kept."""

import pytest

from pipelines.errors import AssayError


def test_a_bakeoff_is_kept_replaced_and_listed(workspace, document):
    first, folder = workspace.new_bakeoff()
    assert folder.is_dir() and len(first) == len("20261123-2155-ab12")
    workspace.save_bakeoff(document(first), dataset_version=3)
    workspace.save_bakeoff(document(first, notes=["a note"]), dataset_version=3)
    later = document("20261124-0000-0000", created="2026-11-24T00:00:00+00:00", dataset="other")
    workspace.save_bakeoff(later, dataset_version=1)
    assert [r.id for r in workspace.bakeoffs()] == [later.id, first]
    (record,) = workspace.bakeoffs("tiny")
    assert (record.dataset_version, record.manifest_hash, record.folder) == (3, "abc", folder)
    assert workspace.bakeoff(first).notes == ["a note"]
    assert workspace.bakeoff_folder(first) == folder
    with pytest.raises(AssayError, match="no bake-off 'x'"):
        workspace.bakeoff("x")


def test_a_bakeoff_outlives_its_dataset(workspace, document, finished_folder):
    workspace.add_dataset(finished_folder())
    workspace.save_bakeoff(document(), dataset_version=1)
    workspace.delete_dataset("tiny")
    assert workspace.bakeoff(document().id) == document()


def test_decisions_are_kept_with_their_memo(workspace, document):
    workspace.save_bakeoff(document(), dataset_version=1)
    first = workspace.save_decision("Shop", {"decision": "buy"}, "<p>Buy.</p>", document().id)
    second = workspace.save_decision("Video", {"decision": "build"}, "<p>Build.</p>")
    assert [d.id for d in workspace.decisions()] == [second, first]
    found = workspace.decision(first)
    assert (found.title, found.bakeoff, found.memo) == ("Shop", document().id, "<p>Buy.</p>")
    with pytest.raises(AssayError, match="no bake-off"):
        workspace.save_decision("x", {}, "", "nothing")
    with pytest.raises(AssayError, match="no decision 9"):
        workspace.decision(9)
