"""The figures of the README: bake-offs on the bundled sample, written to docs/figures.json."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pipelines.runtime import paths

FIGURES = paths.CHECKOUT / "docs" / "figures.json"
SAMPLE, SPLITS, METRIC = "movielens-small", ("last-n:5", "time:0.9"), "ndcg@10"
CONTENDERS = ("two-stage", "ease-recent", "als", "stand-in", "popular")
"""In the order of the README's table."""
SEEDS = 5
"""Seeds from 0 on, of which the README tells the outcome of two-stage under `time:0.9`."""
ARGUMENTS = ("als", "ease-recent", "two-stage", "--data", SAMPLE, "--third-party", "stand-in")


def run(peer_python: Path) -> None:
    """Run the bake-offs, print the README's table, and write the file."""
    found = [bakeoff(split) for split in SPLITS]
    by_seed = [bakeoff(SPLITS[1], seed)["contenders"]["two-stage"] for seed in range(SEEDS)]
    print(table(found))
    print("two-stage by seed:", *(f"{one['outcome']} (sd {one['sd']:.4f})" for one in by_seed))
    document = {
        "parent_commit": _git("rev-parse", "HEAD"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "bakeoffs": found,
        "by_seed": [one["outcome"] + " (borderline)" * one["borderline"] for one in by_seed],
    }
    FIGURES.write_text(json.dumps(document, indent=1) + "\n")


def bakeoff(split: str, seed: int = 0) -> dict[str, Any]:
    """What the texts say of a bake-off on the sample, in a workspace of its own."""
    arguments = [*ARGUMENTS, "--split", split, "--seed", str(seed)]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"ASSAY_HOME": str(Path(home) / "home")}
        environment.pop("MLFLOW_TRACKING_URI", None)
        command = [sys.executable, "-m", "pipelines.cli", "bakeoff", *arguments, "--json"]
        done = subprocess.run(
            command, cwd=paths.CHECKOUT, env=environment, stdout=subprocess.PIPE, check=True
        )
    document = json.loads(done.stdout)
    found = {c["contender"]: c for c in document["comparisons"] if c["metric"] == METRIC}
    outcomes = {name: c["outcome"] for name, c in found.items()}
    return {
        "command": f"assay bakeoff {' '.join(arguments)}",
        "split": split,
        "users": document["manifest"]["users"],
        "without_history": document["manifest"]["users_without_history"],
        "contenders": {
            c["name"]: {
                **c["metrics"][METRIC],
                "sd": (c["spread"] or {}).get("sd"),
                "outcome": outcomes.get(c["name"]),
                "borderline": found.get(c["name"], {}).get("borderline"),
            }
            for c in document["contenders"]
        },
    }


def table(found: list[dict[str, Any]]) -> str:
    """The README's table: a row per contender, a column per split."""
    head = " | ".join(f"`{one['split']}`, {one['users']} users" for one in found)
    lines = [f"| contender | {head} |", "|---" * (len(found) + 1) + "|"]
    for name in CONTENDERS:
        label = "stand-in (not Amazon)" if name == "stand-in" else f"`{name}`"
        cells = " | ".join(cell(one["contenders"][name]) for one in found)
        lines.append(f"| {label} | {cells} |")
    return "\n".join(lines)


def cell(interval: dict[str, float]) -> str:
    """`.399 (.336 to .463)`."""
    value, low, high = (_short(interval[end]) for end in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _short(number: float) -> str:
    """Three significant digits without a leading zero, for numbers from .001 to 1."""
    places = 3 if number >= 0.1 else 4 if number >= 0.01 else 5
    return f"{number:.{places}f}".removeprefix("0")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=paths.CHECKOUT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
