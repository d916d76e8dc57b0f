"""How figures are measured and written: commands in a new workspace, numbers in cells."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.runtime import paths


def assay(*commands: Sequence[str]) -> Any:
    """The document that the last command prints, all run in one new workspace."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"ASSAY_HOME": str(Path(home) / "home")}
        environment.pop("MLFLOW_TRACKING_URI", None)
        for arguments in commands:
            command = [sys.executable, "-m", "pipelines.cli", *arguments]
            done = subprocess.run(
                command, cwd=paths.CHECKOUT, env=environment, stdout=subprocess.PIPE, check=True
            )
        return json.loads(done.stdout)


def where() -> dict[str, str]:
    """The commit on which figures are measured, and the machine."""
    command = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(command, cwd=paths.CHECKOUT, capture_output=True, text=True, check=True)
    cores, python = os.cpu_count(), platform.python_version()
    return {
        "parent_commit": done.stdout.strip(),
        "machine": f"{platform.machine()}, {cores} cores, Python {python}",
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [f"| {' | '.join(line)} |" for line in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def cell(interval: Mapping[str, float | None]) -> str:
    """`.399 (.336 to .463)`; an end that is unbounded is told."""
    value, low, high = (interval[end] for end in ("value", "low", "high"))
    if value is None:
        return "undefined"
    ends = "unbounded" if low is None or high is None else f"{short(low)} to {short(high)}"
    return f"{short(value)} ({ends})"


def short(number: float) -> str:
    """Three significant digits, five decimals at most: 2,413, 52.5, 2.24, .399, -.0287."""
    rounded = float(f"{number:.3g}")
    if not rounded:
        return "0"
    places = min(5, max(0, 2 - math.floor(math.log10(abs(rounded)))))
    text = f"{rounded:,.{places}f}"
    return text.replace("0.", ".", 1) if abs(rounded) < 1 else text
