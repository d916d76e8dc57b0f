"""`assay evaluate`: score lists in a file against held-out interactions in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of

if TYPE_CHECKING:
    from pipelines.evaluation.evaluate_file import Evaluation


def evaluate(
    recommendations: Annotated[
        Path, typer.Option("--recommendations", help="The lists: CSV, Parquet or JSON Lines.")
    ],
    truth: Annotated[Path, typer.Option("--truth", help="Held-out interactions of the users.")],
    train: Annotated[
        Path | None,
        typer.Option("--train", help="Training events, for known items and popularity."),
    ] = None,
    ks: Annotated[str, typer.Option("--k", help="List lengths, separated by commas.")] = "5,10,20",
    seen: Annotated[
        str,
        typer.Option("--seen", help="keep or exclude items that a user has in --train."),
    ] = "keep",
    per_user: Annotated[
        Path | None,
        typer.Option("--per-user", help="Write the values per user to this .parquet file."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score lists from any system.

    The metrics have the same definitions as in a bake-off.
    """
    from pipelines.cli import output as out
    from pipelines.evaluation.evaluate_file import evaluate_files

    depths = _depths(ks)
    if seen not in ("keep", "exclude"):
        raise AssayError(f"--seen must be keep or exclude, not {seen!r}.")
    if seen == "exclude" and train is None:
        raise AssayError("--seen exclude needs --train, which holds the seen items.")
    if per_user is not None:
        _check_target(per_user, (recommendations, truth, train))
    found = evaluate_files(
        recommendations, truth, train, ks=depths, seen="exclude" if seen == "exclude" else "keep"
    )
    if per_user is not None:
        out.write_frame(found.per_user, per_user)
    if as_json:
        out.document(found.document())
    else:
        _show(found)


def _depths(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() for part in parts):
        raise AssayError(
            f"--k must be positive integers separated by commas (5,10,20), not {text!r}."
        )
    # A long number is cut, because Python refuses to parse thousands of digits.
    return [int(part.lstrip("0")[:9] or "0") for part in parts]


def _check_target(path: Path, sources: tuple[Path | None, ...]) -> None:
    """Raise `AssayError` before reading anything if the result could not be written."""
    if path.suffix != ".parquet":
        raise AssayError(f"--per-user writes Parquet; end {path.name!r} with .parquet.")
    try:
        folder, there = path.is_dir(), path.parent.is_dir()
    except OSError as error:  # a name that no file system accepts
        raise AssayError(f"{str(path)[:100]!r} is not a file name; use another.") from error
    if not there:
        raise AssayError(
            f"There is no folder {str(path.parent)!r} for {path.name!r}; create it first."
        )
    if folder:
        raise AssayError(f"{str(path)!r} is a folder; name a file for --per-user.")
    within = path.parent.resolve()
    for source in filter(None, sources):
        if _same(source, path):
            raise AssayError(
                f"--per-user would overwrite the input {path.name!r}; name another file."
            )
        if any(_same(source, parent) for parent in (within, *within.parents)):
            raise AssayError(
                f"--per-user would write into the input {str(source)!r}; name another folder."
            )


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them does not exist
        return False


def _show(found: Evaluation) -> None:
    from pipelines.cli import output as out
    from pipelines.evaluation.metrics.names import label

    out.say(f"{number_of(len(found.found.lists), 'user')}.")
    table = out.new_table("metric", "value (95%)", right=(1,))
    for name, interval in found.metrics.items():
        table.add_row(label(name), out.interval(interval))
    out.print_table(table)
    for note in found.notes:
        out.say(f"- {note}")
