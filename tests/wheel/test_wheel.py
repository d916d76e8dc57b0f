"""The wheel, installed in a new environment outside of the checkout: whole, and it runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pipelines.runtime import paths
from tests.browser.driving import (
    NO_CHROMIUM,
    RunningApp,
    check_page,
    chromium,
    go,
    new_page,
    opened,
)
from tests.waiting import wait_for_app

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(1200)]

PAPER = "rgb(251, 250, 247)"
"""The light theme's background in .streamlit/config.toml."""


def uv(*arguments: str) -> None:
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert found is not None, "uv is missing; `make install` brings it"
    done = subprocess.run([found, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, as for an index."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--out-dir", str(folder), str(paths.CHECKOUT))
    (found,) = folder.glob("assay-*.whl")
    return found


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and a user's home folder."""

    folder: Path

    @property
    def user_data(self) -> Path:
        return self.folder / "home" / ".local" / "share" / "assay"

    def program(self, name: str) -> str:
        return str(self.folder / "env" / "bin" / name)

    def environment(self, **more: str) -> dict[str, str]:
        ours = ("PYTHONPATH", "ASSAY_HOME", "MLFLOW_TRACKING_URI", "XDG_DATA_HOME", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return kept | {"HOME": str(self.folder / "home")} | more

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program(command[0]), *command[1:]],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """`pip install -c requirements.lock assay-*.whl`, by uv."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "home").mkdir()
    env = folder / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(env)], check=True)
    lock = str(paths.CHECKOUT / "requirements.lock")
    uv("pip", "install", "--quiet", "--python", str(env / "bin/python"), "-c", lock, str(wheel))
    return Installed(folder)


def test_the_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "pipelines", "app"],
        cwd=paths.CHECKOUT,
        capture_output=True,
        text=True,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    tracked = {name for name in listed.stdout.split("\0") if name}
    sample, held_in = paths.CHECKOUT / "data/movielens-small", "pipelines/_samples/movielens-small"
    shipped = {"LICENSE.txt", "README.md", "movies.parquet", "ratings.parquet"}
    bakeoff = (path for path in (sample / "bakeoff").rglob("*") if path.is_file())
    shipped |= {str(path.relative_to(sample)) for path in bakeoff}
    with zipfile.ZipFile(wheel) as file:
        held = set(file.namelist())
        about = [name for name in held if ".dist-info/" in name]
        assert tracked - held == set()
        more = {name for name in held - tracked if name not in about}
        assert more == {
            "app/entry/.streamlit/config.toml",
            "app/entry/streamlit_app.py",
            *(f"{held_in}/{name}" for name in shipped),
        }
        for name in shipped:
            assert file.read(f"{held_in}/{name}") == (sample / name).read_bytes()
        told = message_from_bytes(file.read(next(n for n in about if n.endswith("METADATA"))))
    assert told["License-Expression"] == "Apache-2.0 AND LicenseRef-MovieLens-latest-small"
    assert told.get_all("License-File") == ["LICENSE", "data/movielens-small/LICENSE.txt"]
    description = str(told.get_payload())
    assert "The samples and their licences" in description
    assert "no commercial use" in description


def test_the_workspace_is_in_the_users_data_folder(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("assay", "data", "list", "--json")
    assert done.returncode == 0, done.stderr
    names = {one["name"] for one in json.loads(done.stdout)["datasets"]}
    assert names == {"movielens-small", "complete-journey"}
    assert (installed.user_data / "workspace" / "assay.db").is_file()
    done = installed.run("assay", "data", "list", "--json", ASSAY_HOME=str(tmp_path / "mine"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine" / "assay.db").is_file()


def test_the_demo_runs(installed: Installed) -> None:
    done = installed.run("assay", "demo")
    assert done.returncode == 0, done.stderr
    assert "Decision: " in done.stdout
    assert "Run `assay run` to see bake-off" in done.stdout
    assert (installed.user_data / "mlruns" / "mlflow.db").is_file()
    code = "import pipelines; print(pipelines.__path__[0])"
    package = Path(installed.run("python", "-c", code).stdout.strip())
    assert not [name for name in ("data", "mlruns") if (package.parent / name).exists()]


def test_the_suites_name_the_extra_that_brings_pytest(installed: Installed) -> None:
    done = installed.run("python", "-c", "import pipelines.testing")
    assert done.stderr.splitlines()[-1].endswith(
        "pipelines.testing needs pytest; install it with `pip install 'assay[testing]'`."
    )


@pytest.fixture
def app(installed: Installed) -> Iterator[RunningApp]:
    """`assay run` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = installed.folder / "app.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [installed.program("assay"), "run", "--port", str(port)],
            cwd=installed.folder,
            env=installed.environment(),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    running = RunningApp(process, port)
    try:
        wait_for_app(process, running.address(), log)
        yield running
    finally:
        running.end(signal.SIGTERM)


def patiently(draw: Callable[[], object], tries: int = 5) -> None:
    """Draw a page; the first in a new environment compiles, which takes long on a busy machine."""
    for left in reversed(range(tries)):
        try:
            draw()
            return
        except AssertionError:
            if not left:
                raise


def test_the_app_runs_with_its_theme(app: RunningApp) -> None:
    if shutil.which("chromium") is None:
        pytest.skip(NO_CHROMIUM)
    with chromium() as browser:
        page = new_page(browser)
        patiently(lambda: opened(page, app.address()))
        check_page(page, picture=False)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", PAPER)
        patiently(lambda: go(page, "data"))
        check_page(page, picture=False)
        assert "MovieLens" in page.locator("body").inner_text()
