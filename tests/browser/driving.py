"""Starting the app, opening its pages in Chromium, and checks that apply to every page."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from pipelines.runtime import paths
from tests.browser import accessibility
from tests.waiting import wait_for_app

PAGES = tuple(sorted(path.stem for path in (paths.CHECKOUT / "app" / "pages").glob("[a-z]*.py")))
SCRIPT = paths.CHECKOUT / "streamlit_app.py"
NO_CHROMIUM = "no Chromium here: install the package chromium (apt-get install chromium)"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SLOW_MS = 60_000
"""How long a page may take on a busy machine before a test fails, in milliseconds."""

Theme = Literal["light", "dark"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium without a window, with a new profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


def new_page(browser: Browser, *, theme: Theme = "light", width: int = 1440) -> Page:
    """A new window without stored state, in the light or the dark theme."""
    context = browser.new_context(
        color_scheme=theme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(SLOW_MS)
    return context.new_page()


@dataclass
class RunningApp:
    """The app as a separate process on 127.0.0.1."""

    process: subprocess.Popen[bytes]
    port: int

    def address(self, page: str = "", **query: str) -> str:
        """`http://127.0.0.1:8501/compare?bakeoff=...`"""
        return f"http://127.0.0.1:{self.port}/{page}" + (f"?{urlencode(query)}" if query else "")

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End the app's process, but not the workers that it started."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(30)


def start_app(home: Path, log: Path, *, prepared: bool = True, script: Path = SCRIPT) -> RunningApp:
    """Start the app on a free port and wait until it answers.

    It starts as with `assay run`; with `prepared=False`, the workspace gets no samples and no
    first job, and `script` can replace the app.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if prepared:
        command = ["-m", "pipelines.cli", "run", "--port", str(port)]
    else:
        command = ["-m", "streamlit", "run", str(script)]
        command += ["--server.port", str(port), "--server.headless", "true"]
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *command],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=paths.CHECKOUT,
            env=environment(home),
        )
    app = RunningApp(process, port)
    try:
        wait_for_app(process, f"http://127.0.0.1:{port}", log)
    except BaseException:
        app.end()
        raise
    return app


def environment(home: Path) -> dict[str, str]:
    """This process's environment with another workspace, which has its own MLflow store."""
    kept = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    return kept | {"ASSAY_HOME": str(home)}


def opened(page: Page, address: str) -> Locator:
    """Open an address and wait until the page is drawn; returns its title sentence."""
    page.goto(address)
    return drawn(page)


def go(page: Page, name: str) -> Locator:
    """Open another page by its link in the sidebar; returns its title sentence."""
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=name.capitalize())
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    return drawn(page)


def drawn(page: Page) -> Locator:
    """Wait until nothing is being computed or loaded; returns the title sentence."""
    app, sentence = page.get_by_test_id("stApp"), page.locator("h1")
    try:
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=SLOW_MS)
        expect(sentence).to_have_count(1, timeout=SLOW_MS)
        page.wait_for_function(SETTLED, timeout=SLOW_MS)
    except (AssertionError, PlaywrightTimeout) as error:
        shown = page.locator("body").inner_text()
        raise AssertionError(f"{page.url} was not drawn; it shows:\n{shown}") from error
    return sentence


# Nothing is being computed, no element is stale, each chart is drawn, and the height has been the
# same for 0.4 s: charts are drawn after the end of the script.
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const main = document.querySelector('[data-testid="stMain"]');
  const waiting = '[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-stale="true"]';
  const charts = [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')];
  if (window.assayHeight !== main.scrollHeight) {
    window.assayHeight = main.scrollHeight;
    window.assaySince = performance.now();
  }
  return performance.now() - window.assaySince > 400
    && app.dataset.testScriptState === 'notRunning'
    && !document.querySelector(waiting)
    && charts.every(chart => chart.querySelector('canvas, svg') || chart.offsetHeight === 0);
}"""


def check_page(page: Page, *, picture: bool = True) -> None:
    """Check a page: it has a title sentence and a chart with alt text, and no exception."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)  # such as "Page not found"
    assert page.locator("h1").inner_text().strip(), f"no title sentence on {page.url}"
    found = accessibility.faults(page)
    assert found == [], (page.url, found)
    charts = page.get_by_test_id("stVegaLiteChart")
    if picture:
        expect(charts.first).to_be_visible()
    for at in range(charts.count()):
        alt = chart_alt(charts.nth(at))
        assert len(alt.split()) >= 4, f"a chart on {page.url} has only the alt text {alt!r}"


def chart_alt(chart: Locator) -> str:
    """The alt text of a chart."""
    return str(chart.get_attribute("aria-label") or "")


def sideways(page: Page) -> int:
    """How many pixels the page's content is wider than its window."""
    return int(
        page.evaluate(
            """() => Math.max(...['stMain', 'stApp'].map(id => {
                 const box = document.querySelector(`[data-testid="${id}"]`);
                 return box.scrollWidth - box.clientWidth;
               }), document.documentElement.scrollWidth - window.innerWidth)"""
        )
    )
