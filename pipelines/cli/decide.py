"""`assay decide`: build, buy, buy now and build later, or neither."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.options import AsJson, open_workspace
from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.economics.measured import Measured


def decide(
    case: Annotated[
        str, typer.Option("--case", help="shop, video, data-poor, or a TOML file.")
    ] = "",
    bakeoff_id: Annotated[
        str | None, typer.Option("--bakeoff", help="Id of a bake-off to use in the decision.")
    ] = None,
    memo: Annotated[
        Path | None, typer.Option("--memo", help="Also write the one-page memo to this .html file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decide whether to build or buy.

    Options: build, buy, buy now and build later, or neither. Prints the reasons, and what would
    change the decision.
    """
    from pipelines.economics.documents import decide_documents
    from pipelines.workspace.measured import measured_on

    if not case and bakeoff_id is None:
        raise AssayError(
            "Name a case with --case (shop, video, data-poor or a file), or a bake-off with "
            "--bakeoff."
        )
    document = measured = None
    if bakeoff_id is not None:
        workspace = open_workspace()
        document = workspace.bakeoff(bakeoff_id).model_dump(mode="json")
        measured = measured_on(workspace, document["dataset"])
    if memo is not None:
        _write_memo(memo, case, document, measured)
    print_decision(decide_documents(case or None, document, measured), as_json)


def _write_memo(
    file: Path, case: str, document: dict[str, Any] | None, measured: Measured | None
) -> None:
    from pipelines.cli import output as out
    from pipelines.economics.documents import memo_of_documents

    today = dt.datetime.now(dt.UTC).date()
    text = memo_of_documents(case or None, document, today, measured)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AssayError(f"{file} cannot be written: {error.strerror or error}.") from None
    out.warn(f"Memo written to {file}.")


def print_decision(found: Any, as_json: bool) -> None:
    """Print a decision of `economics`: the result, the options, the reasons."""
    from pipelines.cli import output as out
    from pipelines.economics.formats import in_currency, thousands
    from pipelines.economics.labels import OPTION_LABELS, answer_label

    values = found.document()
    if as_json:
        out.document(values)
        return
    out.say(f"Decision: {answer_label(values['decision'])}.")
    if values["options"]:
        with in_currency(found.currency):
            heads = [f"{what} ({thousands()})" for what in ("NPV", "benefit", "cost")]
        table = out.new_table("option", *heads, right=(1, 2, 3))
        for option in values["options"]:
            numbers = [option[key] for key in ("npv", "benefit", "cost")]
            table.add_row(OPTION_LABELS[option["name"]], *(out.three(n) for n in numbers))
        out.print_table(table)
    for reason in values["reasons"]:
        out.say(f"- {reason}")
    if values["ways"]:
        out.say("What you can do instead:")
    for way in values["ways"]:
        out.say(f"- {way}")
    if values["reverses"]:
        out.say("What would reverse it:")
    for condition in values["reverses"]:
        out.say(f"- {condition}")
