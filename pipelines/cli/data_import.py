"""`assay data import`: import events from files or a database."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.options import AsJson, open_workspace
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of
from pipelines.runtime.written import json_of, text_of

if TYPE_CHECKING:
    from pipelines.data.dataset import About
    from pipelines.data.importing.planning import Plan
    from pipelines.data.recipe import Recipe
    from pipelines.data.sources.database import Query

_OPTIONS = {
    "columns": "--map",
    "item_columns": "--map",
    "user_fallback": "--user-fallback",
    "normalize_ids": "--normalize-ids",
    "keep": "--keep",
    "weights": "--event-weight",
    "least_weight": "--least-weight",
    "repeats": "--repeats",
    "returns": "--returns",
    "outliers": "--outliers",
    "session_minutes": "--session-minutes",
    "seen": "--seen",
    "times": "--time-zone, --time-unit and --day-first",
    "reading": "--separator, --encoding, --quote, --escape, --decimal, --columns and --skip-lines",
    "items_reading": "--items-reading",
    "users_reading": "--users-reading",
}
"""The options that set each field of a recipe."""


class Repeats(StrEnum):
    moment = "moment"
    once = "once"
    keep = "keep"


class Returns(StrEnum):
    take_out = "take-out"
    quarantine = "quarantine"


class Outliers(StrEnum):
    flag = "flag"
    drop = "drop"


class Seen(StrEnum):
    exclude = "exclude"
    keep = "keep"


class Unit(StrEnum):
    s = "s"
    ms = "ms"
    us = "us"
    ns = "ns"
    days = "days"
    excel = "excel"


class DecimalMark(StrEnum):
    point = "."
    comma = ","


Texts = list[str] | None


def data_import(
    name: Annotated[str, typer.Option("--name", help="Name of the dataset.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE…",
            help="CSV, TSV, Parquet, JSON Lines or a JSON array; several files become one dataset.",
        ),
    ] = None,
    sql: Annotated[
        str | None,
        typer.Option("--sql", help="A database: URL without password, env:NAME or secrets:NAME."),
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", help="With --sql: a SELECT, or the name of a table.")
    ] = None,
    mapping: Annotated[
        Texts,
        typer.Option(
            "--map",
            help="Map a column: user_id=COLUMN, item_id=items[].sku; NAME= leaves NAME out; "
            "repeatable.",
        ),
    ] = None,
    items: Annotated[Path | None, typer.Option("--items", help="A table of items.")] = None,
    users: Annotated[Path | None, typer.Option("--users", help="A table of users.")] = None,
    user_fallback: Annotated[
        str | None,
        typer.Option(
            "--user-fallback",
            help="Column with a visitor's id, for rows without a user; empty: none.",
        ),
    ] = None,
    normalize_ids: Annotated[
        str | None,
        typer.Option(
            "--normalize-ids",
            help="Spellings read as one id: decimals (3.0 as 3), zeros (007 as 7), case, unicode; "
            "separated by commas; empty: none.",
        ),
    ] = None,
    keep: Annotated[
        Texts, typer.Option("--keep", help="Another column to keep with each event; repeatable.")
    ] = None,
    event_weight: Annotated[
        Texts,
        typer.Option("--event-weight", help="Weight of an event type: view=.1; repeatable."),
    ] = None,
    least_weight: Annotated[
        float | None,
        typer.Option("--least-weight", help="Leave out rows with a lower weight or rating."),
    ] = None,
    repeats: Annotated[
        Repeats | None,
        typer.Option(
            "--repeats",
            help="Fold repeats of the same second (moment, default), fold all (once), or keep all.",
        ),
    ] = None,
    returns: Annotated[
        Returns | None,
        typer.Option(
            "--returns", help="Handling of rows with a negative quantity; default: take-out."
        ),
    ] = None,
    outliers: Annotated[
        Outliers | None,
        typer.Option("--outliers", help="Handling of suspected bots; default: flag."),
    ] = None,
    session_minutes: Annotated[
        int | None,
        typer.Option("--session-minutes", min=1, help="Minutes without an event that end a visit."),
    ] = None,
    seen: Annotated[
        Seen | None,
        typer.Option(
            "--seen", help="Exclude from lists, or keep, items that the user has interacted with."
        ),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option("--time-zone", help="Time zone of times without one; default: UTC."),
    ] = None,
    time_unit: Annotated[
        Unit | None, typer.Option("--time-unit", help="Unit of numeric times; default: by size.")
    ] = None,
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="How to read dates such as 1/2/2026."),
    ] = None,
    separator: Annotated[
        str | None, typer.Option("--separator", help="Column separator; default: detected.")
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="Text encoding; default: UTF-8 or UTF-16, detected."),
    ] = None,
    quote: Annotated[
        str | None, typer.Option("--quote", help='Quote mark; empty for none; default: ".')
    ] = None,
    escape: Annotated[
        str | None,
        typer.Option(
            "--escape",
            help="Escape character before a quote mark; empty for none; default: detected.",
        ),
    ] = None,
    decimal: Annotated[
        DecimalMark | None,
        typer.Option("--decimal", help="Decimal mark of numbers, . or ,; default: detected."),
    ] = None,
    names: Annotated[
        str | None,
        typer.Option(
            "--columns", help="Names of the columns of a file without a header: user_id,item_id,…"
        ),
    ] = None,
    skip_lines: Annotated[
        int | None,
        typer.Option("--skip-lines", min=0, help="Lines above the header; default: detected."),
    ] = None,
    items_reading: Annotated[
        Texts,
        typer.Option(
            "--items-reading",
            help="How the table of items is read: separator=;, encoding=latin-1, quote=, escape=, "
            "decimal=, or skip_lines=; repeatable.",
        ),
    ] = None,
    users_reading: Annotated[
        Texts, typer.Option("--users-reading", help="The same for the table of users.")
    ] = None,
    recipe_file: Annotated[
        Path | None, typer.Option("--recipe", help="A recipe file, from `assay data recipe`.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Use the recipe of the dataset's newest version.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import events from files or a database.

    The import is complete or absent; rows that cannot be used are quarantined with a reason.
    """
    from pipelines.cli import output as out
    from pipelines.data.dataset import check_name
    from pipelines.data.importing.planning import plan

    choices: dict[str, Any] = {
        **_mapped(mapping, with_items=items is not None),
        "keep": keep,
        "weights": _weights(event_weight),
        "least_weight": least_weight,
        "repeats": repeats,
        "returns": returns,
        "outliers": outliers,
        "session_minutes": session_minutes,
        "seen": seen,
        "times": _given(
            zone=time_zone,
            unit=time_unit,
            order=None if day_first is None else "day-first" if day_first else "month-first",
        ),
        "reading": _given(
            separator=_unescaped(separator),
            encoding=encoding,
            quote=quote,
            escape=escape,
            decimal=decimal,
            columns=None if names is None else [name.strip() for name in names.split(",")],
            skip_lines=skip_lines,
        ),
        "items_reading": _reading(items_reading, "--items-reading"),
        "users_reading": _reading(users_reading, "--users-reading"),
        "user_fallback": user_fallback,
        "normalize_ids": None
        if normalize_ids is None
        else [form.strip() for form in normalize_ids.split(",") if form.strip()],
    }
    given = _given(**{key: value for key, value in choices.items() if value not in ({}, None)})
    given = {key: value for key, value in given.items() if value != [] or key == "normalize_ids"}
    if (again or recipe_file) and given:
        raise AssayError(
            f"A saved recipe cannot be changed: leave out {_OPTIONS[next(iter(given))]}, or "
            f"leave out {'--again' if again else '--recipe'}."
        )
    source = _source(files, sql, query)
    recipe = _saved(recipe_file) if recipe_file else _recipe(given)
    check_name(name)
    workspace = open_workspace()
    if again:
        recipe = workspace.recipe(name)
    planned = plan(source, recipe, fixed=again or recipe_file is not None)
    planned.require_complete()
    if not again:
        _print_plan(planned)
    with out.progress("importing") as progress:
        record = workspace.import_planned(
            planned, name, items=items, users=users, progress=progress
        )
    _print_imported(record.about, as_json)


def _source(files: list[Path] | None, sql: str | None, query: str | None) -> list[Path] | Query:
    if sql is None:
        if query is not None:
            raise AssayError("--query needs --sql, the address of the database.")
        if not files:
            raise AssayError("Name a file of events, or a database with --sql and --query.")
        return files
    from pipelines.data.sources.database import Query

    if files:
        raise AssayError("Name files or a database with --sql, not both.")
    if not query:
        raise AssayError("--sql needs --query: a SELECT, or the name of a table.")
    return Query(sql, query)


def _mapped(given: Texts, *, with_items: bool) -> dict[str, Any]:
    from pipelines.data.importing.mapping import assigned

    columns, item_columns = assigned(
        _pairs(given, "--map", "user_id=COLUMN"), with_items=with_items
    )
    return {"columns": columns, "item_columns": item_columns}


def _reading(given: Texts, option: str) -> dict[str, Any] | None:
    """How a table is read, from pairs such as separator=;."""
    if not given:
        return None
    pairs = _pairs(given, option, "separator=;", strip=False)
    if "separator" in pairs:
        pairs["separator"] = str(_unescaped(pairs["separator"]))
    return {
        key: [name.strip() for name in value.split(",")] if key == "columns" else value
        for key, value in pairs.items()
    }


def _weights(given: Texts) -> dict[str, Any]:
    pairs = _pairs(given, "--event-weight", "view=.1")
    try:
        return {kind: float(text) for kind, text in pairs.items()}
    except ValueError:
        wrong = next(f"{kind}={text}" for kind, text in pairs.items() if not _is_number(text))
        raise AssayError(
            f"--event-weight {wrong!r} has no valid number; write it as --event-weight view=.1."
        ) from None


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdecimal()


def _pairs(given: Texts, option: str, example: str, *, strip: bool = True) -> dict[str, str]:
    pairs = [
        text.rpartition("=") if option == "--event-weight" else text.partition("=")
        for text in given or []
    ]
    wrong = next(
        (f"{left}{sign}{right}" for left, sign, right in pairs if not (left and sign)), None
    )
    if wrong is not None:
        raise AssayError(
            f"{option} {wrong!r} is not a pair; write it as {option} {example}"
            + (", or --map weight= to leave a column out." if option == "--map" else ".")
        )
    return {left.strip(): right.strip() if strip else right for left, _, right in pairs}


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _unescaped(separator: str | None) -> str | None:
    """The separator as typed; `\\t` and `tab` mean a tab."""
    return {"\\t": "\t", "tab": "\t"}.get(separator, separator) if separator else separator


def _recipe(given: dict[str, Any]) -> Recipe:
    from pipelines.data.recipe import Recipe

    return Recipe.of(given)


def _saved(path: Path) -> Recipe:
    from pipelines.data.recipe import Recipe

    try:
        document = json_of(text_of(path))
    except OSError as error:
        raise AssayError(f"The recipe {str(path)!r} cannot be read; check the path.") from error
    except ValueError as error:
        raise AssayError(
            f"The recipe {str(path)!r} is not JSON; write one with `assay data recipe`."
        ) from error
    if not isinstance(document, dict):
        raise AssayError(
            f"The recipe {str(path)!r} is not a JSON object; write one with `assay data recipe`."
        )
    return Recipe.of(document)


def _print_plan(planned: Plan) -> None:
    """Print to stderr how each column will be read."""
    from pipelines.cli import output as out

    for standard, column in planned.recipe.columns.items():
        why = " (by its content)" if standard in planned.by_content else ""
        out.warn(f"{standard} from {column}{why}")
    unread = [c for c in planned.columns if c not in planned.recipe.columns.values()]
    unread = [c for c in unread if c not in (*planned.recipe.keep, planned.recipe.user_fallback)]
    if unread:
        out.warn(f"not read: {', '.join(unread[:12])}{' …' if len(unread) > 12 else ''}")
    if planned.recipe.times.order:
        out.warn(f"dates: {planned.recipe.times.order}")
    for note in planned.notes:
        out.warn(note)
    if len(planned.weights) > 1:
        weights = ", ".join(f"{kind} {weight:g}" for kind, weight in planned.weights.items())
        out.warn(f"weights: {weights}")


def _print_imported(about: About, as_json: bool) -> None:
    from pipelines.cli import output as out
    from pipelines.data.importing import import_report

    fields = ("name", "rows_in", "kept", "folded", "quarantined", "filtered", "mapping")
    values = {name: getattr(about, name) for name in fields}
    values["version"] = about.version
    values["recipe_hash"] = about.recipe.hash if about.recipe else None
    values["steps"] = [step.model_dump() for step in about.steps]
    values["arrivals"] = about.arrivals.model_dump() if about.arrivals else None
    values["notes"] = import_report.sentences(about)
    if as_json:
        out.document(values)
        return
    mapped = ", ".join(f"{column} as {standard}" for standard, column in about.mapping.items())
    out.say(f"{about.name}, version {about.version}: read {mapped}.")
    out.say(
        f"{number_of(about.rows_in, 'row')} in: {about.kept:,} kept, {about.folded:,} folded, "
        f"{about.quarantined:,} quarantined, {about.filtered:,} filtered."
    )
    steps = out.new_table("step", "rows in", "rows out", "", right=(1, 2))
    for step in about.steps:
        steps.add_row(step.name, f"{step.rows_in:,}", f"{step.rows_out:,}", step.note)
    out.print_table(steps)
    if about.arrivals:
        for reason, n in about.arrivals.reasons.items():
            example = about.arrivals.examples.get(reason)
            out.say(
                f"quarantined: {number_of(n, 'row')}, {reason}"
                + (f" ({example})" if example else "")
            )
        for table in about.arrivals.tables:
            read = ", ".join(f"{column} as {name}" for name, column in table.columns.items())
            out.say(f"{table.file}: {number_of(table.rows, 'row')}, read {read}.")
    for sentence in import_report.sentences(about):
        out.say(sentence)
    if about.recipe:
        out.say(f"Recipe {about.recipe.hash[:12]}; `--again` imports the next file with it.")
    if about.notice:
        out.say(about.notice)
