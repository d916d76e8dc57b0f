"""A database that fails: full, read-only, in use and damaged are told apart, and nothing is lost
that lies in a folder."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from pipelines.errors import AssayError
from pipelines.evaluation.results.folder import write_document
from pipelines.workspace import Workspace, database, salvage

KEEP = b"what somebody worked for"


def with_pragma(workspace: Workspace, pragma: str) -> None:
    """Have SQLite itself fail as it does on such a disk."""
    workspace.database.close()
    engine = workspace.database._engine
    event.listen(engine, "connect", lambda connection, _: connection.execute(pragma))


@pytest.mark.parametrize(
    ("pragma", "told"),
    [
        ("PRAGMA max_page_count = 1", "is full; free some space"),
        ("PRAGMA query_only = ON", "cannot be written"),
    ],
)
def test_a_disk_that_is_full_or_read_only_is_not_a_damaged_database(
    workspace: Workspace, pragma: str, told: str
) -> None:
    with_pragma(workspace, pragma)
    with pytest.raises(AssayError, match=told) as raised:
        workspace.save_decision("title", {"long": "x" * 100_000}, "memo")
    assert "The database is not damaged." in str(raised.value)
    assert "move" not in str(raised.value)
    again = Workspace.open()
    assert again.notice == "" and not list(workspace.home.glob("assay.damaged-*"))


def test_a_database_in_use_is_not_a_damaged_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_pragma(workspace, "PRAGMA busy_timeout = 1")
    with sqlite3.connect(workspace.folders.database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AssayError, match="locked by another process"):
            workspace.save_decision("title", {}, "memo")
        other.execute("ROLLBACK")
    other.close()
    assert workspace.save_decision("title", {}, "memo") == 1


@pytest.fixture
def worked_in(
    workspace: Workspace, finished_folder: Callable[[], Path], document: Callable[..., Any]
) -> Workspace:
    """A dataset, a bake-off with its folder, a decision, a draft and a vote; all on disk."""
    workspace.add_dataset(finished_folder())
    id, folder = workspace.new_bakeoff()
    found = document(id)
    write_document(folder, found)
    (folder / "lists").write_bytes(KEEP)
    workspace.save_decision("buy", {"decision": "buy"}, "<p>memo</p>")
    workspace.save_bakeoff(found, dataset_version=1)
    workspace.replace_draft("decide:own", {"margin": 6000})
    workspace.vote(id, "token", "left", person="u1", left="a", right="b")
    checkpoint(workspace)
    return workspace


def checkpoint(workspace: Workspace) -> None:
    """Write the log's changes to the database's own file."""
    with sqlite3.connect(workspace.folders.database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    workspace.database.close()


def overwrite(file: Path, start: int, length: int) -> bytes:
    """Damage a file from `start` on; what it held before."""
    before = file.read_bytes()
    file.write_bytes(before[:start] + b"\xff" * length + before[start + length :])
    return file.read_bytes()


def bakeoff_ids(workspace: Workspace) -> list[str]:
    return [record.id for record in workspace.bakeoffs()]


def test_a_file_that_is_no_database_is_set_aside_and_rebuilt(
    worked_in: Workspace, finished_folder: Callable[[], Path]
) -> None:
    ids = bakeoff_ids(worked_in)
    damaged = overwrite(worked_in.folders.database, 0, 100)
    opened = Workspace.open()
    (aside,) = opened.home.glob("assay.damaged-*.db")
    assert aside.read_bytes() == damaged
    assert (
        aside.name in opened.notice and "1 dataset and 1 bake-off of the folders" in opened.notice
    )
    assert len(opened.dataset("tiny").interactions) == 12
    assert bakeoff_ids(opened) == ids
    opened.tidy()
    assert (opened.bakeoff_folder(ids[0]) / "lists").read_bytes() == KEEP
    assert opened.add_dataset(finished_folder()).version == 2
    assert Workspace.open().notice == ""
    assert len(list(opened.home.glob("assay.damaged-*.db"))) == 1


def test_what_can_still_be_read_is_taken_over(worked_in: Workspace) -> None:
    with worked_in.database.write() as session:  # one table's root page is damaged, not the others
        root = session.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'bakeoffs'"))
        size = session.scalar(text("PRAGMA page_size"))
    checkpoint(worked_in)
    overwrite(worked_in.folders.database, (root - 1) * size, size)
    with pytest.raises(AssayError, match=r"is damaged .* start Assay again"):
        worked_in.bakeoffs()
    opened = Workspace.open()
    assert "1 decision and 1 vote that could still be read" in opened.notice
    (id,) = bakeoff_ids(opened)
    assert [decision.title for decision in opened.decisions()] == ["buy"]
    assert opened.draft("decide:own").inputs == {"margin": 6000}
    assert [vote.round for vote in opened.votes(id)] == ["token"]
    assert opened.bakeoff_record(id).dataset_version == 1  # found by its fingerprint


def test_a_database_that_was_moved_away_is_rebuilt_too(
    worked_in: Workspace, finished_folder: Callable[[], Path]
) -> None:
    ids = bakeoff_ids(worked_in)
    checkpoint(worked_in)
    worked_in.folders.database.rename(worked_in.home / "elsewhere.db")
    opened = Workspace.open()
    assert "had no database; a new one has its 1 dataset and 1 bake-off" in opened.notice
    assert bakeoff_ids(opened) == ids
    assert opened.add_dataset(finished_folder()).version == 2


def test_a_folder_that_is_not_understood_stays(worked_in: Workspace) -> None:
    (id,) = bakeoff_ids(worked_in)
    folder = worked_in.bakeoff_folder(id)
    (folder / "document.json").write_text(json.dumps({"id": id}))
    (worked_in.home / "datasets" / "tiny@1" / "about.json").write_text("{")
    overwrite(worked_in.folders.database, 0, 100)
    opened = Workspace.open()
    assert f"datasets/tiny@1, bakeoffs/{id}" in opened.notice
    opened.tidy()
    assert (folder / "lists").read_bytes() == KEEP


def test_an_open_workspace_goes_on_with_the_rebuilt_database(worked_in: Workspace) -> None:
    ids = bakeoff_ids(worked_in)  # its connection stays open
    checkpoint(worked_in)
    assert bakeoff_ids(worked_in) == ids
    overwrite(worked_in.folders.database, 0, 100)
    opened = Workspace.open()
    opened.save_decision("later", {}, "memo")
    assert [d.title for d in worked_in.decisions()] == [d.title for d in opened.decisions()]


def test_a_rebuild_that_was_killed_is_done_again(
    worked_in: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = bakeoff_ids(worked_in)
    overwrite(worked_in.folders.database, 0, 100)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(salvage, "rows_in", killed)
        Workspace.open()
    opened = Workspace.open()
    assert bakeoff_ids(opened) == ids and opened.notice
    assert not opened.folders.suspected.exists()


def test_a_suspicion_that_is_unfounded_changes_nothing(worked_in: Workspace) -> None:
    worked_in.folders.suspected.touch()
    opened = Workspace.open()
    assert opened.notice == "" and [d.title for d in opened.decisions()] == ["buy"]
    assert not opened.folders.suspected.exists()
    assert issubclass(database.Damaged, AssayError)
