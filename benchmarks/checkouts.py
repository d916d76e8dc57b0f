"""This checkout, and beside it an older one that `ASSAY_BENCH_BEFORE` names.

Each runs with what its own `make install` made (`.venv`), where that is there: how an
installation is made, with bytecode or without, is part of how long a command takes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROUNDS = int(os.environ.get("ASSAY_BENCH_ROUNDS", "5"))


@dataclass(frozen=True)
class Checkout:
    """A folder with Assay's source, and how to run it."""

    name: str
    folder: Path

    @property
    def python(self) -> str:
        own = self.folder / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    def environment(self, home: Path) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
        mlflow = f"sqlite:///{home}-mlflow.db"
        changed = {"ASSAY_HOME": str(home), "MLFLOW_TRACKING_URI": mlflow}
        return {**kept, **changed, "PYTHONPATH": str(self.folder)}

    def command(self, *words: str) -> list[str]:
        return [self.python, "-m", "pipelines.cli", *words]

    def assay(self, home: Path, *words: str) -> str:
        """What `assay words...` prints in the workspace `home`."""
        return subprocess.run(
            self.command(*words),
            check=True,
            cwd=self.folder,
            env=self.environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ).stdout


def checkouts() -> list[Checkout]:
    """The older checkout, if there is one, and this one."""
    older = os.environ.get("ASSAY_BENCH_BEFORE")
    now = Checkout("now", Path(__file__).resolve().parents[1])
    return [Checkout("before", Path(older)), now] if older else [now]


def in_turn(
    what: str, measure: Callable[[Checkout], dict[str, float]], rounds: int = ROUNDS
) -> None:
    """Print the medians of what `measure` gives, each checkout in its turn, and their ratio.

    `measure` gives named figures, in seconds unless the name says otherwise.
    """
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for checkout in checkouts():
            for name, value in measure(checkout).items():
                found.setdefault(name, {}).setdefault(checkout.name, []).append(value)
    for name, values in found.items():
        told = [
            f"{checkout} {median(each):.2f} ({min(each):.2f} to {max(each):.2f})"
            for checkout, each in values.items()
        ]
        ratio = ""
        if {"before", "now"} <= values.keys():
            ratio = f"; ratio {median(values['now']) / median(values['before']):.3f}"
        print(f"{what}, {name}: {', '.join(told)}{ratio}; {rounds} rounds", flush=True)


def timed(run: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


@dataclass(frozen=True)
class Spent:
    """A command's seconds by the clock and of the processor, and what it printed."""

    seconds: float
    processor: float
    output: str


def spent(command: list[str], environment: dict[str, str]) -> Spent:
    """Run a command; its processor time is that of the whole machine meanwhile (Linux).

    A process cannot sum up what a fork server's children took, so nothing else may run.
    """
    before, began = _busy(), time.perf_counter()
    done = subprocess.run(
        command, check=True, env=environment, stdout=subprocess.PIPE, text=True, stderr=sys.stderr
    )
    return Spent(time.perf_counter() - began, _busy() - before, done.stdout)


def _busy() -> float:
    """Processor seconds of all processes since the machine started."""
    user, nice, system, *_ = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")
