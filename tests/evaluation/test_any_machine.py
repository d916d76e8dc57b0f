"""The same bake-off under other BLAS kernels and numbers of threads has the same outcomes."""

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pipelines.runtime import paths

KERNELS, THREADS = ("Haswell", "Nehalem"), ("1", "2")
"""Kinds of processors that OpenBLAS has kernels for, the older one without AVX."""
MACHINES = tuple(product(KERNELS, THREADS))


def bakeoff(home: Path, arguments: tuple[str, ...], kernel: str, threads: str) -> dict[str, Any]:
    """The document of a bake-off that fits everything anew, as the command line prints it."""
    limits = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), threads
    )
    environment = os.environ | limits | {"OPENBLAS_CORETYPE": kernel, "ASSAY_HOME": str(home)}
    environment.pop("MLFLOW_TRACKING_URI", None)
    command = [sys.executable, "-m", "pipelines.cli", "bakeoff", *arguments]
    command += ["--tie-orders", "0", "--json"]  # other orders are compared on one machine
    done = subprocess.run(
        command, cwd=paths.CHECKOUT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("arguments", "machines"),
    [
        (("als", "two-stage", "--data", "movielens-small"), MACHINES),
        # A larger sample: without two-stage, which takes minutes to fit, and on the two extremes.
        (
            ("als", "--data", "complete-journey", "--split", "last-n:5", "--refits", "2"),
            MACHINES[::3],
        ),
    ],
    ids=["movielens-small", "complete-journey"],
)
def test_outcomes_agree_or_are_marked_borderline(
    arguments: tuple[str, ...], machines: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    made = [
        bakeoff(tmp_path / f"{kernel}-{threads}", arguments, kernel, threads)
        for kernel, threads in machines
    ]
    first, *others = made
    for other in others:
        assert [c["status"] for c in other["contenders"]] == ["scored"] * len(first["contenders"])
        for mine, theirs in zip(first["contenders"], other["contenders"], strict=True):
            metric = first["manifest"]["metric"]
            gap = abs(mine["metrics"][metric]["value"] - theirs["metrics"][metric]["value"])
            assert gap <= 3 * mine["spread"]["sd"] + 1e-6, mine["name"]
        for mine, theirs in zip(first["comparisons"], other["comparisons"], strict=True):
            same = mine["outcome"] == theirs["outcome"]
            assert same or near_its_threshold(mine) or near_its_threshold(theirs), (mine, theirs)


def near_its_threshold(comparison: dict[str, Any]) -> bool:
    p = comparison["p_adjusted"] if comparison["adjustment"] else comparison["p"]
    return comparison["borderline"] and abs(p - 0.05) <= 0.01
