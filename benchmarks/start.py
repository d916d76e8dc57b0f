"""How long things take to begin: a contender's process, `recommend`, `demo`, and Explore's lists.

`ASSAY_BENCH_BEFORE` names the folder of an older checkout, which takes its turn with this one;
`ASSAY_BENCH_START` names parts to run, such as `demo,explore`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from benchmarks.checkouts import Checkout, checkouts, in_turn, timed

NEEDS = {
    "what every contender imports": ["pipelines.evaluation.bakeoff.child", "pyarrow.parquet"],
    "the same and LightGBM": [
        "pipelines.evaluation.bakeoff.child",
        "pyarrow.parquet",
        "implicit.cpu.als",
        "lightgbm",
    ],
}
OLDER_NAMES = {"pipelines.evaluation.bakeoff.child": "pipelines.evaluation.contender"}
"""Modules that commit 2be300d has under another name."""
LISTS = "document.querySelectorAll('.lists section ol li:first-child').length"


def main(modules: list[str]) -> int:
    """The child: imports what a contender needs, and says that it could fit now."""
    for module in modules:
        import_module(module)
    print("ready", flush=True)
    return 0


def run(_peer_python: Path) -> None:
    parts: dict[str, Callable[[Path], None]] = {
        "processes": processes,
        "recommend": recommend,
        "demo": demo,
        "explore": explore,
    }
    for name in os.environ.get("ASSAY_BENCH_START", ",".join(parts)).split(","):
        with tempfile.TemporaryDirectory() as folder:
            parts[name](Path(folder))


def processes(_folder: Path) -> None:
    """Seconds until a child is ready to fit: forked, or a new interpreter."""
    for what, modules in NEEDS.items():
        _forked(modules)  # the first waits for the server itself

        def measure(checkout: Checkout, modules: list[str] = modules) -> dict[str, float]:
            if checkout.name == "now":
                return {"forked or as it was": _forked(modules), "a new interpreter": _new(modules)}
            older = [OLDER_NAMES.get(module, module) for module in modules]
            lines = "; ".join(f"import {module}" for module in older)
            command = [checkout.python, "-c", lines]
            took = timed(partial(subprocess.run, command, check=True, cwd=checkout.folder))
            return {"forked or as it was": took, "a new interpreter": took}

        in_turn(what, measure)
    _end_fork_server()


def _end_fork_server() -> None:
    """End this process's own: a later part waits until no process of Assay's runs."""
    from pipelines.runtime import children

    children.close()


def _forked(modules: list[str]) -> float:
    return _child(modules, "on")


def _new(modules: list[str]) -> float:
    return _child(modules, "off")


def _child(modules: list[str], kind: str) -> float:
    from pipelines.evaluation.bakeoff.preload import PRELOAD
    from pipelines.runtime import children
    from pipelines.runtime.forkserver import INHERITED

    os.environ[INHERITED] = kind
    began = time.perf_counter()
    child = children.start(PRELOAD, "benchmarks.start", modules, environment=os.environ, errors=2)
    next(child.lines())
    took = time.perf_counter() - began
    child.wait()
    assert not child.note, child.note
    return took


def recommend(folder: Path) -> None:
    """A list for a history from the command line, in a workspace with a bake-off."""
    asked = ("--contender", "als", "--history", "1,50,260")
    bakeoffs = {
        checkout: json.loads(
            checkout.assay(
                folder / checkout.name, "bakeoff", "als", "--data", "movielens-small", "--json"
            )
        )["id"]
        for checkout in checkouts()
    }

    def measure(checkout: Checkout) -> dict[str, float]:
        words = ("recommend", "--bakeoff", bakeoffs[checkout], *asked)
        return {"s": timed(partial(checkout.assay, folder / checkout.name, *words))}

    in_turn("assay recommend --history", measure)


def demo(folder: Path) -> None:
    """As on a new workspace: nothing fitted, no samples."""

    def measure(checkout: Checkout) -> dict[str, float]:
        home = Path(tempfile.mkdtemp(dir=folder))
        return {"s": timed(partial(checkout.assay, home, "demo"))}

    in_turn("assay demo", measure)


def explore(folder: Path) -> None:
    """From `assay run` on an empty workspace until a browser shows lists on Explore.

    The page stays open, as a user's would; the browser takes part of the two cores for it.
    """
    from tests.browser.driving import chromium

    with chromium() as browser:

        def measure(checkout: Checkout) -> dict[str, float]:
            home = Path(tempfile.mkdtemp(dir=folder))
            page = browser.new_page()
            port = _free_port()
            began = time.perf_counter()
            app = subprocess.Popen(
                checkout.command("run", "--port", str(port)),
                cwd=checkout.folder,
                env=checkout.environment(home),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                return _lists(page, f"http://127.0.0.1:{port}/explore", began)
            finally:
                page.close()
                app.kill()
                _end_workers(checkout, home)

        in_turn("assay run until Explore shows lists", measure)


def _lists(page, address: str, began: float) -> dict[str, float]:
    """Seconds until the first list is there, and until those of the whole bake-off are."""
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    while not _answers(address):
        time.sleep(0.1)  # the pause between two looks
    page.goto(address)
    found: dict[str, float] = {}
    for name, least in (("first list", 1), ("all lists", 5)):
        while name not in found:
            if time.perf_counter() - began > 600:
                raise TimeoutError(f"no lists after 600 s: {page.title()}")
            try:
                page.wait_for_function(f"{LISTS} >= {least}", timeout=30_000, polling=300)
                found[name] = time.perf_counter() - began
            except PlaywrightTimeout:
                page.reload()  # as somebody does who has waited for half a minute
    return found


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_workers(checkout: Checkout, home: Path) -> None:
    """Wait for the jobs that the app has started: the next measurement wants quiet cores."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        found = subprocess.run(["pgrep", "-f", str(home)], capture_output=True, text=True)
        busy = subprocess.run(
            ["pgrep", "-f", "pipelines[.](workspace|runtime)"], capture_output=True, text=True
        )
        if not (found.stdout or busy.stdout):
            return
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
