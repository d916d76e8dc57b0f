"""`assay evaluate`: metrics of lists in a file against a truth in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson
from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.evaluation.evaluate_file import Evaluation


def evaluate(
    recommendations: Annotated[
        Path, typer.Option("--recommendations", help="The lists: CSV, Parquet or JSON Lines.")
    ],
    truth: Annotated[Path, typer.Option("--truth", help="What each user took up later.")],
    train: Annotated[
        Path | None,
        typer.Option("--train", help="Earlier events: which items are known, and how popular."),
    ] = None,
    ks: Annotated[
        str, typer.Option("--k", help="Lengths of lists, divided by commas.")
    ] = "5,10,20",
    seen: Annotated[
        str,
        typer.Option("--seen", help="keep or exclude what a user has in the training file."),
    ] = "keep",
    per_user: Annotated[
        Path | None, typer.Option("--per-user", help="Write each user's values, a .parquet file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score lists from anywhere, by the definitions of a bake-off."""
    from pipelines.cli import output as out
    from pipelines.evaluation.evaluate_file import evaluate_files

    depths = _depths(ks)
    if seen not in ("keep", "exclude"):
        raise AssayError(f"--seen takes keep or exclude, not {seen!r}.")
    if seen == "exclude" and train is None:
        raise AssayError("--seen exclude needs --train: it says what each user had before.")
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
            f"--k takes whole numbers from 1, divided by commas (5,10,20), not {text!r}."
        )
    # A long number is cut, since Python reads no number of thousands of digits.
    return [int(part.lstrip("0")[:9] or "0") for part in parts]


def _check_target(path: Path, sources: tuple[Path | None, ...]) -> None:
    """Refuse before anything is read what could not be written after it."""
    if path.suffix != ".parquet":
        raise AssayError(f"--per-user writes Parquet; end {path.name!r} with .parquet.")
    try:
        folder, there = path.is_dir(), path.parent.is_dir()
    except OSError as error:  # a name that no file system takes
        raise AssayError(f"{str(path)[:100]!r} is no file name; name another.") from error
    if not there:
        raise AssayError(
            f"There is no folder {str(path.parent)!r} for {path.name!r}; make it first."
        )
    if folder:
        raise AssayError(f"{str(path)!r} is a folder; name a file for --per-user.")
    within = path.parent.resolve()
    for source in filter(None, sources):
        if _same(source, path):
            raise AssayError(
                f"--per-user would write over {path.name!r}, which is read; name another."
            )
        if any(_same(source, parent) for parent in (within, *within.parents)):
            raise AssayError(
                f"--per-user would write into {str(source)!r}, which is read; name another folder."
            )


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _show(found: Evaluation) -> None:
    from pipelines.cli import output as out
    from pipelines.evaluation.metrics.names import label

    out.say(f"{len(found.found.lists):,} users.")
    table = out.new_table("metric", "value (95 %)", right=(1,))
    for name, interval in found.metrics.items():
        table.add_row(label(name), out.interval(interval))
    out.print_table(table)
    for note in found.notes:
        out.say(f"- {note}")
