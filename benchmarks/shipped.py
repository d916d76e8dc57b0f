"""The bake-off that Assay ships: the sample's, run on this machine, without its pickles."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.results.shipped import ship
from pipelines.workspace import Workspace
from pipelines.workspace.bakeoffs import run as run_bakeoff
from pipelines.workspace.beginning import SHIPPED, sample_request


def run(_peer_python: Path) -> None:
    """Run the sample's bake-off in a workspace of its own, and replace the shipped one."""
    asked = sample_request()
    with tempfile.TemporaryDirectory() as home:
        workspace = Workspace.open(home)
        document = run_bakeoff(workspace, BakeoffRequest.of(asked), tracked=False)
        ship(workspace.bakeoff_folder(document.id), SHIPPED, command(asked))
    files = [path for path in SHIPPED.rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in files)
    print(f"{document.id}: {len(files)} files, {total / 1e6:.1f} MB in {SHIPPED}")


def command(asked: dict[str, object]) -> str:
    """The command line of a request."""
    specs, others = asked["specs"], asked["third_party"]
    assert isinstance(specs, list) and isinstance(others, list)
    third = " ".join(f"--third-party {name}" for name in others)
    return (
        f"assay bakeoff {' '.join(specs)} --data {asked['dataset']} {third} "
        f"--split {asked['split']}"
    )
