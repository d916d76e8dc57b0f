"""The Compare page on MovieLens 1M with ten contenders: from a click to the drawn page.

In a real Chromium, which shares the machine's cores with the app. The data may not be passed
on: name its folder in ASSAY_ML1M, or the benchmark is skipped. `ASSAY_BENCH_HOME` names a folder
in which the workspace is kept between runs; it is made there once (some minutes).
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import ml1m

if TYPE_CHECKING:
    from playwright.sync_api import Page

DATASET = "ml-1m"
TARGET_MS = 500


def spec(name: str, title: str, stage: str, **settings: Any) -> dict[str, Any]:
    """A contender of one generator."""
    block = {"stage": stage, "k": 100, **settings}
    return {"schema": 1, "name": name, "title": title, "candidates": [block]}


SPECS: list[str | dict[str, Any]] = [
    "als",
    spec("als-32", "ALS, 32 factors", "als", factors=32),
    "ease-recent",
    spec("ease-smooth", "EASE, all of a history", "ease", l2=1000.0, half_life=None),
    spec("item-knn", "Item neighbors", "item-knn"),
    spec("transitions", "Transitions", "transitions"),
    spec("transitions-5", "Transitions, newest five", "transitions", last=5),
    "two-stage",
]
"""With Random and Popular, ten contenders."""


def prepare(home: Path, folder: Path) -> None:
    """MovieLens 1M with its users and films, and the bake-off of ten contenders, in `home`."""
    from pipelines.evaluation.bakeoff.request import BakeoffRequest
    from pipelines.workspace import Workspace, bakeoffs

    files = {name: str(folder / f"{name}.parquet") for name in ("ratings", "movies", "users")}
    command = [sys.executable, "-m", "pipelines.cli", "data", "import", files["ratings"]]
    command += ["--name", DATASET, "--items", files["movies"], "--users", files["users"]]
    environment = {**os.environ, "ASSAY_HOME": str(home)}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    before, os.environ["ASSAY_HOME"] = os.environ.get("ASSAY_HOME"), str(home)
    try:
        request = BakeoffRequest(dataset=DATASET, specs=SPECS, split="last-n:10")
        bakeoffs.run(Workspace.open(home), request)
    finally:
        del os.environ["ASSAY_HOME"]
        if before is not None:
            os.environ["ASSAY_HOME"] = before


# What the page tells of itself: when it was clicked, and when it changed last, each change as of
# the frame that shows it. Attributes that charts are drawn by count as changes.
WATCH = """() => {
  window.probe = {clicked: 0, changed: 0};
  addEventListener('click', event => {
    if (event.isTrusted) window.probe = {clicked: performance.now(), changed: 0};
  }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    window.probe.changed = performance.now();
  })).observe(document.querySelector('[data-testid="stMain"]'), {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ['d', 'aria-label', 'transform', 'href'],
  });
}"""
# Nothing is computed or left over from before, and nothing has changed for .6 s.
SETTLED = """() => window.probe.changed > window.probe.clicked
  && performance.now() - window.probe.changed > 600
  && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-stale="true"]')"""


def took(page: Page, click: Callable[[], None]) -> float:
    """Milliseconds from a click to the last change that it brings about."""
    click()
    page.wait_for_function(SETTLED)
    return float(page.evaluate("window.probe.changed - window.probe.clicked"))


def buttons(page: Page, names: Iterable[str], shown: str = "{}") -> list[float]:
    """Times of clicks on buttons, one after the other; the first picture then says `shown`."""
    from playwright.sync_api import expect

    times = []
    for name in names:
        button = page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True)
        times.append(took(page, button.click))
        picture = page.get_by_test_id("stVegaLiteChart").first
        expect(picture).to_have_attribute("aria-label", _with(shown.format(name)))
    return times


def options(page: Page, label: str, names: Iterable[str]) -> list[float]:
    """Times of choosing from an opened list, one after the other."""
    times = []
    for name in names:
        page.get_by_role("combobox", name=label).click()
        times.append(took(page, page.get_by_role("option", name=name, exact=True).click))
    return times


def _with(text: str) -> Any:
    import re

    return re.compile(re.escape(text))


def report(title: str, times: list[float]) -> None:
    """A line with the median and the worst, ms."""
    print(
        f"{title}: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms of "
        f"{len(times)} (target {TARGET_MS})",
        flush=True,
    )


METRICS = ("recall", "precision", "MAP", "MRR", "hit rate", "NDCG")
LENGTHS = ("5", "20", "10")
OPPONENTS = ("ALS", "Two-stage", "Transitions", "Item neighbors", "Popular")
DIMENSIONS = ("favorite category", "gender", "age", "popularity", "category", "recent events")
SLICES = ("1–2", "3–5", "6–20", "21–100", "over 100")


def measure(page: Page, address: Callable[..., str]) -> None:
    """Twelve or more switches of each kind; the first of a kind has nothing remembered."""
    from tests.browser.driving import opened

    opened(page, address("compare", dataset=DATASET))
    page.evaluate(WATCH)
    report("metric, who is better", buttons(page, METRICS * 2, "{}@10"))
    report("list length k, who is better", buttons(page, LENGTHS * 4, "@{}"))
    report("another to compare with", options(page, "Compare with", OPPONENTS * 3))
    opened(page, address("compare", dataset=DATASET, compare_view="slices"))
    page.evaluate(WATCH)
    report("metric, for whom", buttons(page, METRICS * 2, "{}@10"))
    report("list length k, for whom", buttons(page, LENGTHS * 4, "@{}"))
    report("dimension of slices", options(page, "Divide by", DIMENSIONS * 2))
    report("slice looked into", options(page, "Look into", SLICES * 3))


def run(peer_python: Path) -> None:
    folder = ml1m.folder()
    if folder is None:
        print("skipped: MovieLens 1M is not here; name its folder in ASSAY_ML1M")
        return
    if shutil.which("chromium") is None:
        print("skipped: there is no Chromium here")
        return
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(os.environ.get("ASSAY_BENCH_HOME", Path(temporary) / "home"))
        if not (home / "assay.db").exists():
            home.mkdir(parents=True, exist_ok=True)
            prepare(home, folder)
        _in_browser(home, Path(temporary) / "app.log")


def _in_browser(home: Path, log: Path) -> None:
    from tests.browser.driving import chromium, new_page, start_app

    app = start_app(home, log, prepared=False)
    try:
        with chromium() as browser:
            measure(new_page(browser), app.address)
    finally:
        app.end(signal.SIGTERM)


if __name__ == "__main__":
    run(Path(sys.executable))
