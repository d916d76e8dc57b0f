"""How long things take to begin: a contender's process, `assay recommend`, `assay demo`.

`ASSAY_BENCH_BEFORE` names the folder of an older checkout: its commands are run in turn with
these, with the same interpreter.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median

ROUNDS = 3
NEEDS = {
    "what every contender imports": ["pipelines.evaluation.bakeoff.child", "pyarrow.parquet"],
    "the same and LightGBM": [
        "pipelines.evaluation.bakeoff.child",
        "pyarrow.parquet",
        "implicit.cpu.als",
        "lightgbm",
    ],
}


def main(modules: list[str]) -> int:
    """The child: imports what a contender needs, and says that it could fit now."""
    for module in modules:
        import_module(module)
    print("ready", flush=True)
    return 0


def run(_peer_python: Path) -> None:
    processes()
    with tempfile.TemporaryDirectory() as folder:
        commands(Path(folder))


def processes() -> None:
    """Seconds until a child says that it is ready: a new interpreter, and a fork."""
    from pipelines.evaluation.bakeoff.preload import PRELOAD
    from pipelines.runtime import children
    from pipelines.runtime.forkserver import INHERITED

    print(f"{'start of a process':32} {'new, s':>8} {'forked, s':>10} {'ratio':>7}")
    for what, modules in NEEDS.items():
        took: dict[str, list[float]] = {"off": [], "on": []}
        for way in ["on", *["off", "on"] * ROUNDS]:  # the first waits for the server itself
            os.environ[INHERITED] = way
            began = time.perf_counter()
            child = children.start(
                PRELOAD, "benchmarks.start", modules, environment=os.environ, errors=2
            )
            next(child.lines())
            took[way].append(time.perf_counter() - began)
            child.wait()
            assert not child.note, child.note
        del took["on"][0]
        new, forked = median(took["off"]), median(took["on"])
        print(f"{what:32} {new:8.2f} {forked:10.3f} {forked / new:7.3f}")


def commands(folder: Path) -> None:
    """Seconds of whole commands, here and in an older checkout, in turn."""
    checkouts = {"now": Path(__file__).resolve().parents[1]}
    if older := os.environ.get("ASSAY_BENCH_BEFORE"):
        checkouts = {"before": Path(older), **checkouts}
    runs = {
        name: _commands_of(checkout, folder / name / "home", folder / name)
        for name, checkout in checkouts.items()
    }
    for what in ("recommend", "demo"):
        took = {name: [] for name in checkouts}
        for _ in range(ROUNDS if what == "recommend" else 1):
            for name, timed in runs.items():
                took[name].append(timed(what))
        told = ", ".join(f"{name} {median(seconds):.1f} s" for name, seconds in took.items())
        print(f"assay {what}: {told}")


def _commands_of(checkout: Path, home: Path, folder: Path) -> Callable[[str], float]:
    """`timed(what)`: seconds of a command of this checkout, in a workspace with a bake-off."""
    folder.mkdir()
    environment = {**os.environ, "ASSAY_HOME": str(home), "PYTHONPATH": str(checkout)}

    def assay(*words: str) -> str:
        command = [sys.executable, "-m", "pipelines.cli", *words]
        done = subprocess.run(
            command,
            check=True,
            cwd=checkout,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return done.stdout

    id = json.loads(assay("bakeoff", "als", "--data", "movielens-small", "--json"))["id"]
    arguments = {
        "recommend": ("recommend", "--bakeoff", id, "--contender", "als", "--history", "1,50,260"),
        "demo": ("demo",),
    }

    def timed(what: str) -> float:
        if what == "demo":  # as on a new workspace: nothing fitted, no samples
            environment["ASSAY_HOME"] = str(folder / "new-home")
        began = time.perf_counter()
        assay(*arguments[what])
        return time.perf_counter() - began

    return timed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
