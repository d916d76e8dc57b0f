"""What all tests share: a workspace of their own, and waiting without guessing how long."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pipelines.runtime import children
from pipelines.runtime.forkserver import ForkServer
from tests.postgres import Server, running
from tests.waiting import wait_for

# The first call of a compiled kernel takes a second: no deadline; the same cases every time.
settings.register_profile("assay", deadline=None, derandomize=True)
settings.load_profile("assay")


# Thousands of tests hold millions of objects: looking through them again and again takes a tenth
# of the processor's time.
gc.set_threshold(100_000, 50, 50)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no process is left with one at the end."""
    slow = {item.path for item in items if any(map(item.get_closest_marker, ("slow", "browser")))}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def assay_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test's workspace; the user's own is never touched."""
    home = tmp_path / "assay-home"
    monkeypatch.setenv("ASSAY_HOME", str(home))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return home


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder for all of pytest's processes: the first makes it, the others wait for it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "done").exists():
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            make(made)
            (made / "done").touch()
    return made


@pytest.fixture(scope="session")
def new_mlflow_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store that MLflow has just made, which takes it seconds. Copy it to write."""

    def make(folder: Path) -> None:
        from pipelines.tracking import store

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
            store.client()

    return made_once(tmp_path_factory, "mlflow", make) / "mlflow.db"


def add_store(home: Path, store: Path) -> Path:
    """Copy an MLflow store into the workspace `home`."""
    file = home / "mlruns" / "mlflow.db"
    file.parent.mkdir(parents=True)
    return shutil.copyfile(store, file)


@pytest.fixture
def mlflow_store(new_mlflow_store: Path, assay_home: Path) -> Path:
    """A store that is there already, in this test's workspace."""
    return add_store(assay_home, new_mlflow_store)


@pytest.fixture
def assay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[Any, str, str]]:
    """Runs a command in this process; returns exit code, stdout, stderr."""
    from pipelines.cli import main as cli

    monkeypatch.setattr("pipelines.cli.options.register_samples", lambda workspace: None)

    def run(*words: object) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["assay", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ForkServer]]:
    """No fork server yet; those that a test starts are ended with it."""
    monkeypatch.setattr(children, "_servers", {})
    monkeypatch.setattr(children, "_started", children.Counter())
    yield children._servers
    children.close()


@pytest.fixture
def wait_until() -> Callable[..., Any]:
    """`wait_until(condition, seconds=30)`: see `wait_for`."""
    return wait_for


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL; the tests skip where there is none."""
    with running() as server:
        yield server
