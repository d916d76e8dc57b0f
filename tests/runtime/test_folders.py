"""Folders that are complete or absent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import AssayError
from pipelines.runtime.folders import new_folder, temporary_folder


def test_the_folder_is_there_only_when_it_is_complete(tmp_path: Path) -> None:
    folder = tmp_path / "parent" / "made"
    with new_folder(folder) as written:
        (written / "a").write_text("1")
        assert not folder.exists()
    assert [p.name for p in folder.iterdir()] == ["a"]
    assert list(folder.parent.iterdir()) == [folder]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError), new_folder(tmp_path / "made") as written:
        (written / "a").write_text("1")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_replaced_and_one_in_use_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    with new_folder(folder) as written:
        (written / "a").write_text("1")
    with pytest.raises(AssayError, match="in use"), new_folder(folder):
        pass
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(AssayError, match="in use"), new_folder(file):
        pass
    assert (folder / "a").read_text() == "1"


def test_of_two_at_the_same_time_the_first_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    with pytest.raises(AssayError, match="in use"), new_folder(folder) as slow:
        (slow / "a").write_text("slow")
        with new_folder(folder) as fast:
            (fast / "a").write_text("fast")
    assert (folder / "a").read_text() == "fast"
    assert list(tmp_path.iterdir()) == [folder]


def test_folders_of_dead_processes_are_removed_and_of_live_ones_are_not(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for pid in (dead.pid, os.getpid()):
        (tmp_path / f"{pid}-left").mkdir()
    with temporary_folder(tmp_path) as folder:
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
            [f"{os.getpid()}-left", folder.name]
        )
    assert [p.name for p in tmp_path.iterdir()] == [f"{os.getpid()}-left"]
