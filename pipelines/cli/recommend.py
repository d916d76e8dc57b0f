"""`assay recommend`: compute lists of a contender."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.options import AsJson, Length, open_workspace
from pipelines.errors import AssayError
from pipelines.runtime import paths
from pipelines.workspace.home import Home

if TYPE_CHECKING:
    from pipelines.evaluation.bakeoff.opened import Opened


def recommend(
    bakeoff_id: Annotated[str, typer.Option("--bakeoff", help="Id of a bake-off.")],
    contender: Annotated[str, typer.Option("--contender", help="Name of a contender in it.")],
    user: Annotated[str | None, typer.Option("--user", help="A user's id.")] = None,
    history: Annotated[
        list[str] | None,
        typer.Option(
            "--history",
            help="Item ids, newest last, separated by commas; repeatable. An id with a comma goes "
            "in double quotes, or alone.",
        ),
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

    if [user is not None, bool(history), everyone].count(True) != 1:
        raise AssayError("Use exactly one of --user U, --history ITEM,ITEM and --all.")
    if everyone and out_file is None:
        raise AssayError("--all needs a file: add --out lists.csv or --out lists.parquet.")
    folder = _folder(bakeoff_id)
    opened = open_contender(folder, contender)
    if history:
        items = [item for text in history for item in items_of_history(text, opened)]
        if not items:
            out.warn("The history is empty, so the list holds popular items.")
        if out_file is None:
            _print_rows(opened.rows_of_history(items, k), as_json)
            return
        frame = opened.recommend(histories=[items], k=k)
    else:
        users = evaluated_users(folder) if everyone else [str(user)]
        frame = opened.recommend(users=users, k=k)
    if out_file is not None:
        out.write_frame(frame, out_file)
        if as_json:
            out.document({"file": str(out_file), "rows": len(frame), "k": k})
    else:
        found: list[dict[str, Any]] = opened.with_titles(frame).to_dict("records")  # type: ignore[assignment]
        _print_rows(found, as_json)


def items_of_history(text: str, opened: Opened) -> list[str]:
    """The ids in a text: itself if it is one, else its parts between commas."""
    if opened.knows(text.strip()):
        return [text.strip()]
    parts = next(csv.reader([text], skipinitialspace=True), [])
    return [part.strip() for part in parts if part.strip()]


def _folder(bakeoff_id: str) -> Path:
    """A bake-off's folder; found without the database's code, which takes longer to import than
    an answer takes."""
    folder = Home(paths.home()).bakeoffs / bakeoff_id
    if folder.name == bakeoff_id and (folder / "document.json").exists():
        return folder
    return open_workspace().bakeoff_folder(bakeoff_id)


def _print_rows(rows: list[dict[str, Any]], as_json: bool) -> None:
    from pipelines.cli import output as out

    if as_json:
        told = [{**row, "score": round(float(row["score"]), 10)} for row in rows]
        out.document({"recommendations": told})
        return
    table = out.new_table("rank", "item", "title", right=(0,))
    for row in rows:
        table.add_row(str(row["rank"]), str(row["item_id"]), str(row.get("title", "")))
    out.print_table(table)
