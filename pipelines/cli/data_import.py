"""`assay data import`: import events from files or a database."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.cli.import_choices import (
    Texts,
    date_order,
    given_only,
    mapped,
    saved_recipe,
    source_of,
    table_reading,
    unescaped,
    weights_of,
    with_table,
    words_of,
)
from pipelines.cli.import_printing import print_imported, print_plan
from pipelines.cli.options import AsJson, open_workspace
from pipelines.errors import AssayError

_OPTIONS = {
    "columns": "--map",
    "item_columns": "--map and --items-map",
    "user_columns": "--users-map",
    "user_fallback": "--user-fallback",
    "order_lines": "--order-lines",
    "normalize_ids": "--normalize-ids",
    "keep": "--keep",
    "weights": "--event-weight",
    "least_weight": "--least-weight",
    "repeats": "--repeats",
    "returns": "--returns",
    "outliers": "--outliers",
    "session_minutes": "--session-minutes",
    "seen": "--seen",
    "times": "--time-zone, --time-unit, --clock, --day-first and --year-first",
    "reading": "--separator, --encoding, --quote, --escape, --decimal, --columns and --skip-lines",
    "items_reading": "--items-reading",
    "users_reading": "--users-reading",
}
"""The options that set each field of a recipe."""
_MAY_BE_EMPTY = ("normalize_ids", "order_lines")


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
            help="Map a column of the events: user_id=COLUMN, item_id=items[].sku; NAME= leaves "
            "NAME out; repeatable.",
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
    order_lines: Annotated[
        str | None,
        typer.Option(
            "--order-lines",
            help="What the lines of an order have from its first one if it is empty: user_id, "
            "timestamp, event_type; separated by commas; empty: nothing; default: detected.",
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
    clock: Annotated[
        str | None,
        typer.Option(
            "--clock",
            help="Column with the time of day, where times are dates; empty: none; "
            "default: detected.",
        ),
    ] = None,
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="How to read dates such as 1/2/2026."),
    ] = None,
    year_first: Annotated[
        bool, typer.Option("--year-first", help="Read dates such as 26/2/1 as February 1, 2026.")
    ] = False,
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
    items_map: Annotated[
        Texts,
        typer.Option(
            "--items-map",
            help="Map a column of the table of items: item_id=COLUMN, title=COLUMN; NAME= leaves "
            "NAME out; repeatable.",
        ),
    ] = None,
    users_map: Annotated[
        Texts, typer.Option("--users-map", help="The same for the table of users: user_id=COLUMN.")
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
    from pipelines.data.recipe import Recipe

    choices: dict[str, Any] = {
        **mapped(mapping, items_map, users_map, with_items=items is not None),
        "keep": keep,
        "weights": weights_of(event_weight),
        "least_weight": least_weight,
        "repeats": repeats,
        "returns": returns,
        "outliers": outliers,
        "session_minutes": session_minutes,
        "seen": seen,
        "times": given_only(
            zone=time_zone,
            unit=time_unit,
            clock=clock,
            order=date_order(day_first, year_first),
        ),
        "reading": given_only(
            separator=unescaped(separator),
            encoding=encoding,
            quote=quote,
            escape=escape,
            decimal=decimal,
            columns=None if names is None else [name.strip() for name in names.split(",")],
            skip_lines=skip_lines,
        ),
        "items_reading": table_reading(items_reading, "--items-reading"),
        "users_reading": table_reading(users_reading, "--users-reading"),
        "user_fallback": user_fallback,
        "order_lines": words_of(order_lines),
        "normalize_ids": words_of(normalize_ids),
    }
    given = given_only(**{key: value for key, value in choices.items() if value not in ({}, None)})
    given = {key: value for key, value in given.items() if value != [] or key in _MAY_BE_EMPTY}
    if (again or recipe_file) and given:
        raise AssayError(
            f"A saved recipe cannot be changed: leave out {_OPTIONS[next(iter(given))]}, or "
            f"leave out {'--again' if again else '--recipe'}."
        )
    with_table("items", items, items_map, items_reading)
    with_table("users", users, users_map, users_reading)
    source = source_of(files, sql, query)
    recipe = saved_recipe(recipe_file) if recipe_file else Recipe.of(given)
    check_name(name)
    workspace = open_workspace()
    if again:
        recipe = workspace.recipe(name)
    planned = plan(source, recipe, fixed=again or recipe_file is not None)
    planned.require_complete()
    if not again:
        print_plan(planned)
    with out.progress("importing") as progress:
        record = workspace.import_planned(
            planned, name, items=items, users=users, progress=progress
        )
    print_imported(record.about, as_json)
