"""A process that is killed while it imports leaves nothing that anybody sees, or that stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.data import dataset as store
from pipelines.workspace import Workspace
from tests.data.importing import import_file

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
ROWS = 50_000
DIRECT = "from tests.data.importing import import_file as run; where = (Path({home!r}),)"
WORKSPACE = (
    "from pipelines.workspace import Workspace; run = Workspace.open().import_dataset; where = ()"
)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("killed") / "events.csv"
    lines = (f"u{n % 900},i{n % 70},{n % 3},{1_600_000_000 + n}\n" for n in range(ROWS))
    path.write_text("user_id,item_id,weight,timestamp\n" + "".join(lines))
    return path


def shares(*tried: float, quick: float) -> list[Any]:
    """Shares of the progress; all but one belong to the long tests."""
    long = pytest.mark.long
    return [share if share == quick else pytest.param(share, marks=long) for share in tried]


def killed_at(share: float, path: Path, home: Path, way: str) -> None:
    """Import in a child that is killed from outside when its progress has come so far."""
    script = (
        "import signal\nfrom pathlib import Path\n"
        "from pipelines.data.sources import lines\n"
        "lines.BLOCK = 1 << 16\n"
        f"{way.format(home=str(home))}\n"
        "def progress(share, message):\n"
        f"    if share >= {share}:\n"
        "        print('here', flush=True)\n"
        "        signal.pause()\n"
        f"run(Path({str(path)!r}), 'shop', *where, progress=progress)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=env, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"here\n"
        child.kill()
        assert child.wait(60) == -signal.SIGKILL


@pytest.mark.parametrize("share", shares(0.0, 0.4, 0.7, 0.85, quick=0.7))
def test_nothing_is_there_and_the_next_import_sweeps(share: float, events: Path, home: Path):
    killed_at(share, events, home, DIRECT)
    left = list((home / "shop").iterdir())
    assert len(left) == 1 and not left[0].name.isdecimal()
    folder = import_file(events, "shop", home)
    assert list((home / "shop").iterdir()) == [folder]
    about = store.load(folder).about
    assert (about.version, about.rows_in) == (1, ROWS)


def test_one_that_still_runs_is_not_swept(events: Path, home: Path):
    running = home / "shop" / f".incoming-{os.getpid()}-other"
    running.mkdir(parents=True)
    import_file(events, "shop", home)
    assert running.is_dir()


@pytest.mark.parametrize("share", shares(0.0, 0.4, 0.85, 1.0, quick=1.0))
def test_the_workspace_sees_nothing_and_sweeps(share: float, events: Path, assay_home: Path):
    workspace = Workspace.open()
    killed_at(share, events, assay_home, WORKSPACE)
    assert workspace.datasets() == []
    assert list((assay_home / "datasets").iterdir()) == []
    assert len(list((assay_home / "incoming").iterdir())) == 1
    record = workspace.import_dataset(events, "shop")
    assert (record.version, record.about.rows_in) == (1, ROWS)
    assert [p.name for p in (assay_home / "datasets").iterdir()] == ["shop@1"]
    assert list((assay_home / "incoming").iterdir()) == []


def test_a_killed_worker_leaves_a_lost_job_and_no_dataset(
    events: Path, assay_home: Path, wait_until: Callable[..., Any]
):
    big = events.with_name("big.csv")
    header, rows = events.read_text().split("\n", 1)
    big.write_text(header + "\n" + rows * 32)
    workspace = Workspace.open()
    job = workspace.submit("import", {"paths": [str(big)], "name": "shop"})
    wait_until(lambda: list((assay_home / "incoming").iterdir()))
    pid = workspace.job(job).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: job in workspace.mark_lost())
    assert workspace.datasets() == []
    assert list((assay_home / "datasets").iterdir()) == []
    assert workspace.import_dataset(events, "shop").version == 1
    assert list((assay_home / "incoming").iterdir()) == []
