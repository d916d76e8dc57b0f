"""A real Chromium, and workspaces for the app to run on: empty, with data, with a bake-off."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pipelines.data.dataset import Dataset
from pipelines.recommender.spec import Spec
from pipelines.runtime import paths
from pipelines.schema import Columns
from pipelines.testing.datasets import TWO_STAGE, dataset
from pipelines.workspace import Workspace
from tests.browser.driving import NO_CHROMIUM, RunningApp, chromium, environment, start_app
from tests.conftest import add_store, made_once

SHOP = "corner-shop"

StartApp = Callable[..., RunningApp]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failure what the open pages say: "not found" alone does not tell why."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and isinstance(browser, Browser):
        for page in (page for context in browser.contexts for page in context.pages):
            with suppress(PlaywrightError):  # a page that has crashed says nothing
                text = page.locator("body").inner_text(timeout=5_000)
                report.sections.append((f"the page {page.url}", text))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; the tests skip where there is none."""
    if shutil.which("chromium") is None:
        pytest.skip(NO_CHROMIUM)
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartApp]:
    """`start(home)`: the app on that workspace; ended with the module."""
    log = tmp_path_factory.mktemp("app") / "app.log"
    started: list[RunningApp] = []

    def begin(home: Path, *, prepared: bool = True) -> RunningApp:
        started.append(start_app(home, log, prepared=prepared))
        return started[-1]

    yield begin
    for app in started:
        app.end()


@pytest.fixture(scope="session")
def made_up() -> Dataset:
    """160 users of two tastes, 60 items."""
    return dataset(n_users=160)


@pytest.fixture(scope="session")
def shop_home(
    tmp_path_factory: pytest.TempPathFactory, made_up: Dataset, new_mlflow_store: Path
) -> Path:
    """A workspace with one dataset, imported from files, and nothing run. Copy it to write."""
    folder = tmp_path_factory.mktemp("files")
    it = made_up.interactions
    events = pd.DataFrame(
        {
            Columns.USER: made_up.users.decode(it.user),
            Columns.ITEM: made_up.catalogue.items.decode(it.item),
            Columns.TIME: it.time,
        }
    )
    events.to_csv(folder / "events.csv", index=False)
    made_up.catalogue.frame.to_csv(folder / "items.csv", index=False)
    home = tmp_path_factory.mktemp("shop") / "home"
    Workspace.open(home).import_dataset(folder / "events.csv", SHOP, items=folder / "items.csv")
    add_store(home, new_mlflow_store)
    return home


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory, shop_home: Path) -> Path:
    """The same workspace after a bake-off by the command line."""
    made = made_once(
        tmp_path_factory, "filled", lambda folder: _run_bakeoff(copied(shop_home, folder))
    )
    return copied(made / "home", tmp_path_factory.mktemp("filled-home"))


def _run_bakeoff(home: Path) -> None:
    spec = home.parent / "small-two-stage.toml"
    spec.write_text(Spec.of(TWO_STAGE).to_toml())
    command = ["-m", "pipelines.cli", "bakeoff", "als", str(spec)]
    command += ["--data", SHOP, "--third-party", "stand-in", "--refits", "1", "--json"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=paths.CHECKOUT,
        env=environment(home),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def copied(home: Path, folder: Path) -> Path:
    """A copy of the workspace `home`."""
    shutil.copytree(home, folder / "home")
    return folder / "home"
