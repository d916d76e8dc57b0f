"""The Compare page on MovieLens 1M with ten contenders: from a click to the drawn page.

In a real Chromium, beside the app that it draws (on the same cores). The data may not be
passed on: name its folder in ASSAY_ML1M, or the benchmark is skipped. `ASSAY_BENCH_HOME` names
a folder in which the workspace is kept between runs; it is made there once (some minutes).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

DATASET = "ml-1m"


def spec(name: str, title: str, stage: str, **settings: Any) -> dict[str, Any]:
    """A contender of one generator."""
    return {
        "schema": 1,
        "name": name,
        "title": title,
        "candidates": [{"stage": stage, "k": 100, **settings}],
    }


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


def workspace(home: Path, folder: Path) -> None:
    """MovieLens 1M with its users and films, and the bake-off of ten contenders."""
    from pipelines.evaluation.request import BakeoffRequest
    from pipelines.workspace import Workspace, bakeoffs

    environment = {**os.environ, "ASSAY_HOME": str(home)}
    files = {name: str(folder / f"{name}.parquet") for name in ("ratings", "movies", "users")}
    command = [sys.executable, "-m", "pipelines.cli", "data", "import", files["ratings"]]
    command += ["--name", DATASET, "--items", files["movies"], "--users", files["users"]]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    request = BakeoffRequest(dataset=DATASET, specs=SPECS, split="last-n:10")
    bakeoffs.run(Workspace.open(home), request)
