"""`assay demo`: readiness, bake-off and decision on the bundled sample."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.cli import output as out
from pipelines.cli.bakeoff import print_bakeoff
from pipelines.cli.decide import print_decision
from pipelines.cli.readiness import print_report
from pipelines.data.readiness import report
from pipelines.economics.documents import decide_documents
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.runtime import paths
from pipelines.workspace.bakeoffs import run
from pipelines.workspace.beginning import sample_request

if TYPE_CHECKING:
    from pipelines.workspace import Workspace


def demo(workspace: Workspace) -> None:
    """Run readiness, a bake-off with a stand-in for a vendor, and a decision."""
    began = time.monotonic()
    request = BakeoffRequest.of(sample_request())
    dataset = workspace.dataset(request.dataset)
    out.heading("1. Is the data enough?")
    out.say(dataset.about.notice)
    print_report(report(dataset))
    out.heading("2. Build and compare")
    with out.progress("bake-off") as progress:
        document = run(workspace, request, progress)
    print_bakeoff(document, as_json=False)
    out.heading("3. Build or buy?")
    print_decision(decide_documents(None, document.model_dump(mode="json")), as_json=False)
    command = "make run" if paths.IN_CHECKOUT else "assay run"
    out.say(
        f"Done in {time.monotonic() - began:.0f} s. Run `{command}` to see bake-off {document.id} "
        "in the app."
    )
