"""`assay recommend`: compute lists of a contender."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson, Length, open_workspace
from pipelines.errors import AssayError

if TYPE_CHECKING:
    import pandas as pd


def recommend(
    bakeoff_id: Annotated[str, typer.Option("--bakeoff", help="Id of a bake-off.")],
    contender: Annotated[str, typer.Option("--contender", help="Name of a contender in it.")],
    user: Annotated[str | None, typer.Option("--user", help="A user's id.")] = None,
    history: Annotated[
        str | None, typer.Option("--history", help="Item ids, newest last, separated by commas.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="All evaluated users.")] = False,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="With --all: a .csv or .parquet file.")
    ] = None,
    k: Length = 10,
    as_json: AsJson = False,
) -> None:
    """Compute lists of a contender.

    For a user, a made-up history, or all evaluated users.
    """
    from pipelines.cli import output as out
    from pipelines.evaluation.bakeoff.opened import evaluated_users, open_contender

    if [user is not None, history is not None, everyone].count(True) != 1:
        raise AssayError("Use exactly one of --user U, --history ITEM,ITEM and --all.")
    if everyone and out_file is None:
        raise AssayError("--all needs a file: add --out lists.csv or --out lists.parquet.")
    workspace = open_workspace()
    folder = workspace.bakeoff_folder(bakeoff_id)
    opened = open_contender(folder, contender)
    if history is not None:
        items = [part.strip() for part in history.split(",") if part.strip()]
        frame = opened.recommend(histories=[items], k=k)
    else:
        users = evaluated_users(folder) if everyone else [str(user)]
        frame = opened.recommend(users=users, k=k)
    if history is not None and not items:
        out.warn("The history is empty, so the list holds popular items.")
    if out_file is not None:
        out.write_frame(frame, out_file)
        if as_json:
            out.document({"file": str(out_file), "rows": len(frame), "k": k})
    else:
        _print_lists(opened.with_titles(frame), as_json)


def _print_lists(frame: pd.DataFrame, as_json: bool) -> None:
    from pipelines.cli import output as out

    if as_json:
        out.document({"recommendations": json.loads(frame.to_json(orient="records"))})
        return
    table = out.new_table("rank", "item", "title", right=(0,))
    for row in frame.to_dict("records"):
        table.add_row(str(row["rank"]), str(row["item_id"]), str(row.get("title", "")))
    out.print_table(table)
