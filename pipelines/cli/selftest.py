"""`assay selftest`: whether the checks of a bake-off name planted faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson, open_workspace
from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.evaluation.selftest.run import SelfTest


def selftest(
    data: Annotated[str, typer.Option("--data", help="Name of the dataset.")] = "movielens-small",
    names: Annotated[
        list[str] | None,
        typer.Option("--fault", help="Plant this fault only; repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plant faults in a bake-off and see whether its checks name them.

    The checks are those of every bake-off. Exit code 1 if a fault is missed, or if an honest
    bake-off is flagged.
    """
    from tempfile import TemporaryDirectory

    from pipelines.evaluation.bakeoff import preload

    preload.prepare()
    from pathlib import Path

    from pipelines.cli import output as out
    from pipelines.evaluation.selftest.run import FAULTS, selftest

    known = {fault.name: fault for fault in FAULTS}
    wrong = next((name for name in names or () if name not in known), None)
    if wrong is not None:
        raise AssayError(f"There is no fault {wrong!r}; use one of {', '.join(known)}.")
    chosen = [known[name] for name in dict.fromkeys(names or known)]
    dataset = open_workspace().dataset(data)
    with TemporaryDirectory(prefix="assay-selftest-") as folder, out.progress("self-test") as told:
        found = selftest(dataset, Path(folder), chosen, told)
    if as_json:
        out.document({**found.model_dump(mode="json"), "passed": found.passed})
    else:
        _show(found)
    if not found.passed:
        raise typer.Exit(1)


def _show(found: SelfTest) -> None:
    from pipelines.cli import output as out

    table = out.new_table("planted fault", "check", "named")
    for one in found.faults:
        table.add_row(one.what, one.check, "yes" if one.named else "NO")
    out.print_table(table)
    for one in found.missed:
        out.say(f"{one.fault} was not named by {one.check}: {one.sentence}")
    for split, evidence in found.honest.items():
        out.say(f"Honest bake-off, {split}: {evidence.sentence}")
    for check in found.alarms:
        out.say(f"{check.title} was flagged without a fault: {check.sentence}")
    out.say(found.sentence)
