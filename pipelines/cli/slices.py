"""`assay slices`: compare two contenders in slices of users and items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson, open_workspace
from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.evaluation.results.document import BakeoffDocument
    from pipelines.evaluation.slices.cells import Cell
    from pipelines.evaluation.slices.report import SlicesReport

SHOWN = 10
"""Findings and reversals that are printed, of each kind; `--json` has all."""


def slices(
    bakeoff_id: Annotated[str, typer.Argument(metavar="BAKEOFF", help="Id of a bake-off.")],
    contender: Annotated[str, typer.Option("--contender", help="Name of a contender in it.")],
    against: Annotated[
        str, typer.Option("--against", help="Contender to compare with; default: the baseline.")
    ] = "",
    metric: Annotated[
        str, typer.Option("--metric", help="Such as ndcg@10; default: the declared metric.")
    ] = "",
    by: Annotated[
        str, typer.Option("--by", help="A dimension, or two to combine: history,favorite.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Compare two contenders in slices.

    Shows for which users and items one is better: all slices, the clearest wins, and reversals.
    """
    from pipelines.cli import output as out
    from pipelines.evaluation.results.folder import BakeoffFolder
    from pipelines.evaluation.slices.report import report
    from pipelines.evaluation.slices.stored import dimensions_of

    workspace = open_workspace()
    document = workspace.bakeoff(bakeoff_id)
    kept = BakeoffFolder(workspace.bakeoff_folder(bakeoff_id))
    names = _scored(document, contender, against or str(document.manifest["baseline"]))
    metric = metric or str(document.manifest["metric"])
    offered = kept.metrics(names[0])
    if metric not in offered:
        raise AssayError(
            f"The metric {metric!r} has no values per user; use one of {', '.join(offered)}."
        )
    useful = float(document.manifest["useful_share"])
    whole = by.strip() in {one.name for one in dimensions_of(kept)}  # a column may hold a comma
    parts = [by] if whole else by.split(",")
    dimensions = tuple(part.strip() for part in parts if part.strip())
    found = report(kept, *names, metric, dimensions, useful)
    if as_json:
        out.document({"bakeoff": bakeoff_id} | found.document())
    else:
        _print(found)


def _scored(document: BakeoffDocument, contender: str, against: str) -> tuple[str, str]:
    """Both names; raises `AssayError` if one is not a scored contender."""
    there = [c.name for c in document.contenders if c.status == "scored"]
    for name in (contender, against):
        if name not in there:
            raise AssayError(
                f"There is no scored contender {name!r} in this bake-off; "
                f"use one of {', '.join(there) or 'none'}."
            )
    if contender == against:
        raise AssayError(f"Choose a contender other than {contender!r} to compare with.")
    return contender, against


def _print(found: SlicesReport) -> None:
    from rich.markup import escape

    from pipelines.cli import output as out
    from pipelines.evaluation.metrics.names import label
    from pipelines.evaluation.slices.stored import OF_USERS, UNDATED

    titles = {d.name: d.title for d in found.dimensions}
    table = out.new_table(
        "slice", "users", found.contender, found.against, "difference (95%)", "p adjusted", "",
        right=(1, 2, 3, 5),
    )  # fmt: skip
    shown: tuple[str, ...] = ()
    for cell in found.cells:
        if cell.dimensions != shown:
            shown = cell.dimensions
            table.add_row(f"[bold]{escape(' × '.join(titles[name] for name in shown))}[/bold]")
        table.add_row(*_row(cell))
    out.say(f"{label(found.metric)}, {found.contender} against {found.against}:")
    out.print_table(table)
    for name, wins in ((found.contender, found.wins), (found.against, found.losses)):
        out.heading(f"Where {name} wins")
        _list([finding.sentence for finding in wins], f"{name} is not better in any slice.")
    out.heading("Reversals")
    _list([r.sentence for r in found.reversals], "None: no slice contradicts the overall result.")
    undated = [d.title for d in found.dimensions if d.name.startswith(OF_USERS)]
    out.say(f"{', '.join(undated)}: {UNDATED}" if undated else "")
    for title, why in found.skipped.items():
        out.say(f"No slices by {title}: {why}.")


def _row(cell: Cell) -> tuple[str, ...]:
    from rich.markup import escape

    from pipelines.cli import output as out
    from pipelines.evaluation.slices.sentences import interval

    name, users = f"  {escape(' × '.join(cell.values))}", f"{cell.n:,}"
    if cell.outcome == "too few":
        return name, users, "–", "–", "–", "–", "too few"
    p = "<.0001" if (cell.p_adjusted or 0.0) < 1e-4 else f"{cell.p_adjusted:.4f}"
    difference = out.interval(interval(cell))
    return name, users, out.three(cell.mean), out.three(cell.against), difference, p, cell.outcome


def _list(sentences: list[str], none: str) -> None:
    from pipelines.cli import output as out

    for number, sentence in enumerate(sentences[:SHOWN], start=1):
        out.say(f"{number}. {sentence}")
    if len(sentences) > SHOWN:
        out.say(f"… and {len(sentences) - SHOWN} more; --json prints all.")
    if not sentences:
        out.say(none)
