"""The bake-off of four specs on MovieLens 1M under last-n:10, as the command line runs it; then of
four models beside RecTools (`four_models`).

The data may not be passed on: name its folder in ASSAY_ML1M, or the benchmark is skipped.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import four_models

SPECS = ["popular", "als", "ease-recent", "two-stage"]


def ml1m() -> Path | None:
    """The folder with ratings.parquet and movies.parquet of MovieLens 1M, if there is one."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "ml-1m"
    folder = Path(os.environ.get("ASSAY_ML1M", beside))
    return folder if (folder / "ratings.parquet").exists() else None


def run(peer_python: Path) -> None:
    folder = ml1m()
    if folder is None:
        print("skipped: MovieLens 1M is not here; name its folder in ASSAY_ML1M")
        return
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "ASSAY_HOME": home}
        assay = [sys.executable, "-m", "pipelines.cli"]
        ratings, movies = str(folder / "ratings.parquet"), str(folder / "movies.parquet")
        taken = ["data", "import", ratings, "--name", "ml-1m", "--items", movies]
        subprocess.run([*assay, *taken], check=True, env=environment, stdout=subprocess.DEVNULL)
        began = time.perf_counter()
        told = subprocess.run(
            [*assay, "bakeoff", *SPECS, "--data", "ml-1m", "--split", "last-n:10", "--json"],
            check=True,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        seconds = time.perf_counter() - began
        four_models.beside(folder, Path(home), peer_python, assay)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9
    print(f"whole command {seconds:.0f} s; largest process {peak:.2f} GB")
    for c in json.loads(told)["contenders"]:
        found, times = c["metrics"]["ndcg@10"], c["request_ms"]
        print(
            f"{c['name']:12} ndcg@10 {found['value']:.4f} ({found['low']:.4f} to "
            f"{found['high']:.4f}), fit {c['fit_seconds']:.1f} s, request p50 "
            f"{times['p50']:.2f} ms p95 {times['p95']:.2f} ms, peak {c['peak_mb']:.0f} MB"
        )
