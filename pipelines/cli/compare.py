"""`assay compare`: two contenders of one bake-off or of two, user by user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson, open_workspace
from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.evaluation.results.finished import Finished


def compare(
    bakeoffs: Annotated[
        list[str],
        typer.Argument(metavar="A [B]", help="Ids of bake-offs, their folders or document.json."),
    ],
    contender: Annotated[str, typer.Option("--contender", help="The one of A in question.")] = "",
    against: Annotated[
        str, typer.Option("--against", help="The one of B (or of A alone) to compare it with.")
    ] = "",
    metric: Annotated[
        str, typer.Option("--metric", help="Such as recall@10; else the declared one.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Two contenders of one bake-off, or of two that answered one manifest, user by user."""
    from pipelines.cli import output as out
    from pipelines.evaluation.comparison.across import compare_across, require_same

    if len(bakeoffs) > 2:
        raise AssayError(f"Name one bake-off or two, not {len(bakeoffs)}.")
    opened = [_open(text) for text in bakeoffs]
    left, right = opened[0], opened[-1]
    require_same(left.manifest, right.manifest, (left.id, right.id))
    one = contender or _only(left, "--contender")
    other = against or _other(left, right, one)
    found = compare_across(left, one, right, other, metric or None)
    manifest = left.manifest
    if as_json:
        out.document(
            {
                "manifest": manifest.hash,
                "users": manifest.users,
                "left": {"bakeoff": left.id, "contender": one},
                "right": {"bakeoff": right.id, "contender": other},
                "declared": found.metric == manifest.metric,
                "comparison": found.model_dump(mode="json"),
            }
        )
        return
    out.say(found.sentence)
    out.say(f"{manifest.users:,} users, paired; both answered the manifest {manifest.hash[:12]}.")
    if found.metric != manifest.metric:
        out.say(f"Note: the declared metric is {manifest.metric}; decide on that one.")


def _open(text: str) -> Finished:
    from pipelines.evaluation.results.finished import Finished
    from pipelines.evaluation.results.folder import DOCUMENT, BakeoffFolder

    path = Path(text)
    if path.name == DOCUMENT or (path / DOCUMENT).is_file():
        return Finished.open(path)
    workspace = open_workspace()
    return Finished(workspace.bakeoff(text), BakeoffFolder(workspace.bakeoff_folder(text)))


def _other(left: Finished, right: Finished, contender: str) -> str:
    """Whom to compare with: the baseline of the same bake-off, or in another one the same name."""
    if left.id == right.id:
        return left.manifest.baseline
    return contender if right.document.contender(contender) else _only(right, "--against")


def _only(bakeoff: Finished, option: str) -> str:
    """The scored contender that is no baseline, where there is one alone."""
    scored = [c for c in bakeoff.document.contenders if c.status == "scored"]
    names = [c.name for c in scored if c.kind != "baseline"]
    if len(names) == 1:
        return names[0]
    offered = ", ".join(c.name for c in scored) or "none of them was scored"
    raise AssayError(f"Say which contender of bake-off {bakeoff.id} with {option}: {offered}.")
