"""`assay export`: export training data for a vendor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import AsJson, DataName, Length, SplitText, open_workspace
from pipelines.errors import AssayError


def export(
    data: DataName,
    vendor: Annotated[str, typer.Option("--for", help="The vendor: personalize.")],
    out_folder: Annotated[Path, typer.Option("--out", help="A new folder.")],
    split: SplitText = "time:0.9",
    k: Length = 25,
    as_json: AsJson = False,
) -> None:
    """Export training data for a vendor.

    Writes the training rows, the users to recommend for, hashes and instructions.
    """
    from pipelines.adapters import handover
    from pipelines.cli import output as out
    from pipelines.data.split import Protocol
    from pipelines.data.split import split as cut

    if vendor != "personalize":
        raise AssayError(f"There is no export for {vendor!r} yet; use --for personalize.")
    dataset = open_workspace().dataset(data)
    protocol = Protocol.of_bakeoff(split, third_parties=True)
    parts = cut(dataset.interactions, protocol, seen=dataset.about.seen)
    written = handover.write(dataset, parts, out_folder, k)
    if as_json:
        out.document(written)
    else:
        out.say(f"Written to {out_folder}; its README.txt lists the next steps.")
