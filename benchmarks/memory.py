"""The resident memory of the app's server while one person opens all pages, round after round.

A real server and Chromium, over the sample's bake-off of seven contenders, which `assay demo`
makes; each opening is a new session. Compare is opened in each view, Explore with a user and with
a made-up history that is another one each time. `ASSAY_BENCH_HOME` names a workspace to use and to
keep.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.browser.driving import (
    PAGES,
    RunningApp,
    chromium,
    environment,
    new_page,
    opened,
    start_app,
)

ROUNDS = 4
GOAL_MB = 500
VIEWS = ("differences", "slices", "cost", "people", "overlap", "behavior", "contenders", "taste")
FIELDS = {"VmRSS:": "resident", "RssAnon:": "its own", "RssFile:": "of files", "VmHWM:": "most"}


def run(peer_python: Path) -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="assay-memory-"))
        home = Path(os.environ.get("ASSAY_BENCH_HOME") or Path(folder) / "home")
        if not (home / "bakeoffs").exists():
            command = [sys.executable, "-m", "pipelines.cli", "demo"]
            subprocess.run(command, env=environment(home), check=True, stdout=subprocess.DEVNULL)
        app = start_app(home, Path(folder) / "app.log")
        stack.callback(app.end)
        page = new_page(stack.enter_context(chromium()))
        print(f"MB of the server after each round of all pages (goal {GOAL_MB} resident)")
        openings = 0
        for turn in range(ROUNDS):
            for name in PAGES:
                for query in _queries(name, turn):
                    opened(page, app.address(name, **query))
                    openings += 1
            told = ", ".join(f"{what} {mb}" for what, mb in _held(app).items())
            print(f"round {turn + 1}, {openings} openings: {told}", flush=True)


def _queries(name: str, turn: int) -> list[dict[str, str]]:
    if name == "compare":
        return [{"compare_view": view} for view in VIEWS]
    if name == "explore":
        return [{}, {"explore_who": "made-up", "explore_history": f"{1 + turn % 9},50,260"}]
    return [{}, {"decide_case": "shop"}] if name == "decide" else [{}]


def _held(app: RunningApp) -> dict[str, int]:
    lines = Path(f"/proc/{app.process.pid}/status").read_text().splitlines()
    held = {
        line.split()[0]: int(line.split()[1]) for line in lines if line.startswith(tuple(FIELDS))
    }
    return {what: held[field] * 1024 // 1_000_000 for field, what in FIELDS.items()}
