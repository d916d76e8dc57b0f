"""A workspace that cannot be written: one sentence, exit code 2, and nothing half-made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import AssayError
from pipelines.runtime import paths
from pipelines.workspace import Workspace


def below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def powerless() -> list[str]:
    """What runs a command so that the permissions of files count, also for root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may write anywhere, and setpriv (util-linux) is not here")
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]


def listed(home: Path, prefix: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*prefix, sys.executable, "-m", "pipelines.cli", "data", "list"],
        cwd=paths.CHECKOUT,
        env=os.environ | {"ASSAY_HOME": str(home)},
        capture_output=True,
        text=True,
    )


def test_a_folder_under_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    done = listed(file / "home", [])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"assay: The workspace's folder {file}/home cannot be written (Not a directory); use "
        "another folder with ASSAY_HOME.\n"
    )
    assert below(tmp_path) == [file] and file.read_text() == "mine"


@pytest.mark.parametrize("name", ["", "logs", "incoming"])
def test_a_file_in_the_place_of_a_folder(name: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).write_text("mine")
    before = below(tmp_path)
    with pytest.raises(AssayError, match=r"cannot be written \(Not a directory\)"):
        Workspace.open(home)
    assert below(tmp_path) == before


@pytest.mark.parametrize("what", ["its parent", "the folder", "the database"])
def test_a_folder_without_permission(what: str, tmp_path: Path) -> None:
    prefix = powerless()
    home = tmp_path / "home"
    if what != "its parent":
        home.mkdir()
    if what == "the database":
        Workspace.open(home)
    shut = {"its parent": tmp_path, "the folder": home, "the database": home / "assay.db"}[what]
    before, mode = below(tmp_path), shut.stat().st_mode
    shut.chmod(0o555 if shut.is_dir() else 0o444)
    try:
        done = listed(home, prefix)
    finally:
        shut.chmod(mode)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"assay: The workspace's folder {home} cannot be written (Permission denied); use "
        "another folder with ASSAY_HOME.\n"
    )
    assert below(tmp_path) == before
