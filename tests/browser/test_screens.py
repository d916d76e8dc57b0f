"""Every page in every state of a workspace, in the light and the dark theme."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser, Page, expect

from pipelines.workspace import Workspace
from tests.browser.conftest import SHOP, StartApp, copied
from tests.browser.driving import PAGES, Theme, check_page, drawn, go, new_page, opened
from tests.waiting import wait_for

FAKE_WORKER = Path(__file__).parents[1] / "workspace" / "fake_worker.py"
PAPER = {"light": "rgb(251, 250, 247)", "dark": "rgb(20, 23, 26)"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("empty") / "home"
    Workspace.open(home)  # a new one would begin with the sample
    return home


@pytest.fixture(scope="module")
def busy(shop_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A bake-off that failed, as no user has that many events; another runs until the end."""
    home = copied(shop_home, tmp_path_factory.mktemp("busy"))
    workspace = Workspace.open(home)
    tried = workspace.submit("bakeoff", {"dataset": SHOP, "specs": ["als"], "split": "last-n:500"})
    wait_for(lambda: workspace.job(tried).state == "failed")
    workspace.worker_command = (sys.executable, str(FAKE_WORKER))
    release = home / "release"
    params = {"dataset": SHOP, "do": "wait", "release": str(release), "pid_file": str(home / "pid")}
    job = workspace.submit("bakeoff", params)
    wait_for(lambda: workspace.job(job).share > 0)
    yield home
    release.touch()
    wait_for(lambda: not workspace.job(job).live)


STATES: dict[str, tuple[str, ...]] = {
    "empty": (),
    "busy": (f"Bake-off on {SHOP}: waiting to be released", f"Bake-off on {SHOP} failed."),
    "filled_home": (),
}
"""The fixtures of the states, and the texts at the top of every page in each."""


@pytest.fixture(scope="module", params=list(STATES))
def state(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def address(state: str, request: pytest.FixtureRequest, start: StartApp) -> str:
    """The app's address on a workspace in that state, without added samples."""
    return start(request.getfixturevalue(state), prepared=False).address()


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[Page]:
    page = new_page(browser)
    opened(page, address)
    yield page
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_a_sentence_and_a_chart(window: Page, state: str, name: str) -> None:
    go(window, name)
    for theme in get_args(Theme):
        window.emulate_media(color_scheme=theme)  # the page follows the system's theme
        expect(window.get_by_test_id("stApp")).to_have_css("background-color", PAPER[theme])
        drawn(window)
        check_page(window)
    for text in STATES[state]:
        expect(window.get_by_test_id("stMain")).to_contain_text(text)


def test_every_page_was_visited() -> None:
    assert set(PAGES) == {"overview", "explore", "data", "build", "compare", "runs", "decide"}
