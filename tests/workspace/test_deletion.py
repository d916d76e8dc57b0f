"""A dataset is deleted for sure: killed at any point, it is whole or gone at the next start."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from pipelines.errors import AssayError
from pipelines.runtime import paths
from pipelines.workspace import Workspace
from pipelines.workspace.database import Full
from pipelines.workspace.home import Home
from pipelines.workspace.models import DatasetRow
from tests.workspace.test_unwritable import powerless

KILLED_EVERYWHERE = """
import json, os, shutil, sys
from pathlib import Path
from pipelines.workspace import Workspace

home, outcomes = Path(sys.argv[1]), []
WATCHED = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open", "shutil.rmtree"}

def killed_at(point):
    seen = 0
    def watch(event, arguments):
        nonlocal seen
        if event in WATCHED and "home" in str(arguments[0]):
            seen += 1
            if seen == point:
                os._exit(9)
    sys.addaudithook(watch)
    Workspace.open(copy).delete_dataset("tiny")
    os._exit(0)

point = 0
while True:
    point += 1
    copy = home.with_name(f"home-{point}")
    shutil.copytree(home, copy)
    child = os.fork()
    if child == 0:
        killed_at(point)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    opened = Workspace.open(copy)
    folders = [str(p.relative_to(copy)) for p in copy.rglob("*@*")]
    outcomes.append([ended, [r.name for r in opened.datasets()], folders])
    if ended == 0 or point == 200:
        break
print(json.dumps(outcomes))
"""


@pytest.fixture
def filled(workspace: Workspace, finished_folder: Callable[[], Path]) -> Workspace:
    """A dataset of two versions; one has a study."""
    for _ in range(2):
        workspace.add_dataset(finished_folder())
    study = workspace.folders.studies / "tiny@1"
    study.mkdir()
    (study / "audit.json").write_text("{}")
    return workspace


def test_killed_at_any_point_it_is_whole_or_gone(filled: Workspace, tmp_path: Path) -> None:
    filled.database.close()
    home = filled.home.rename(tmp_path / "home")
    script = [sys.executable, "-c", KILLED_EVERYWHERE, str(home)]
    told = subprocess.run(script, cwd=paths.CHECKOUT, capture_output=True, text=True, check=True)
    *killed, last = json.loads(told.stdout)
    whole = ["datasets/tiny@1", "datasets/tiny@2", "studies/tiny@1"]
    assert len(killed) > 10 and {ended for ended, *_ in killed} == {9}
    for _, names, folders in killed:
        assert (names, sorted(folders)) in (([], []), (["tiny"], whole))
    assert any(names for _, names, _ in killed) and any(not names for _, names, _ in killed)
    assert last == [0, [], []]


FULL = """
import errno, os, subprocess, sys
from pathlib import Path

disk, source = map(Path, sys.argv[1:])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "none", str(disk)], check=True)
home = disk / "home"
os.environ["ASSAY_HOME"] = str(home)
subprocess.run(["cp", "-r", str(source), str(home)], check=True)
command = [sys.executable, "-m", "pipelines.cli", "data"]
assert subprocess.run([*command, "list"]).returncode == 0
assert (home / ".reserve").exists()
with (home / "filling").open("wb", buffering=0) as file:
    for size in (1 << 20, 1 << 12, 1):
        try:
            while True:
                file.write(bytes(size))
        except OSError as error:
            assert error.errno == errno.ENOSPC
print("full", flush=True)
done = subprocess.run([*command, "delete", "tiny", "--yes"])
print(done.returncode, sorted(str(p.relative_to(home)) for p in home.rglob("tiny@*")), flush=True)
subprocess.run([*command, "list"])
"""


def test_a_dataset_is_deleted_where_no_byte_is_free(filled: Workspace, tmp_path: Path) -> None:
    filled.folders.reserve.unlink(missing_ok=True)
    filled.database.close()
    (tmp_path / "disk").mkdir()
    alone = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"]).returncode:
        pytest.skip("a disk of its own needs unshare (util-linux) and user namespaces")
    script = [*alone, sys.executable, "-c", FULL, str(tmp_path / "disk"), str(filled.home)]
    told = subprocess.run(script, cwd=paths.CHECKOUT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert "tiny" in told.stdout.partition("full\n")[0], told.stdout
    assert told.stdout.partition("full\n")[2].splitlines()[0] == "0 []", told.stdout + told.stderr
    assert "tiny" not in told.stdout.partition("0 []")[2]


def test_without_a_reserve_a_full_disk_keeps_the_dataset_whole(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with one the wish is recorded after it was given back."""
    given: list[bool] = []

    def refuses(name: str) -> None:
        if not given:
            raise Full("The disk is full.")
        real(name)

    real = filled._take_rows
    monkeypatch.setattr(filled, "_take_rows", refuses)
    monkeypatch.setattr(Home, "give_reserve", lambda self: False)
    with pytest.raises(AssayError, match="The disk is full"):
        filled.delete_dataset("tiny")
    assert len(filled.dataset_versions("tiny")) == 2
    monkeypatch.setattr(Home, "give_reserve", lambda self: given.append(True) or True)
    filled.delete_dataset("tiny")
    assert filled.datasets() == [] and given == [True]


def test_what_cannot_be_deleted_is_told_and_tried_again(filled: Workspace) -> None:
    filled.database.close()
    locked = filled.home / "datasets" / "tiny@1" / "locked"
    locked.mkdir()
    (locked / "people").write_text("rows")
    locked.chmod(0o500)
    command = [*powerless(), sys.executable, "-m", "pipelines.cli", "data"]
    environment = os.environ | {"ASSAY_HOME": str(filled.home)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *words],
            cwd=paths.CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
        )

    done = run("delete", "tiny", "--yes")
    (left,) = (filled.home / "removed").glob("tiny@1-*")
    assert done.returncode == 2 and "tiny is deleted, but its files are not all gone" in done.stderr
    assert f"removed/{left.name}/locked/people (Permission denied)" in done.stderr
    done = run("list")
    assert done.returncode == 0 and "Deleted, but still there: removed/" in done.stderr
    assert "tiny" not in done.stdout
    (left / "locked").chmod(0o700)
    assert Workspace.open(filled.home).notice == "" and not left.exists()


@pytest.mark.parametrize("planted", ["../../outside", "{outside}", "datasets/../../outside"])
def test_a_row_cannot_name_a_folder_outside(
    filled: Workspace, tmp_path: Path, planted: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("kept")
    with filled.database.write() as session:
        session.execute(update(DatasetRow).values(folder=planted.format(outside=outside)))
    assert filled.dataset_record("tiny").folder == filled.home / "datasets" / "tiny@2"
    filled.delete_dataset("tiny")
    assert (outside / "mine").read_text() == "kept"


def test_a_folder_that_is_a_link_is_taken_away_alone(filled: Workspace, tmp_path: Path) -> None:
    outside = (filled.home / "datasets" / "tiny@2").rename(tmp_path / "outside")
    (filled.home / "datasets" / "tiny@2").symlink_to(outside)
    filled.delete_dataset("tiny")
    assert (outside / "about.json").exists()
    assert list((filled.home / "datasets").iterdir()) == []


@pytest.mark.parametrize("name", ["../tiny", "/etc", "..", ""])
def test_a_name_that_no_dataset_can_have_leads_nowhere(filled: Workspace, name: str) -> None:
    with filled.database.write() as session:
        session.execute(update(DatasetRow).where(DatasetRow.version == 2).values(name=name))
    with pytest.raises(AssayError, match="cannot name a dataset"):
        filled.delete_dataset(name)
    for id in (name, f"{name}/x"):
        with pytest.raises(AssayError):
            filled.bakeoff_folder(id)
