"""`assay compare`: compare two contenders, of one or two bake-offs, user by user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson, open_workspace
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of

if TYPE_CHECKING:
    from pipelines.evaluation.results.finished import Finished


def compare(
    bakeoffs: Annotated[
        list[str],
        typer.Argument(
            metavar="A [B]", help="One or two bake-offs: ids, folders or document.json files."
        ),
    ],
    contender: Annotated[str, typer.Option("--contender", help="A contender of A.")] = "",
    against: Annotated[
        str,
        typer.Option("--against", help="The contender of B (or A) to compare with."),
    ] = "",
    metric: Annotated[
        str, typer.Option("--metric", help="Such as recall@10; default: the declared metric.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Compare two contenders user by user.

    Both may be of one bake-off, or of two with the same manifest.
    """
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
    users = number_of(manifest.users, "user")
    out.say(f"{users}, paired; both bake-offs have the manifest {manifest.hash[:12]}.")
    if found.metric != manifest.metric:
        out.say(f"Note: the declared metric is {manifest.metric}; use that one to decide.")


def _open(text: str) -> Finished:
    from pipelines.evaluation.results.finished import Finished
    from pipelines.evaluation.results.folder import DOCUMENT, BakeoffFolder

    path = Path(text)
    if path.name == DOCUMENT or (path / DOCUMENT).is_file():
        return Finished.open(path)
    workspace = open_workspace()
    return Finished(workspace.bakeoff(text), BakeoffFolder(workspace.bakeoff_folder(text)))


def _other(left: Finished, right: Finished, contender: str) -> str:
    """The default to compare with: the baseline, or the same contender of the other bake-off."""
    if left.id == right.id:
        return left.manifest.baseline
    return contender if right.document.contender(contender) else _only(right, "--against")


def _only(bakeoff: Finished, option: str) -> str:
    """The only scored contender that is not a baseline; raises `AssayError` if there are more."""
    scored = [c for c in bakeoff.document.contenders if c.status == "scored"]
    names = [c.name for c in scored if c.kind != "baseline"]
    if len(names) == 1:
        return names[0]
    offered = ", ".join(c.name for c in scored) or "none was scored"
    raise AssayError(f"Choose a contender of bake-off {bakeoff.id} with {option}: {offered}.")
