"""Four models on MovieLens 1M beside RecTools (`four_models`), as commands.

The data may not be passed on: name its folder in ASSAY_ML1M, or the benchmark is skipped. The
whole bake-off on it is part of the figures (`figures/ml1m.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import four_models
from benchmarks.figures import ml1m


def run(peer_python: Path) -> None:
    folder = ml1m.folder()
    if folder is None:
        print("skipped: MovieLens 1M is not here; name its folder in ASSAY_ML1M")
        return
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "ASSAY_HOME": home}
        assay = [sys.executable, "-m", "pipelines.cli"]
        ratings, movies = str(folder / "ratings.parquet"), str(folder / "movies.parquet")
        taken = ["data", "import", ratings, "--name", "ml-1m", "--items", movies]
        subprocess.run([*assay, *taken], check=True, env=environment, stdout=subprocess.DEVNULL)
        four_models.beside(folder, Path(home), peer_python, assay)
